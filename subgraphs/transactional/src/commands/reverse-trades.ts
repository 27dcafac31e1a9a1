/** Takes back what cancelled trades had posted, settled or not, and remembers them: a version validated late books nothing. */
import { causedBy, type Event } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { cancelClaims } from './cancel-claims.ts';
import { openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { tradesReversed } from './metrics.ts';
import { postTrades, type Turn } from './post-trades.ts';

export interface CancelledTrade {
  readonly event: Event;
  readonly tradeId: string;
  readonly version: number;
  readonly portfolioId: string;
  readonly instrumentId: string;
}

/** The trades are of one portfolio. A trade that is cancelled twice is taken back once. */
export async function reverseTrades(ctx: BooksContext, cancelled: readonly CancelledTrade[]): Promise<void> {
  const reversed = await ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, cancelled[0]?.portfolioId ?? '');
    const sights = await tx.firstSights(cancelled.map(({ event }) => event.id));
    const fresh = [...new Map(cancelled.filter(({ event }) => sights.has(event.id)).map((each) => [each.tradeId, each])).values()];
    if (fresh.length === 0) return 0;
    const histories = await tx.histories(fresh.map(({ tradeId }) => tradeId));
    await tx.rememberCancellation(portfolio, fresh);
    const ledger = await openLedger(ctx, tx, portfolio);
    for (const { event, tradeId, version, instrumentId } of fresh)
      ledger.record({ kind: 'TRADE_CANCELLED', effectiveOn: event.occurredAt.slice(0, 10), tradeId, version, instrumentId, data: {} }, causedBy(event, 'transactional'));
    await ledger.save(await cancelClaims(tx, portfolio, ledger, new Map(fresh.map(({ event, tradeId }) => [tradeId, causedBy(event, 'transactional')]))));
    const turns = fresh.flatMap(({ event, tradeId }): Turn[] => {
      const standing = histories.get(tradeId)?.standing;
      return standing == null ? [] : [{ reverse: { booking: standing, because: 'CANCELLED', origin: causedBy(event, 'transactional') }, book: null }];
    });
    if (turns.length > 0) await postTrades(ctx, tx, { ...portfolio, lastFact: ledger.lastFact(), lastEntry: ledger.lastEntry() }, turns);
    return turns.length;
  });
  tradesReversed.inc({ because: 'CANCELLED' }, reversed);
}
