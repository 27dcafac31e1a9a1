/** A portfolio's profit and loss as it moves: one value at once, then the latest whenever a price or a position changes. */
import { setTimeout as delay } from 'node:timers/promises';
import { listen, source } from '@pms/events/live';
import type { AnalyticsContext } from '../context.ts';
import type { Valuation } from '../domain/portfolio-value.ts';
import { changedTopic, quoteTopic } from '../domain/topics.ts';
import type { PortfolioRow } from '../store/analytics-store.ts';
import { dayOf } from './days.ts';
import { atQuotes, mustFindPortfolio, type Prepared, prepared } from './valuations.ts';

const PAUSE_MS = 200;

/** One message of the subscription, under the name of its field. */
export interface PnlMessage {
  readonly portfolioPnl: PortfolioPnl;
}

export interface PortfolioPnl extends Valuation {
  readonly portfolioId: string;
}

/** Throws NOT_FOUND before the first value. Between two values at least 200 ms pass; what came meanwhile is in the second. */
export async function portfolioPnl(ctx: AnalyticsContext, portfolioId: string): Promise<AsyncIterableIterator<PnlMessage>> {
  const portfolio = await mustFindPortfolio(ctx, portfolioId);
  return source((own) => values(ctx, portfolio, own));
}

type Own = Parameters<Parameters<typeof source>[0]>[0];

async function* values(ctx: AnalyticsContext, portfolio: PortfolioRow, own: Own): AsyncGenerator<PnlMessage> {
  for (;;) {
    const changed = changedTopic(portfolio.id);
    const begun = dayOf(ctx.now());
    const watching = { changed: false };
    const stopWatching = ctx.live.subscribe(changed, () => { watching.changed = true; });
    const holdings = await loaded(ctx, portfolio);
    const topics = holdings.holdings.filter(({ quantity }) => !quantity.isZero()).map(({ instrumentId }) => quoteTopic(instrumentId));
    const moves = own(listen(ctx.live, [changed, ...topics], { keep: 'latest' }));
    try {
      yield { portfolioPnl: { portfolioId: portfolio.id, ...atQuotes(ctx, holdings) } };
      while (!watching.changed && dayOf(ctx.now()) === begun) {
        await delay(PAUSE_MS);
        if (!watching.changed && (await moves.next()).done === true) return;
        if (!watching.changed) yield { portfolioPnl: { portfolioId: portfolio.id, ...atQuotes(ctx, holdings) } };
      }
    } finally {
      stopWatching();
      await moves.return?.();
    }
  }
}

async function loaded(ctx: AnalyticsContext, portfolio: PortfolioRow): Promise<Prepared> {
  const holdings = (await prepared(ctx, [portfolio], null)).get(portfolio.id);
  if (holdings === undefined) throw new Error(`portfolio ${portfolio.id} was not prepared`);
  return holdings;
}
