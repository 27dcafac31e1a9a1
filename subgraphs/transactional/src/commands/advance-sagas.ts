/**
 * What moves settlements that failed without anybody asking: those whose day has come are tried again, and those that do not get on are parked for a person.
 * Everybody's: only the timer asks. What cannot be done in one portfolio keeps no other waiting.
 */
import type { Origin } from '@pms/events/envelope';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { BooksContext } from '../context.ts';
import { whyParked } from '../domain/parking.ts';
import { next } from '../domain/settlement.ts';
import type { Posting } from '../store/books-store.ts';
import type { Booking } from '../store/rows.ts';
import type { Stalled } from '../store/saga-reads.ts';
import { openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { settlementErrors } from './metrics.ts';
import { aboutTrade } from './on-settlement.ts';
import { tryAgain } from './try-again.ts';

/** Settlements looked at in one call. */
const STALLED_MAX = 500;

export interface Advancing {
  /** Today. */
  readonly on: string;
  originFor(organizationId: string): Origin;
}

/** How many were tried. */
export async function retryFailed(ctx: BooksContext, { on, originFor }: Advancing): Promise<number> {
  const due = await ctx.store.retriesDue(on, STALLED_MAX);
  const tried = await eachAlone(ctx, [...Map.groupBy(due, ({ portfolioId }) => portfolioId).values()], async (tx, of) => {
    const portfolio = await lockedPortfolio(tx, of[0]?.portfolioId ?? '');
    const standing = [...(await tx.histories(of.map(({ tradeId }) => tradeId))).values()].flatMap(({ standing: booking }) => (booking === null ? [] : [booking]));
    const failed = (await withTheirSets(tx, portfolio.id, standing)).filter(({ settlement }) => settlement.step === 'failed' && settlement.retryOn !== null && settlement.retryOn <= on);
    if (failed.length > 0) await tryAgain(ctx, { tx, portfolio }, failed, { asOf: on, origin: originFor(portfolio.organizationId) });
    return failed.length;
  });
  return tried.reduce((total, count) => total + count, 0);
}

/** Those of a set are tried together. */
async function withTheirSets(tx: Posting, portfolioId: string, bookings: readonly Booking[]): Promise<readonly Booking[]> {
  const sets = new Set(bookings.flatMap(({ settlement }) => ('netSetId' in settlement && settlement.netSetId !== null ? [settlement.netSetId] : [])));
  const members = sets.size === 0 ? [] : await tx.netMembers(portfolioId, [...sets]);
  return [...new Map([...bookings, ...members].map((booking) => [booking.fill.tradeId, booking])).values()];
}

/** How many were parked. */
export async function parkStalled(ctx: BooksContext, { on, originFor }: Advancing): Promise<number> {
  const stalled = (await ctx.store.stalled(on, STALLED_MAX)).filter((each) => parkingOf(ctx, each, each, on) !== null);
  const parked = await eachAlone(ctx, stalled.map((each) => [each]), async (tx, [each]) => {
    if (each === undefined) return 0;
    const portfolio = await lockedPortfolio(tx, each.portfolioId);
    const booking = (await tx.histories([each.fill.tradeId])).get(each.fill.tradeId)?.standing;
    const why = booking == null ? null : parkingOf(ctx, booking, each, on);
    if (booking == null || why === null) return 0;
    const origin = originFor(portfolio.organizationId);
    const { settlement } = next(booking.settlement, { type: 'parked', ...why, on });
    const ledger = await openLedger(ctx, tx, portfolio);
    ledger.record({ ...aboutTrade(booking), kind: 'SETTLEMENT_PARKED', effectiveOn: on, data: why }, origin);
    ledger.tell(settlementProgressed, { tradeId: booking.fill.tradeId, version: booking.version, portfolioId: portfolio.id, progress: 'PARKED', on, reason: `${why.code}: ${why.reason}` }, origin);
    await ledger.save();
    await tx.saveSettlements([{ tradeId: booking.fill.tradeId, version: booking.version, settlement, attempt: booking.attempt }]);
    return 1;
  });
  return parked.reduce((total: number, count) => total + count, 0);
}

function parkingOf(ctx: BooksContext, { settlement, fill }: Pick<Booking, 'settlement' | 'fill'>, { mic, parkAfterBusinessDays }: Stalled, on: string) {
  if (settlement.step !== 'failed' && settlement.step !== 'buying-in') return null;
  return whyParked(settlement, { parkAfterBusinessDays, isPurchase: fill.quantity.isPositive(), businessDaysSince: (day) => ctx.businessDaysLate({ mic, currency: fill.currency }, day, on) });
}

/** Each group in a transaction of its own; one that fails is counted and left for the next round. */
async function eachAlone<T>(ctx: BooksContext, groups: readonly (readonly T[])[], work: (tx: Posting, group: readonly T[]) => Promise<number>): Promise<number[]> {
  const done: number[] = [];
  for (const group of groups) {
    try {
      done.push(await ctx.store.transaction((tx) => work(tx, group)));
    } catch (error) {
      settlementErrors.inc();
      ctx.logger.warn({ err: error }, 'settlements that failed could not be moved on');
    }
  }
  return done;
}
