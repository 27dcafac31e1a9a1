/** What a posting writes: each kind of row in one statement, however many there are. */
import { gathered } from '@pms/events/gathered';
import type { Sql } from '@pms/events/sql';
import type { Cash } from '../domain/cash.ts';
import type { DividendOf } from '../domain/cash-items.ts';
import { toldCharges } from '../domain/charges.ts';
import type { Fact } from '../domain/fact.ts';
import type { Entry } from '../domain/journal.ts';
import type { PositionChange, StandingTrade } from '../domain/position-change.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import type { Booking } from './rows.ts';
import { closingWrites } from './closing-writes.ts';
import { CHANGING, changingValues, isPlain } from './settlement-rows.ts';
import { type Column, insertion, ofRows, type Part, upsert, writeTogether } from './statement.ts';

/** Who and why, as the journal keeps it. */
export interface Cause {
  readonly actor: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
}

export interface NewFact extends Fact {
  readonly sequence: number;
  readonly cause: Cause;
}

export interface NewEntry {
  readonly id: string;
  readonly number: number;
  readonly factSequence: number;
  readonly version: number | null;
  readonly cause: Cause;
  readonly entry: Entry;
}

export interface CashMovement {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly contentHash: string;
  readonly kind: string;
  readonly amount: { toFixed(): string };
  readonly effectiveOn: string;
  readonly after: Cash;
  readonly dividend?: DividendOf | undefined;
}

const FACT: readonly Column[] = [
  ['portfolio_id', 'text'], ['sequence', 'bigint'], ['organization_id', 'text'], ['kind', 'text'], ['effective_on', 'date'],
  ['trade_id', 'text'], ['version', 'int'], ['instrument_id', 'text'], ['currency', 'text'], ['day_order', 'bigint'],
  ['actor', 'text'], ['reason', 'text'], ['correlation_id', 'text'], ['causation_id', 'text'], ['data', 'jsonb'],
];
const ENTRY: readonly Column[] = [
  ['id', 'text'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['number', 'bigint'], ['fact_sequence', 'bigint'], ['kind', 'text'], ['effective_on', 'date'],
  ['reference', 'text'], ['version', 'int'], ['reverses', 'text'], ['actor', 'text'], ['reason', 'text'], ['correlation_id', 'text'], ['line_count', 'int'],
];
const LINE: readonly Column[] = [
  ['entry_id', 'text'], ['line', 'int'], ['organization_id', 'text'], ['account', 'text'], ['currency', 'text'], ['amount', 'numeric'], ['instrument_id', 'text'],
];
const BOOKED: readonly Column[] = [
  ['trade_id', 'text'], ['version', 'int'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['traded_on', 'date'],
  ['day_order', 'bigint'], ['quantity', 'numeric'], ['amount', 'numeric'], ['gain', 'numeric'], ['fact_sequence', 'bigint'], ['step', 'text'], ['contractual_on', 'date'],
  ['attempt', 'int'], ['lot_picks', 'jsonb'],
];
const LOT: readonly Column[] = [
  ['portfolio_id', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['trade_id', 'text'], ['organization_id', 'text'], ['opened_on', 'date'], ['day_order', 'bigint'],
  ['quantity', 'numeric'], ['cost', 'numeric'],
];
const POSITION: readonly Column[] = [
  ['portfolio_id', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['organization_id', 'text'], ['quantity', 'numeric'], ['cost', 'numeric'], ['realized', 'numeric'],
  ['opened_on', 'date'], ['last_traded_on', 'date'], ['last_day_order', 'bigint'], ['last_trade_id', 'text'],
];
const CASH: readonly Column[] = [
  ['portfolio_id', 'text'], ['currency', 'text'], ['organization_id', 'text'], ['settled', 'numeric'], ['receivable', 'numeric'], ['payable', 'numeric'],
];

/** Where all settle in the ordinary way, these columns keep their defaults and are not written. */
const SETTLED_OTHERWISE: readonly Column[] = [...CHANGING, ['counterparty', 'text'], ['place_of_settlement', 'text'], ['custody_account', 'text'], ['cash_currency', 'text'], ['cash_amount', 'numeric'], ['charges', 'jsonb']];
const isOrdinary = ({ fill, settlement, parties }: Booking): boolean =>
  fill.cash === undefined && isPlain(settlement) && parties.counterparty === null && parties.placeOfSettlement === null && parties.custodyAccount === null;

export const postingWrites = (sql: Sql) => ({ ...recordWrites(sql), ...projectionWrites(sql), ...closingWrites(sql), write: written(sql) });

/** What several portfolios write at once is one statement. */
const written = (sql: Sql): ((parts: readonly Part[]) => Promise<void>) => gathered(async (asked: readonly (readonly Part[])[]) => {
  await writeTogether(sql, asked.flat());
  return asked.map(() => undefined);
});

/** What stays as it was written. */
function recordWrites(sql: Sql) {
  return {
    factRows: ({ id, organizationId }: LockedPortfolio, facts: readonly NewFact[]): Part[] => insertion({
      table: 'fact', columns: FACT, stamped: 'recorded_at',
      rows: facts.map(({ cause, ...fact }) => [
        id, fact.sequence, organizationId, fact.kind, fact.effectiveOn, fact.tradeId, fact.version, fact.instrumentId, fact.currency, fact.dayOrder,
        cause.actor, cause.reason, cause.correlationId, cause.causationId, JSON.stringify(fact.data)]),
    }),

    entryRows: ({ id: portfolioId, organizationId }: LockedPortfolio, entries: readonly NewEntry[]): Part[] => [
      ...insertion({
        table: 'journal_entry', columns: ENTRY, stamped: 'recorded_at',
        rows: entries.map(({ id, number, factSequence, version, cause, entry }) => [
          id, organizationId, portfolioId, number, factSequence, entry.kind, entry.effectiveOn, entry.reference, version, entry.reverses,
          cause.actor, cause.reason, cause.correlationId, entry.lines.length]),
      }),
      ...insertion({
        table: 'journal_line', columns: LINE,
        rows: entries.flatMap(({ id, entry }) => entry.lines.map((line, at) => [
          id, at + 1, organizationId, line.account, line.currency, line.amount.toFixed(), line.instrumentId])),
      }),
    ],

    /** False where the organisation has used the key before. */
    async insertMovement({ id, organizationId }: LockedPortfolio, movement: CashMovement): Promise<boolean> {
      const { after, dividend } = movement;
      const { rowCount } = await sql.query(
        `insert into transactional.cash_movement
           (id, organization_id, portfolio_id, idempotency_key, content_hash, kind, currency, amount, effective_on, settled, receivable, payable, instrument_id, tax)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (organization_id, idempotency_key) do nothing`,
        [movement.id, organizationId, id, movement.idempotencyKey, movement.contentHash, movement.kind, after.currency, movement.amount.toFixed(), movement.effectiveOn,
          after.settled.toFixed(), after.receivable.toFixed(), after.payable.toFixed(), dividend?.instrumentId, dividend?.tax.toFixed()]);
      return rowCount === 1;
    },

    async rememberCancellation({ id, organizationId }: LockedPortfolio, trades: readonly { readonly tradeId: string; readonly version: number }[]): Promise<void> {
      await sql.query(
        `insert into transactional.cancelled_trade (trade_id, organization_id, portfolio_id, version)
         select trade_id, $1, $2, version from unnest($3::text[], $4::int[]) as c(trade_id, version) on conflict (trade_id) do nothing`,
        [organizationId, id, trades.map(({ tradeId }) => tradeId), trades.map(({ version }) => version)]);
    },
  };
}

/** What follows from the facts. */
function projectionWrites(sql: Sql) {
  return {
    counters: ({ id }: LockedPortfolio, lastFact: number, lastEntry: number): Part[] => ofRows({
      kind: 'counters', columns: [['id', 'text'], ['last_fact', 'bigint'], ['last_entry', 'bigint']], rows: [[id, lastFact, lastEntry]],
      around: (given) => `update transactional.portfolio p set last_fact = given.last_fact, last_entry = given.last_entry from ${given} where p.id = given.id`,
    }),

    cashRows: ({ id, organizationId }: LockedPortfolio, cash: readonly Cash[]): Part[] => insertion({
      table: 'cash_balance', columns: CASH, then: upsert('portfolio_id, currency', CASH),
      rows: cash.map((of) => [id, of.currency, organizationId, of.settled.toFixed(), of.receivable.toFixed(), of.payable.toFixed()]),
    }),

    bookingRows({ id, organizationId }: LockedPortfolio, bookings: readonly Booking[]): Part[] {
      const ordinary = bookings.every(isOrdinary);
      return insertion({
        table: 'trade_booking', columns: ordinary ? BOOKED : [...BOOKED, ...SETTLED_OTHERWISE],
        rows: bookings.map(({ fill, version, instrumentId, gain, factSequence, settlement, contractualOn, attempt, parties }) => [
          fill.tradeId, version, organizationId, id, instrumentId, fill.currency, fill.tradedOn, fill.sequence, fill.quantity.toFixed(), fill.amount.toFixed(), gain.toFixed(),
          factSequence, settlement.step, contractualOn, attempt,
          fill.named === undefined ? null : JSON.stringify(fill.named.map(({ lotId, quantity }) => ({ lotId, quantity: quantity.toFixed() }))),
          ...(ordinary ? [] : [...changingValues(settlement), parties.counterparty, parties.placeOfSettlement, parties.custodyAccount, fill.cash?.currency, fill.cash?.amount.toFixed(), fill.charges === undefined ? null : JSON.stringify(toldCharges(fill.charges))])]),
      });
    },

    async saveGains(changes: readonly { readonly trade: StandingTrade; readonly gain: { toFixed(): string } }[]): Promise<void> {
      if (changes.length === 0) return;
      await sql.query(
        `update transactional.trade_booking b set gain = c.gain from unnest($1::text[], $2::int[], $3::numeric[]) as c(trade_id, version, gain)
         where b.trade_id = c.trade_id and b.version = c.version`,
        [changes.map(({ trade }) => trade.fill.tradeId), changes.map(({ trade }) => trade.version), changes.map(({ gain }) => gain.toFixed())]);
    },

    /** After `removeLots`. */
    positionRows: ({ id, organizationId }: LockedPortfolio, changes: readonly PositionChange[]): Part[] => [
      ...insertion({
        table: 'position', columns: POSITION, then: upsert('portfolio_id, instrument_id, currency', POSITION),
        rows: changes.map(({ after }) => [
          id, after.instrumentId, after.currency, organizationId, after.quantity.toFixed(), after.cost.toFixed(), after.realized.toFixed(),
          after.openedOn, after.last?.tradedOn, after.last?.sequence, after.last?.tradeId]),
      }),
      ...insertion({
        table: 'tax_lot', columns: LOT, then: upsert('portfolio_id, instrument_id, currency, trade_id', LOT),
        rows: changes.flatMap(({ after, lots }) => lots.map((lot) => [
          id, after.instrumentId, after.currency, lot.id, organizationId, lot.openedOn, lot.sequence, lot.quantity.toFixed(), lot.cost.toFixed()])),
      }),
    ],

    /** Lots that were closed; of a replayed position, all: those that are open are written anew. */
    async removeLots({ id }: LockedPortfolio, changes: readonly PositionChange[]): Promise<void> {
      const gone = changes.flatMap(({ after, gone: lots }) => (lots ?? [null]).map((tradeId) => ({ ...after, tradeId })));
      if (gone.length === 0) return;
      await sql.query(
        `delete from transactional.tax_lot l using unnest($2::text[], $3::text[], $4::text[]) as r(instrument_id, currency, trade_id)
         where l.portfolio_id = $1 and l.instrument_id = r.instrument_id and l.currency = r.currency and (r.trade_id is null or l.trade_id = r.trade_id)`,
        [id, gone.map(({ instrumentId }) => instrumentId), gone.map(({ currency }) => currency), gone.map(({ tradeId }) => tradeId)]);
    },
  };
}
