/** The fields of trades, their versions, fees and news that are more than a column. */
import { grossAmount, type Terms } from '../domain/trade.ts';
import { tradeById } from '../queries/trade-by-id.ts';
import type { CaptureTradesResultResolvers, PortfolioResolvers, TradeEventResolvers, TradeResolvers, TradeVersionResolvers } from './types.generated.ts';

const settlementOf = ({ settlement }: Pick<Terms, 'settlement'>) => ({ settlementCurrency: settlement?.currency ?? null, settlementRate: settlement?.rate ?? null });

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.trade.load(id),
  statusAt: ({ statusAt }) => statusAt.toISOString(),
  grossAmount: (trade) => grossAmount(trade),
  settlementCurrency: (trade) => settlementOf(trade).settlementCurrency ?? trade.currency,
  settlementRate: (trade) => settlementOf(trade).settlementRate,
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  portfolio: ({ portfolioId }) => ({ id: portfolioId }),
  history: ({ id }, _, ctx) => ctx.loaders.history.load(id),
};

export const TradeVersion: TradeVersionResolvers = {
  settlementCurrency: (version) => settlementOf(version).settlementCurrency ?? version.currency,
  settlementRate: (version) => settlementOf(version).settlementRate,
  statusAt: ({ statusAt }) => statusAt.toISOString(),
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  at: ({ capturedAt }) => capturedAt,
  by: ({ capturedBy }) => capturedBy,
};

export const TradeEvent: TradeEventResolvers = {
  trade: ({ tradeId }, _, ctx) => tradeById(ctx, tradeId),
};

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  trades: ({ id }, { filter, ...page }, ctx) => ctx.loaders.tradesOf(filter ?? {}, page).load(id),
};

export const CaptureTradesResult: CaptureTradesResultResolvers = {
  trade: (result, _, ctx) => (result.outcome === 'REFUSED' ? null : tradeById(ctx, result.tradeId)),
};
