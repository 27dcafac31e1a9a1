/** What a posting writes: each kind of row in one statement, however many there are. */
import type { Sql } from '@pms/events/sql';
import type { Cash } from '../domain/cash.ts';
import type { Fact } from '../domain/fact.ts';
import type { Entry } from '../domain/journal.ts';
import type { Lot } from '../domain/lots.ts';
import type { PositionChange, StandingTrade } from '../domain/position-change.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import { type Booking, type Column, insertRows } from './rows.ts';

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

export interface SettlementChange {
  readonly tradeId: string;
  readonly version: number;
  readonly settlement: Settlement;
  /** The attempt that is due, was made last, or succeeded. */
  readonly attempt: number;
}

export interface CashMovement {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly contentHash: string;
  readonly kind: 'DEPOSIT' | 'WITHDRAWAL';
  readonly amount: { toFixed(): string };
  readonly effectiveOn: string;
  readonly after: Cash;
}

const FACT: readonly Column[] = [
  ['portfolio_id', 'text'], ['sequence', 'bigint'], ['organization_id', 'text'], ['kind', 'text'], ['effective_on', 'date'], ['recorded_at', 'timestamptz'],
  ['trade_id', 'text'], ['version', 'int'], ['instrument_id', 'text'], ['currency', 'text'], ['day_order', 'bigint'],
  ['actor', 'text'], ['reason', 'text'], ['correlation_id', 'text'], ['causation_id', 'text'], ['data', 'jsonb'],
];
const ENTRY: readonly Column[] = [
  ['id', 'text'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['number', 'bigint'], ['fact_sequence', 'bigint'], ['kind', 'text'], ['effective_on', 'date'],
  ['recorded_at', 'timestamptz'], ['reference', 'text'], ['version', 'int'], ['reverses', 'text'], ['actor', 'text'], ['reason', 'text'], ['correlation_id', 'text'], ['line_count', 'int'],
];
const LINE: readonly Column[] = [
  ['entry_id', 'text'], ['line', 'int'], ['organization_id', 'text'], ['account', 'text'], ['currency', 'text'], ['amount', 'numeric'], ['instrument_id', 'text'],
];
const BOOKED: readonly Column[] = [
  ['trade_id', 'text'], ['version', 'int'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['traded_on', 'date'],
  ['day_order', 'bigint'], ['quantity', 'numeric'], ['amount', 'numeric'], ['gain', 'numeric'], ['fact_sequence', 'bigint'], ['step', 'text'], ['contractual_on', 'date'],
  ['settled_on', 'date'], ['failure_reason', 'text'], ['attempt', 'int'],
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

const upsert = (key: string, columns: readonly Column[]): string => {
  const keys = key.split(', ');
  return `on conflict (${key}) do update set ${columns.filter(([name]) => !keys.includes(name)).map(([name]) => `${name} = excluded.${name}`).join(', ')}`;
};

const settledOn = (settlement: Settlement): string | null => (settlement.step === 'settled' ? settlement.settledOn : null);
const failureReason = (settlement: Settlement): string | null => (settlement.step === 'failed' ? settlement.reason : null);

export const postingWrites = (sql: Sql) => ({ ...recordWrites(sql), ...projectionWrites(sql) });

/** What stays as it was written. */
function recordWrites(sql: Sql) {
  return {
    async recordFacts({ id, organizationId, recordedAt }: LockedPortfolio, facts: readonly NewFact[]): Promise<void> {
      await insertRows(sql, 'fact', FACT, facts.map(({ cause, ...fact }) => [
        id, fact.sequence, organizationId, fact.kind, fact.effectiveOn, recordedAt, fact.tradeId, fact.version, fact.instrumentId, fact.currency, fact.dayOrder,
        cause.actor, cause.reason, cause.correlationId, cause.causationId, JSON.stringify(fact.data)]));
    },

    async recordEntries({ id: portfolioId, organizationId, recordedAt }: LockedPortfolio, entries: readonly NewEntry[]): Promise<void> {
      await insertRows(sql, 'journal_entry', ENTRY, entries.map(({ id, number, factSequence, version, cause, entry }) => [
        id, organizationId, portfolioId, number, factSequence, entry.kind, entry.effectiveOn, recordedAt, entry.reference, version, entry.reverses,
        cause.actor, cause.reason, cause.correlationId, entry.lines.length]));
      await insertRows(sql, 'journal_line', LINE, entries.flatMap(({ id, entry }) => entry.lines.map((line, at) => [
        id, at + 1, organizationId, line.account, line.currency, line.amount.toFixed(), line.instrumentId])));
    },

    async saveCounters({ id }: LockedPortfolio, lastFact: number, lastEntry: number): Promise<void> {
      await sql.query('update transactional.portfolio set last_fact = $2, last_entry = $3 where id = $1', [id, lastFact, lastEntry]);
    },

    async rememberCancellation({ id, organizationId }: LockedPortfolio, trades: readonly { readonly tradeId: string; readonly version: number }[]): Promise<void> {
      await sql.query(
        `insert into transactional.cancelled_trade (trade_id, organization_id, portfolio_id, version)
         select trade_id, $1, $2, version from unnest($3::text[], $4::int[]) as c(trade_id, version) on conflict (trade_id) do nothing`,
        [organizationId, id, trades.map(({ tradeId }) => tradeId), trades.map(({ version }) => version)]);
    },

    /** False where the organisation has used the key before. */
    async insertMovement({ id, organizationId }: LockedPortfolio, movement: CashMovement): Promise<boolean> {
      const { after } = movement;
      const { rowCount } = await sql.query(
        `insert into transactional.cash_movement
           (id, organization_id, portfolio_id, idempotency_key, content_hash, kind, currency, amount, effective_on, settled, receivable, payable)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (organization_id, idempotency_key) do nothing`,
        [movement.id, organizationId, id, movement.idempotencyKey, movement.contentHash, movement.kind, after.currency, movement.amount.toFixed(), movement.effectiveOn,
          after.settled.toFixed(), after.receivable.toFixed(), after.payable.toFixed()]);
      return rowCount === 1;
    },
  };
}

/** What follows from the facts. */
function projectionWrites(sql: Sql) {
  return {
    async saveCash({ id, organizationId }: LockedPortfolio, cash: readonly Cash[]): Promise<void> {
      await insertRows(sql, 'cash_balance', CASH, cash.map((of) => [
        id, of.currency, organizationId, of.settled.toFixed(), of.receivable.toFixed(), of.payable.toFixed()]), upsert('portfolio_id, currency', CASH));
    },

    async insertBookings({ id, organizationId }: LockedPortfolio, bookings: readonly Booking[]): Promise<void> {
      await insertRows(sql, 'trade_booking', BOOKED, bookings.map(({ fill, version, instrumentId, gain, factSequence, settlement, contractualOn, attempt }) => [
        fill.tradeId, version, organizationId, id, instrumentId, fill.currency, fill.tradedOn, fill.sequence, fill.quantity.toFixed(), fill.amount.toFixed(), gain.toFixed(),
        factSequence, settlement.step, contractualOn, settledOn(settlement), failureReason(settlement), attempt]));
    },

    async saveSettlements(changes: readonly SettlementChange[]): Promise<void> {
      if (changes.length === 0) return;
      await sql.query(
        `update transactional.trade_booking b set step = c.step, settled_on = c.settled_on, failure_reason = c.failure_reason, attempt = c.attempt
         from unnest($1::text[], $2::int[], $3::text[], $4::date[], $5::text[], $6::int[]) as c(trade_id, version, step, settled_on, failure_reason, attempt)
         where b.trade_id = c.trade_id and b.version = c.version`,
        [changes.map(({ tradeId }) => tradeId), changes.map(({ version }) => version), changes.map(({ settlement }) => settlement.step),
          changes.map(({ settlement }) => settledOn(settlement)),
          changes.map(({ settlement }) => failureReason(settlement)),
          changes.map(({ attempt }) => attempt)]);
    },

    async saveGains(changes: readonly { readonly trade: StandingTrade; readonly gain: { toFixed(): string } }[]): Promise<void> {
      if (changes.length === 0) return;
      await sql.query(
        `update transactional.trade_booking b set gain = c.gain from unnest($1::text[], $2::int[], $3::numeric[]) as c(trade_id, version, gain)
         where b.trade_id = c.trade_id and b.version = c.version`,
        [changes.map(({ trade }) => trade.fill.tradeId), changes.map(({ trade }) => trade.version), changes.map(({ gain }) => gain.toFixed())]);
    },

    async savePositions({ id, organizationId }: LockedPortfolio, changes: readonly PositionChange[]): Promise<void> {
      await insertRows(sql, 'position', POSITION, changes.map(({ after }) => [
        id, after.instrumentId, after.currency, organizationId, after.quantity.toFixed(), after.cost.toFixed(), after.realized.toFixed(),
        after.openedOn, after.last?.tradedOn, after.last?.sequence, after.last?.tradeId]), upsert('portfolio_id, instrument_id, currency', POSITION));
      await removeLots(sql, id, changes);
      await insertRows(sql, 'tax_lot', LOT, changes.flatMap(({ after, lots }) => lots.map((lot: Lot) => [
        id, after.instrumentId, after.currency, lot.id, organizationId, lot.openedOn, lot.sequence, lot.quantity.toFixed(), lot.cost.toFixed()])),
        upsert('portfolio_id, instrument_id, currency, trade_id', LOT));
    },
  };
}

/** Lots that were closed; of a replayed position, all: those that are open are written anew. */
async function removeLots(sql: Sql, portfolioId: string, changes: readonly PositionChange[]): Promise<void> {
  const replaced = changes.filter(({ gone }) => gone === null);
  if (replaced.length > 0) {
    await sql.query(
      `delete from transactional.tax_lot using unnest($2::text[], $3::text[]) as r(instrument_id, currency)
       where portfolio_id = $1 and tax_lot.instrument_id = r.instrument_id and tax_lot.currency = r.currency`,
      [portfolioId, replaced.map(({ after }) => after.instrumentId), replaced.map(({ after }) => after.currency)]);
  }
  const closed = changes.flatMap(({ after, gone }) => (gone ?? []).map((tradeId) => ({ ...after, tradeId })));
  if (closed.length > 0) {
    await sql.query(
      `delete from transactional.tax_lot using unnest($2::text[], $3::text[], $4::text[]) as r(instrument_id, currency, trade_id)
       where portfolio_id = $1 and tax_lot.instrument_id = r.instrument_id and tax_lot.currency = r.currency and tax_lot.trade_id = r.trade_id`,
      [portfolioId, closed.map(({ instrumentId }) => instrumentId), closed.map(({ currency }) => currency), closed.map(({ tradeId }) => tradeId)]);
  }
}
