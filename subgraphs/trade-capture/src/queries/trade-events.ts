/** What happens to the trades of a portfolio, from now on. One who falls behind by more than the bound is cut off, never fed gaps. */
import { notFound } from '@pms/errors';
import { listen } from '@pms/events/live';
import type { TradeMessage } from '@pms/schema/events/trade-capture';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { TradeCaptureContext } from '../context.ts';
import type { TradeNews } from '../domain/trade-message.ts';

/** A bulk of 10,000 passes through four statuses; small messages, read as fast as the client takes them. */
const UNREAD_MAX = 50_000;

export async function tradeEvents(ctx: TradeCaptureContext, portfolioId: string): Promise<AsyncIterable<{ tradeEvents: TradeNews }>> {
  const { organizationId } = ctx.principal;
  const known = await awaitKnown(portfolioId, ctx.now, async () => (await ctx.store.portfolios(organizationId, [portfolioId]))[0] ?? null);
  if (known === null) throw notFound('portfolio', portfolioId);
  // listens from here on, and not from the first read: nothing falls between the two
  const messages = listen<TradeMessage>(ctx.live, [`trade-events/${portfolioId}`], { keep: 'all', queueMax: UNREAD_MAX });
  return newsOf(ctx, messages);
}

const newsOf = (ctx: TradeCaptureContext, messages: AsyncIterableIterator<TradeMessage>): AsyncIterableIterator<{ tradeEvents: TradeNews }> => ({
  async next() {
    for (;;) {
      const { done, value } = await messages.next();
      if (done === true) return { done, value: undefined };
      if (value.organizationId !== ctx.principal.organizationId) continue;
      ctx.loaders.trade.clear(value.tradeId); // the subscription's context outlives many versions of a trade
      return { done: false, value: { tradeEvents: { kind: value.kind, at: value.at, version: value.version, tradeId: value.tradeId } } };
    }
  },
  async return() {
    await messages.return?.();
    return { done: true, value: undefined };
  },
  [Symbol.asyncIterator]() { return this; },
});
