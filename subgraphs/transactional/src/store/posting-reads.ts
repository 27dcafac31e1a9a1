/** What a posting has to know before it writes, read inside its transaction and behind the portfolio's lock. */
import { gathered } from '@pms/events/gathered';
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import { lotMethodOf } from '../domain/lot-methods.ts';
import type { Cash } from '../domain/cash.ts';
import type { Account, Entry, EntryKind } from '../domain/journal.ts';
import type { Lot, LotMethod } from '../domain/lots.ts';
import { type Key, keyOf, type PositionState } from '../domain/movement.ts';
import {
  BOOKING, type Booking, type BookingRow, CASH, type CashRow, type LotRow, POSITION, type PositionRow, toBooking, toCash, toLot, toPosition,
} from './rows.ts';

export interface LockedPortfolio {
  readonly id: string;
  readonly organizationId: string;
  readonly baseCurrency: string;
  readonly lotMethod: LotMethod;
  readonly closed: boolean;
  readonly lastFact: number;
  readonly lastEntry: number;
}

/** What the books know of a trade: its newest version, the one that stands, and whether it was cancelled. */
export interface TradeHistory {
  readonly newest: number;
  readonly standing: Booking | null;
  readonly cancelled: boolean;
}

export interface LotsWanted extends Key {
  /** Unsigned quantity; null for all lots. */
  readonly needed: Decimal | null;
  /** Lots that are wanted besides, by the name that the books show. */
  readonly named: readonly string[];
}

/** More than a trade has. The limit has each trade looked up by itself: joined freely, all bookings there are may be read through for a few. */
const VERSIONS_MAX = 1_000_000;

export interface RecordedEntry {
  readonly id: string;
  readonly entry: Entry;
}

export const postingReads = (sql: Sql) => ({ ...portfolioReads(sql), ...tradeReads(sql), ...positionReads(sql) });

function portfolioReads(sql: Sql) {
  async function portfolios(ids: readonly string[], lock: 'for update' | ''): Promise<(LockedPortfolio | null)[]> {
    const { rows } = await sql.query<PortfolioRow>(
      `select id, organization_id, base_currency, lot_method, closed, last_fact, last_entry from transactional.portfolio where id = any($1) order by id ${lock}`, [ids]);
    const found = new Map(rows.map((row) => [row.id, {
      id: row.id, organizationId: row.organization_id, baseCurrency: row.base_currency, lotMethod: lotMethodOf(row.lot_method), closed: row.closed,
      lastFact: Number(row.last_fact), lastEntry: Number(row.last_entry),
    }]));
    return ids.map((id) => found.get(id) ?? null);
  }
  return {
    /** Waits for whoever writes this portfolio's books now; null for a portfolio that is not known. Several at once are locked in the order of their ids. */
    lock: gathered((ids: readonly string[]) => portfolios(ids, 'for update')),
    /** The same, without waiting or keeping others waiting: for reading alone. */
    seen: async (id: string): Promise<LockedPortfolio | null> => (await portfolios([id], ''))[0] ?? null,

    async cash(portfolioId: string): Promise<Map<string, Cash>> {
      const { rows } = await sql.query<CashRow>(`select ${CASH} from transactional.cash_balance where portfolio_id = $1`, [portfolioId]);
      return new Map(rows.map((row) => [row.currency, toCash(row)]));
    },
  };
}

function tradeReads(sql: Sql) {
  return {
    histories: gathered(async (asked: readonly (readonly string[])[]): Promise<Map<string, TradeHistory>[]> => {
      const { rows } = await sql.query<BookingRow & { readonly wanted: string; readonly booked: boolean; readonly cancelled: boolean }>(
        `select ${BOOKING}, w.wanted, b.version is not null as booked, c.cancelled
         from unnest($1::text[]) as w(wanted) left join lateral (select * from transactional.trade_booking as known where known.trade_id = w.wanted limit ${VERSIONS_MAX}) as b on true
         cross join lateral (select exists (select from transactional.cancelled_trade where trade_id = w.wanted) as cancelled) as c
         where b.version is not null or c.cancelled`, [asked.flat()]);
      const histories = new Map([...Map.groupBy(rows, (row) => row.wanted)].map(([id, of]) => {
        const versions = of.filter(({ booked }) => booked);
        const standing = versions.find(({ step }) => step !== 'cancelled');
        const newest = Math.max(0, ...versions.map(({ version }) => version));
        return [id, { newest, standing: standing === undefined ? null : toBooking(standing), cancelled: of[0]?.cancelled ?? false }];
      }));
      return asked.map(() => histories);
    }),

    /** What versions of trades have posted and nobody has reversed yet, in the order of posting. */
    async unreversed(trades: readonly { readonly tradeId: string; readonly version: number }[]): Promise<Map<string, RecordedEntry[]>> {
      if (trades.length === 0) return new Map();
      const { rows } = await sql.query<EntryRow>(
        `select e.id, e.kind, e.effective_on::text, e.reference, l.account, l.currency, l.amount, l.instrument_id
         from transactional.journal_entry e join unnest($1::text[], $2::int[]) as wanted(reference, version) using (reference, version)
         join transactional.journal_line l on l.entry_id = e.id
         where e.kind <> 'REVERSAL' and not exists (select from transactional.journal_entry r where r.reverses = e.id)
         order by e.number, l.line`, [trades.map(({ tradeId }) => tradeId), trades.map(({ version }) => version)]);
      return byReference(rows);
    },

    /** What was posted under these references and nobody has reversed yet, in the order of posting. */
    async unreversedOf(references: readonly string[]): Promise<Map<string, RecordedEntry[]>> {
      if (references.length === 0) return new Map();
      const { rows } = await sql.query<EntryRow>(
        `select e.id, e.kind, e.effective_on::text, e.reference, l.account, l.currency, l.amount, l.instrument_id
         from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
         where e.reference = any($1) and e.kind <> 'REVERSAL' and not exists (select from transactional.journal_entry r where r.reverses = e.id)
         order by e.number, l.line`, [references]);
      return byReference(rows);
    },

    /** The facts as they were recorded, by sequence. */
    async factData(portfolioId: string, sequences: readonly number[]): Promise<Map<number, unknown>> {
      if (sequences.length === 0) return new Map();
      const { rows } = await sql.query<{ sequence: string; data: unknown }>(
        'select sequence, data from transactional.fact where portfolio_id = $1 and sequence = any($2::bigint[])', [portfolioId, sequences]);
      return new Map(rows.map(({ sequence, data }) => [Number(sequence), data]));
    },

    /** Settlements that are due, oldest first, of one day those that bring cash in before those that need it. */
    async due(portfolioId: string, asOf: string, limit: number): Promise<Booking[]> {
      const { rows } = await sql.query<BookingRow>(
        `select ${BOOKING} from transactional.trade_booking where portfolio_id = $1 and step in ('instructed', 'matched') and contractual_on <= $2::date
         order by contractual_on, amount > 0, traded_on, day_order, trade_id limit $3`, [portfolioId, asOf, limit]);
      return rows.map(toBooking);
    },
  };
}

/** What a run of trades meets. */
export interface Met {
  readonly cash: ReadonlyMap<string, Cash>;
  readonly positions: ReadonlyMap<string, PositionState>;
  /** By instrument; an instrument that is not here has not been heard of. */
  readonly markets: ReadonlyMap<string, string | null>;
  /** Corporate actions of some of the instruments have been announced. */
  readonly hasActions: boolean;
}

interface Meeting {
  readonly portfolioId: string;
  readonly keys: readonly Key[];
}

interface MetRow {
  readonly has_actions: boolean;
  readonly cash: CashRow[] | null;
  readonly positions: PositionRow[] | null;
  readonly markets: { readonly id: string; readonly mic: string | null }[] | null;
}

/** In the order of the portfolios asked for. */
const MET = `
  select (select json_agg(c) from (select ${CASH} from transactional.cash_balance where portfolio_id = asked.id) as c) as cash,
    (select json_agg(p) from (select ${POSITION} from jsonb_array_elements_text(asked.instruments) with ordinality as i(instrument_id, n)
      join jsonb_array_elements_text(asked.currencies) with ordinality as c(currency, n) using (n) join transactional.position using (instrument_id, currency)
      where portfolio_id = asked.id) as p) as positions,
    (select json_agg(i) from (select id, mic from transactional.instrument where id in (select jsonb_array_elements_text(asked.instruments))) as i) as markets,
    exists (select from transactional.corporate_action where instrument_id in (select jsonb_array_elements_text(asked.instruments))) as has_actions
  from unnest($1::text[], array(select jsonb_array_elements($2::jsonb)), array(select jsonb_array_elements($3::jsonb))) with ordinality as asked(id, instruments, currencies, n)
  order by n`;

function positionReads(sql: Sql) {
  return {
    /** In one round trip: cash, the positions of the keys, the markets of their instruments. */
    met: gathered(async (asked: readonly Meeting[]): Promise<Met[]> => {
      const { rows } = await sql.query<MetRow>(MET, [asked.map(({ portfolioId }) => portfolioId), JSON.stringify(asked.map(({ keys }) => keys.map(({ instrumentId }) => instrumentId))),
        JSON.stringify(asked.map(({ keys }) => keys.map(({ currency }) => currency)))]);
      return rows.map((row) => ({
        cash: new Map((row.cash ?? []).map((of) => [of.currency, toCash(of)])),
        positions: new Map((row.positions ?? []).map(toPosition).map((position) => [keyOf(position), position])),
        markets: new Map((row.markets ?? []).map(({ id, mic }) => [id, mic])),
        hasActions: row.has_actions,
      }));
    }),

    async everyPosition(portfolioId: string): Promise<PositionState[]> {
      return (await sql.query<PositionRow>(`select ${POSITION} from transactional.position where portfolio_id = $1`, [portfolioId])).rows.map(toPosition);
    },

    /** Open lots from the end at which the method begins, until they add up to what is needed; and those that are named. */
    async lots(portfolioId: string, wanted: readonly LotsWanted[], method: LotMethod): Promise<Map<string, Lot[]>> {
      const keys = wanted.filter(({ needed }) => needed === null || !needed.isZero());
      if (keys.length === 0) return new Map();
      const newestFirst = method === 'LIFO' ? 'desc' : '';
      const { rows } = await sql.query<LotRow>(
        `select instrument_id, currency, trade_id, opened_on::text, day_order, quantity, cost from (
           select l.*, w.needed, sum(abs(l.quantity)) over (
             partition by instrument_id, currency order by opened_on ${newestFirst}, day_order ${newestFirst}, trade_id ${newestFirst} rows unbounded preceding) - abs(l.quantity) as before
           from transactional.tax_lot l join unnest($2::text[], $3::text[], $4::numeric[]) as w(instrument_id, currency, needed) using (instrument_id, currency)
           where l.portfolio_id = $1) as lots
         where needed is null or before < needed or regexp_replace(trade_id, '^[a-z]+_', 'lot_') = any($5)`,
        [portfolioId, keys.map(({ instrumentId }) => instrumentId), keys.map(({ currency }) => currency), keys.map(({ needed }) => needed?.toFixed() ?? null), keys.flatMap(({ named }) => named)]);
      return grouped(rows, toLot);
    },

    /** All trades of these instruments that stand. */
    async standingTrades(portfolioId: string, instrumentIds: readonly string[]): Promise<Booking[]> {
      const { rows } = await sql.query<BookingRow>(
        `select ${BOOKING} from transactional.trade_booking where portfolio_id = $1 and instrument_id = any($2) and step <> 'cancelled'`, [portfolioId, instrumentIds]);
      return rows.map(toBooking);
    },

    async positionsOf(portfolioId: string, instrumentIds: readonly string[]): Promise<PositionState[]> {
      return (await sql.query<PositionRow>(`select ${POSITION} from transactional.position where portfolio_id = $1 and instrument_id = any($2)`, [portfolioId, instrumentIds])).rows.map(toPosition);
    },
  };
}

interface PortfolioRow {
  readonly id: string;
  readonly organization_id: string;
  readonly base_currency: string;
  readonly lot_method: string;
  readonly closed: boolean;
  readonly last_fact: string;
  readonly last_entry: string;
}

interface EntryRow {
  readonly id: string;
  readonly kind: EntryKind;
  readonly effective_on: string;
  readonly reference: string;
  readonly account: Account;
  readonly currency: string;
  readonly amount: string;
  readonly instrument_id: string | null;
}

function grouped<Row extends { readonly instrument_id: string; readonly currency: string }, T>(rows: readonly Row[], make: (row: Row) => T): Map<string, T[]> {
  const byKey = Map.groupBy(rows, (row) => keyOf({ instrumentId: row.instrument_id, currency: row.currency }));
  return new Map([...byKey].map(([key, of]) => [key, of.map(make)]));
}

/** Entries by what they record. */
function byReference(rows: readonly EntryRow[]): Map<string, RecordedEntry[]> {
  const entries = [...Map.groupBy(rows, ({ id }) => id)].map(([id, lines]): RecordedEntry => {
    const [first] = lines as [EntryRow];
    return {
      id,
      entry: {
        kind: first.kind, effectiveOn: first.effective_on, reference: first.reference,
        lines: lines.map(({ account, currency, amount, instrument_id: instrumentId }) => ({ account, currency, amount: decimal(amount), ...(instrumentId !== null && { instrumentId }) })),
      },
    };
  });
  return Map.groupBy(entries, ({ entry }) => entry.reference);
}
