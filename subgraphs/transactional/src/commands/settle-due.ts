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
import { tradeSettled as settledEntry } from '../domain/journal.ts';
import { next, type Heard, type Settlement } from '../domain/settlement.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';
import { lockedPortfolio } from './locked.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { settlements } from './metrics.ts';

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
}

export async function settleDue(ctx: BooksContext, { organizationId, portfolioId, asOf, tradesMax, originFor }: DueOptions): Promise<Settled> {
  let settled = 0;
  let failed = 0;
  for (;;) {
    const due = await ctx.store.portfoliosWithDue({ organizationId, portfolioId: portfolioId ?? null, asOf });
    if (due.length === 0) return { settled, failed, more: false };
    for (const portfolio of due) {
      if (settled + failed >= tradesMax) return { settled, failed, more: true };
      const done = await settleBatch(ctx, portfolio.id, asOf, originFor(portfolio.organizationId));
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

/** Tries each of the trades once, in the order given. */
export async function settleTrades(
  ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, { due, asOf, origin }: { due: readonly Booking[]; asOf: string; origin: Origin },
): Promise<{ settled: number; failed: number }> {
  if (due.length === 0) return { settled: 0, failed: 0 };
  const ledger = await openLedger(ctx, tx, portfolio);
  const changes = due.map((booking) => ({ tradeId: booking.fill.tradeId, version: booking.version, attempt: booking.attempt, settlement: attempt(ledger, portfolio, booking, { asOf, origin }) }));
  await ledger.save();
  await tx.saveSettlements(changes);
  const settled = changes.filter(({ settlement }) => settlement.step === 'settled').length;
  return { settled, failed: changes.length - settled };
}

function attempt(ledger: Ledger, portfolio: LockedPortfolio, booking: Booking, { asOf, origin }: { asOf: string; origin: Origin }): Settlement {
  const { fill, version, instrumentId, attempt: number, contractualOn } = booking;
  const { settlement, send } = next(booking.settlement, outcome(ledger, booking, number === 1 ? contractualOn : asOf));
  const about = { tradeId: fill.tradeId, version, portfolioId: portfolio.id };
  const fact = { tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence };
  for (const each of send) {
    if (each.type === 'announce-settled') {
      const factSequence = ledger.record({ ...fact, kind: 'TRADE_SETTLED', effectiveOn: each.settledOn, data: { attempt: number } }, origin);
      ledger.post(settledEntry({ fill, settledOn: each.settledOn }), { factSequence, version, origin });
      ledger.tell(tradeSettled, { ...about, settledOn: each.settledOn, netAmount: text(fill.amount.negated()), currency: fill.currency }, origin);
      ledger.tellCash({ kind: 'SETTLEMENT', currency: fill.currency, amount: '0', effectiveDate: each.settledOn, tradeId: fill.tradeId }, origin);
    } else if (each.type === 'announce-failed') {
      ledger.record({ ...fact, kind: 'SETTLEMENT_FAILED', effectiveOn: asOf, data: { reason: each.reason, attempt: each.attempt } }, origin);
      ledger.tell(settlementFailed, { ...about, reason: each.reason, attempt: each.attempt }, origin);
    }
  }
  return settlement;
}

function outcome(ledger: Ledger, { fill }: Booking, settledOn: string): Heard {
  const { settled } = ledger.cash(fill.currency);
  return fill.amount.greaterThan(settled) && fill.amount.isPositive()
    ? { type: 'delivery-refused', reason: `settled cash of ${text(settled)} ${fill.currency} does not cover ${text(fill.amount)} ${fill.currency}` }
    : { type: 'delivered', settledOn };
}
