/**
 * What happens to the trades of a portfolio, from now on or behind an event that was seen. Live messages say that there is news; where one
 * is missing, or a reader is slow, it is read from the history: nothing is left out, told twice, or kept waiting in memory.
 */
import { badInput, notFound } from '@pms/errors';
import { listen } from '@pms/events/live';
import type { TradeMessage } from '@pms/schema/events/trade-capture';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { TradeCaptureContext } from '../context.ts';
import type { TradeNews } from '../domain/trade-message.ts';

const PAGE_MAX = 500;

type Told = AsyncIterableIterator<{ tradeEvents: TradeNews }>;

export async function tradeEvents(ctx: TradeCaptureContext, portfolioId: string, after: string | null): Promise<Told> {
  const { organizationId } = ctx.principal;
  const known = await awaitKnown(portfolioId, ctx.now, async () => (await ctx.store.portfolios(organizationId, [portfolioId]))[0] ?? null);
  if (known === null) throw notFound('portfolio', portfolioId);
  // Listens before it looks how far the history goes: nothing falls between the two. The newest message says enough.
  const messages = listen<TradeMessage>(ctx.live, [`trade-events/${portfolioId}`], { keep: 'latest' });
  try {
    const last = await ctx.store.lastNews(organizationId, portfolioId);
    return newsOf(ctx, messages, { portfolioId, position: after === null ? last : positionOf(after, last), last });
  } catch (error) {
    await messages.return?.();
    throw error;
  }
}

/** Throws BAD_USER_INPUT for what is no event of the portfolio. */
function positionOf(id: string, last: number): number {
  const position = /^\d{1,15}$/.test(id) ? Number(id) : Number.NaN;
  if (!(position <= last)) throw badInput('the portfolio has no such event', { after: id });
  return position;
}

interface Place {
  readonly portfolioId: string;
  /** Of the last event that the subscriber knows. */
  position: number;
  /** Of the last event that is known to have happened. */
  last: number;
}

function newsOf(ctx: TradeCaptureContext, messages: AsyncIterableIterator<TradeMessage>, place: Place): Told {
  const { organizationId } = ctx.principal;
  const page: TradeMessage[] = [];

  const upcoming = async (): Promise<TradeMessage | null> => {
    for (;;) {
      if (page.length === 0 && place.position < place.last) page.push(...await ctx.store.newsAfter(organizationId, place.portfolioId, place.position, PAGE_MAX));
      const read = page.shift();
      if (read !== undefined) return read;
      const { done, value } = await messages.next() as IteratorResult<TradeMessage, undefined>;
      if (done === true) return null;
      place.last = Math.max(place.last, value.number);
      if (value.number === place.position + 1) return value;
    }
  };
  return {
    async next() {
      const value = await upcoming();
      if (value === null) return { done: true, value: undefined };
      place.position = value.number;
      ctx.loaders.trade.clear(value.tradeId); // the subscription's context outlives many versions of a trade
      return { done: false, value: { tradeEvents: { id: String(value.number), kind: value.kind, at: value.at, version: value.version, tradeId: value.tradeId } } };
    },
    async return() {
      await messages.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() { return this; },
  };
}
