/** The facts of one portfolio, page by page, and what the journal and the projections hold beside them. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import type { BookedVersion } from '../domain/booked-version.ts';
import { lotMethodOf } from '../domain/lot-methods.ts';
import type { Account } from '../domain/journal.ts';
import type { LotMethod } from '../domain/lots.ts';
import type { Key, Place } from '../domain/movement.ts';
import type { ActionFact } from '../domain/told-action.ts';
import type { RecordedFact } from '../domain/rebuilt.ts';
import { BOOKING, type Booking, type BookingRow, toBooking } from './rows.ts';

const PAGE_MAX = 1_000;

export interface TradeFact {
  readonly instrumentId: string;
  readonly place: Place;
  readonly version: number;
  readonly data: unknown;
}

type NamedVersion = BookedVersion & { readonly tradeId: string; readonly version: number };
type FactRow = RecordedFact & { readonly sequence: string; readonly trade: unknown };

export interface AccountTotal {
  readonly account: Account;
  readonly currency: string;
  readonly instrumentId: string | null;
  readonly amount: Decimal;
}

const REVERSED = `select from transactional.fact r where r.trade_id = f.trade_id and r.version = f.version and r.kind = 'TRADE_REVERSED'`;

export const rebuildReads = (sql: Sql) => ({ ...factReads(sql), ...comparedReads(sql), ...projectionResets(sql) });

function factReads(sql: Sql) {
  return {
    /** All facts in order; `trade` is what was booked of the trade that a fact is about. */
    async factPage(portfolioId: string, after: number): Promise<{ readonly sequence: number; readonly fact: RecordedFact; readonly trade: unknown }[]> {
      const { rows } = await sql.query<FactRow>(
        `select f.sequence, f.kind, f.effective_on::text as "effectiveOn", f.currency, f.data, b.data as trade
         from transactional.fact f left join transactional.fact b on b.trade_id = f.trade_id and b.version = f.version and b.kind = 'TRADE_BOOKED'
         where f.portfolio_id = $1 and f.sequence > $2 order by f.sequence limit ${PAGE_MAX}`, [portfolioId, after]);
      return rows.map(({ sequence, trade, ...fact }) => ({ sequence: Number(sequence), fact, trade }));
    },

    async bookedPage(portfolioId: string, after: number): Promise<NamedVersion[]> {
      const { rows } = await sql.query<Omit<NamedVersion, 'sequence'> & { sequence: string }>(
        `select f.sequence, f.trade_id as "tradeId", f.version, f.data, coalesce((
           select jsonb_agg(jsonb_build_object('kind', l.kind, 'effectiveOn', l.effective_on, 'currency', l.currency, 'data', l.data) order by l.sequence)
           from transactional.fact l where l.trade_id = f.trade_id and l.version = f.version and l.sequence > f.sequence), '[]') as later
         from transactional.fact f where f.portfolio_id = $1 and f.kind = 'TRADE_BOOKED' and f.sequence > $2 order by f.sequence limit ${PAGE_MAX}`, [portfolioId, after]);
      return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
    },

    /** With how many versions of trades were booked. */
    async keysOfFacts(portfolioId: string): Promise<(Key & { readonly booked: number })[]> {
      const { rows } = await sql.query<Key & { readonly booked: number }>(
        `select instrument_id as "instrumentId", currency, count(*)::int as booked from transactional.fact where portfolio_id = $1 and kind = 'TRADE_BOOKED' group by 1, 2 order by 1, 2`, [portfolioId]);
      return rows;
    },

    /** All facts about corporate actions, in order. */
    async actionFacts(portfolioId: string): Promise<ActionFact[]> {
      const { rows } = await sql.query<ActionFact>(
        `select f.sequence::text, f.kind, f.effective_on::text as "effectiveOn", f.data from transactional.fact f
         where f.portfolio_id = $1 and f.kind in ('CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED', 'CORPORATE_ACTION_PAID') order by f.sequence`, [portfolioId]);
      return rows;
    },

    /** Trades of instruments that stand, in the order of trading. */
    async standingFactPage(portfolioId: string, instrumentIds: readonly string[], after: Place | null): Promise<TradeFact[]> {
      const { rows } = await sql.query<{ instrument_id: string; traded_on: string; day_order: string; trade_id: string; version: number; data: unknown }>(
        `select f.instrument_id, f.effective_on::text as traded_on, f.day_order, f.trade_id, f.version, f.data from transactional.fact f
         where f.portfolio_id = $1 and f.instrument_id = any($2) and f.kind = 'TRADE_BOOKED' and not exists (${REVERSED})
           and ($3::date is null or (f.effective_on, f.day_order, f.trade_id) > ($3::date, $4::bigint, $5))
         order by f.effective_on, f.day_order, f.trade_id limit ${PAGE_MAX}`,
        [portfolioId, instrumentIds, after?.tradedOn ?? null, after?.sequence ?? null, after?.tradeId ?? null]);
      return rows.map((row) => ({
        instrumentId: row.instrument_id, place: { tradedOn: row.traded_on, sequence: Number(row.day_order), tradeId: row.trade_id }, version: row.version, data: row.data,
      }));
    },

    /** As it was before a fact was recorded. */
    async methodBefore(portfolioId: string, sequence: number): Promise<LotMethod | null> {
      const { rows: [row] } = await sql.query<{ method: string }>(
        `select data->>'lotMethod' as method from transactional.fact where portfolio_id = $1 and kind = 'LOT_METHOD_SET' and sequence < $2 order by sequence desc limit 1`, [portfolioId, sequence]);
      return row === undefined ? null : lotMethodOf(row.method);
    },

    async methodOfFacts(portfolioId: string): Promise<LotMethod | null> {
      const { rows: [row] } = await sql.query<{ method: string }>(
        `select data->>'lotMethod' as method from transactional.fact where portfolio_id = $1 and kind = 'LOT_METHOD_SET' order by sequence desc limit 1`, [portfolioId]);
      return row === undefined ? null : lotMethodOf(row.method);
    },

  };
}

/** What is stored beside the facts. */
function comparedReads(sql: Sql) {
  return {
    async bookings(trades: readonly { readonly tradeId: string; readonly version: number }[]): Promise<Booking[]> {
      const { rows } = await sql.query<BookingRow>(
        `select ${BOOKING} from transactional.trade_booking join unnest($1::text[], $2::int[]) as w(trade_id, version) using (trade_id, version)`,
        [trades.map(({ tradeId }) => tradeId), trades.map(({ version }) => version)]);
      return rows.map(toBooking);
    },

    async bookingCount(portfolioId: string): Promise<number> {
      const { rows: [row] } = await sql.query<{ count: number }>('select count(*)::int as count from transactional.trade_booking where portfolio_id = $1', [portfolioId]);
      return row?.count ?? 0;
    },

    async accountTotals(portfolioId: string): Promise<AccountTotal[]> {
      const { rows } = await sql.query<{ account: Account; currency: string; instrumentId: string | null; amount: string }>(
        `select l.account, l.currency, l.instrument_id as "instrumentId", sum(l.amount) as amount
         from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
         where e.portfolio_id = $1 group by 1, 2, 3`, [portfolioId]);
      return rows.map((row) => ({ ...row, amount: decimal(row.amount) }));
    },

    /** Entries that do not balance, or have not the lines that they say they have. */
    async brokenEntries(portfolioId: string): Promise<string[]> {
      const { rows } = await sql.query<{ id: string }>(
        `select e.id from transactional.journal_entry e left join transactional.journal_line l on l.entry_id = e.id
         where e.portfolio_id = $1 group by e.id, l.currency, e.line_count having coalesce(sum(l.amount), 1) <> 0
         union select e.id from transactional.journal_entry e left join transactional.journal_line l on l.entry_id = e.id
         where e.portfolio_id = $1 group by e.id, e.line_count having count(l.line) <> e.line_count`, [portfolioId]);
      return rows.map(({ id }) => id);
    },

  };
}

function projectionResets(sql: Sql) {
  return {
    /** Empties what is about to be written anew from the facts. */
    async dropProjections(portfolioId: string): Promise<void> {
      for (const table of ['trade_booking', 'tax_lot', 'lot_closing', 'position', 'cash_balance', 'custody', 'settlement_claim', 'cancelled_trade', 'entitlement', 'currency_exchange', 'checkpoint', 'checkpoint_position'])
        await sql.query(`delete from transactional.${table} where portfolio_id = $1`, [portfolioId]);
    },

    async restoreCancellations(portfolioId: string): Promise<void> {
      await sql.query(
        `insert into transactional.cancelled_trade (trade_id, organization_id, portfolio_id, version)
         select distinct on (trade_id) trade_id, organization_id, portfolio_id, version from transactional.fact
         where portfolio_id = $1 and kind = 'TRADE_CANCELLED' order by trade_id, sequence`, [portfolioId]);
    },
  };
}
