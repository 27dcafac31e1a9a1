/**
 * Settles trades whose contractual date has come: what was owed or awaited becomes settled cash. A purchase is refused where
 * the settled cash of its currency does not cover it; it stays booked, fails with the reason, and may be retried.
 * Receipts of a day come before its payments. A trade that settles when first tried does so on its contractual date, one that is
 * retried on the day of the retry.
 */
import type { Origin } from '@pms/events/envelope';
import { text } from '@pms/money';
import { settlementFailed, tradeSettled } from '@pms/schema/events/transactional';
import type { BooksContext } from '../context.ts';
import { abroad, cashOfFill, partOf } from '../domain/fill-cash.ts';
import { tradeSettled as settledEntry } from '../domain/journal.ts';
import { deliveredOf, left } from '../domain/delivery.ts';
import { ATTEMPTS_MAX, next } from '../domain/settlement.ts';
import { lastPart } from '../domain/settlement-facts.ts';
import type { Heard } from '../domain/settlement-state.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';
import type { CustodyChange, SettlementChange } from '../store/settlement-writes.ts';
import { chargesDue, shortOf } from './covered.ts';
import { lockedPortfolio } from './locked.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { settlementFails, settlements } from './metrics.ts';
import { nextBusinessDay } from './next-business-day.ts';

export interface Settled {
  readonly settled: number;
  readonly failed: number;
  /** The bound was reached and more is due. */
  readonly more: boolean;
}

/** Trades settled in one transaction. */
const BATCH_MAX = 500;

export interface DueOptions {
  /** Only trades of this organisation; null for all, which is the timer's business. */
  readonly organizationId: string | null;
  readonly portfolioId?: string | null | undefined;
  readonly asOf: string;
  /** At most this many trades, to the next full batch. */
  readonly tradesMax: number;
  originFor(organizationId: string): Origin;
  /** A portfolio whose trades cannot be settled at all keeps no other waiting, and is told of here; without it, it ends the call. */
  onError?(portfolioId: string, error: unknown): void;
}

const nothingDone = { settled: 0, failed: 0 };

export async function settleDue(ctx: BooksContext, { organizationId, portfolioId, asOf, tradesMax, originFor, onError }: DueOptions): Promise<Settled> {
  let settled = 0;
  let failed = 0;
  const broken: string[] = [];
  for (;;) {
    const due = await ctx.store.portfoliosWithDue({ organizationId, portfolioId: portfolioId ?? null, asOf, except: broken });
    if (due.length === 0) return { settled, failed, more: false };
    for (const portfolio of due) {
      if (settled + failed >= tradesMax) return { settled, failed, more: true };
      const done = await settleBatch(ctx, portfolio.id, asOf, originFor(portfolio.organizationId)).catch((error: unknown) => {
        if (onError === undefined) throw error;
        broken.push(portfolio.id);
        onError(portfolio.id, error);
        return nothingDone;
      });
      settled += done.settled;
      failed += done.failed;
      settlements.inc({ outcome: 'settled' }, done.settled);
      settlements.inc({ outcome: 'failed' }, done.failed);
    }
  }
}

const settleBatch = (ctx: BooksContext, portfolioId: string, asOf: string, origin: Origin): Promise<{ settled: number; failed: number }> =>
  ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, portfolioId);
    return settleTrades(ctx, tx, portfolio, { due: await tx.due(portfolioId, asOf, BATCH_MAX), asOf, origin });
  });

/** Tries each of the trades once, in the order given; those that settle as one, together at the first of them. */
export async function settleTrades(
  ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, { due, asOf, origin }: { due: readonly Booking[]; asOf: string; origin: Origin },
): Promise<{ settled: number; failed: number }> {
  if (due.length === 0) return { settled: 0, failed: 0 };
  const ledger = await openLedger(ctx, tx, portfolio);
  const tried: Tried[] = [];
  for (const group of await groups(tx, portfolio.id, due)) {
    const refusal = refusalOf(ctx, ledger, group, asOf);
    for (const booking of group) tried.push(attempt(ledger, booking, refusal ?? { type: 'delivered', settledOn: isFirst(booking) ? booking.contractualOn : asOf }, origin));
  }
  await ledger.save(tx.custodyRows(portfolio, tried.flatMap(({ received }) => received)));
  await tx.saveSettlements(tried.map(({ change }) => change));
  const settled = tried.filter(({ change }) => change.settlement.step === 'settled').length;
  return { settled, failed: tried.length - settled };
}

/** What is tried for the first time settles on its contractual date, whenever that is noticed. */
const isFirst = ({ attempt: number, settlement, fill }: Booking): boolean => number === 1 && deliveredOf(settlement, fill).quantity.isZero();

/** What settles by itself is a group of its own; a set that settles as one is whole, whichever of its trades were given. */
async function groups(tx: Posting, portfolioId: string, due: readonly Booking[]): Promise<readonly (readonly Booking[])[]> {
  const sets = new Set(due.flatMap(({ settlement }) => (settlement.step === 'matched' && settlement.netSetId !== null ? [settlement.netSetId] : [])));
  if (sets.size === 0) return due.map((booking) => [booking]);
  const members = Map.groupBy(await tx.netMembers(portfolioId, [...sets]), ({ settlement }) => ('netSetId' in settlement ? settlement.netSetId : null));
  const given = new Map(due.map((booking) => [booking.fill.tradeId, booking]));
  return due.flatMap((booking) => {
    const set = booking.settlement.step === 'matched' ? booking.settlement.netSetId : null;
    if (set === null) return [[booking]];
    const whole = members.get(set) ?? [];
    members.delete(set);
    return whole.length === 0 ? [] : [whole.map((member) => given.get(member.fill.tradeId) ?? member)];
  });
}

/** Null where all of the group may change hands: what it needs in cash is there. */
function refusalOf(ctx: BooksContext, ledger: Ledger, group: readonly Booking[], asOf: string): (Heard & { type: 'delivery-refused' }) | null {
  const unmatched = group.find(({ settlement }) => settlement.step === 'instructed');
  if (unmatched !== undefined)
    return { type: 'delivery-refused', code: 'UNMATCHED', reason: `${unmatched.parties.counterparty ?? 'the counterparty'} has not matched the instruction`, on: asOf };
  const short = shortOf(ledger, group.flatMap(({ settlement, fill }) => [{ currency: cashOfFill(fill).currency, amount: left(fill, deliveredOf(settlement, fill)).amount }, ...chargesDue(fill)]));
  return short === null ? null
    : { type: 'delivery-refused', code: 'INSUFFICIENT_CASH', reason: short.reason, on: asOf, retryOn: nextTry(ctx, group, { currency: short.currency, asOf }) };
}

/** The custodian tries again on the next business day of the cash; not more often than is allowed. */
const nextTry = (ctx: BooksContext, group: readonly Booking[], { currency, asOf }: { readonly currency: string; readonly asOf: string }): string | null =>
  (group.some(({ attempt: number }) => number >= ATTEMPTS_MAX) ? null : nextBusinessDay(ctx, currency, asOf));

interface Tried {
  readonly change: SettlementChange;
  readonly received: readonly CustodyChange[];
}

/** Tells the saga how delivery went, and does what it sends. */
export function attempt(ledger: Ledger, booking: Booking, heard: Heard, origin: Origin, how: Readonly<Record<string, unknown>> = {}): Tried {
  const { fill, version, instrumentId, attempt: number } = booking;
  const { settlement, send } = next(booking.settlement, heard);
  const about = { tradeId: fill.tradeId, version, portfolioId: ledger.portfolioId };
  const fact = { tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence };
  const received: CustodyChange[] = [];
  for (const each of send) {
    if (each.type === 'announce-settled') {
      const { delivered, data } = lastPart(booking.settlement, fill);
      const factSequence = ledger.record({ ...fact, kind: 'TRADE_SETTLED', effectiveOn: each.settledOn, data: { attempt: number, ...data, ...how } }, origin);
      ledger.post(settledEntry({ fill: partOf(fill, delivered.amount), settledOn: each.settledOn }), { factSequence, version, origin });
      ledger.tell(tradeSettled, { ...about, settledOn: each.settledOn, netAmount: text(fill.amount.negated()), currency: fill.currency, ...abroad(fill) }, origin);
      for (const { currency } of [cashOfFill(fill), ...chargesDue(fill)]) ledger.tellCash({ kind: 'SETTLEMENT', currency, amount: '0', effectiveDate: each.settledOn, tradeId: fill.tradeId }, origin);
      received.push({ instrumentId, currency: fill.currency, quantity: delivered.quantity });
    } else if (each.type === 'announce-failed') {
      const { code, reason } = each;
      ledger.record({ ...fact, kind: 'SETTLEMENT_FAILED', effectiveOn: heard.type === 'delivery-refused' ? heard.on : booking.contractualOn, data: { code, reason, attempt: each.attempt, ...(heard.type === 'delivery-refused' && heard.retryOn != null && { retryOn: heard.retryOn }) } }, origin);
      ledger.tell(settlementFailed, { ...about, reason, code, attempt: each.attempt }, origin);
      settlementFails.inc({ code });
    }
  }
  return { change: { tradeId: fill.tradeId, version, attempt: 'attempt' in settlement ? settlement.attempt : number, settlement }, received };
}
