/** All resolvers of the domain. */
import { payload } from '@pms/subgraph/refusals';
import { amendTrade } from '../commands/amend-trade.ts';
import { cancelTrade } from '../commands/cancel-trade.ts';
import { captureTrade } from '../commands/capture-trade.ts';
import { captureTrades } from '../commands/capture-trades.ts';
import { dismissMessage, replayMessages } from '../commands/fix/parked-messages.ts';
import { tradeById } from '../queries/trade-by-id.ts';
import { tradeEvents } from '../queries/trade-events.ts';
import { FixMessage, fixQueries, FixSession } from './fix.ts';
import { ImportBooking, ImportPositionChange, ImportTradesPayload, importing } from './import.ts';
import { CaptureTradesResult, Portfolio, Trade, TradeEvent, TradeVersion } from './trade.ts';
import type { MutationResolvers, QueryResolvers, Resolvers, SubscriptionResolvers } from './types.generated.ts';

const Query: QueryResolvers = {
  trade: (_, { id }, ctx) => tradeById(ctx, id),
  ...fixQueries,
};

const Mutation: MutationResolvers = {
  captureTrade: (_, { input }, ctx) => payload(['trade'], async () => ({ trade: await captureTrade(ctx, input) })),
  captureTrades: async (_, { input }, ctx) => {
    const { refusals, userErrors, ...counted } = await payload(
      ['results', 'captured', 'duplicates', 'refused', 'refusals'], () => captureTrades(ctx, input.trades));
    return { ...counted, userErrors: refusals ?? userErrors };
  },
  importTrades: (_, { input }, ctx) => importing(ctx, input),
  amendTrade: (_, { input }, ctx) => payload(['trade'], async () => ({ trade: await amendTrade(ctx, input) })),
  cancelTrade: (_, { input }, ctx) => payload(['trade'], async () => ({ trade: await cancelTrade(ctx, input) })),
  replayFixMessages: (_, { input }, ctx) => payload(['replayed'], async () => ({ replayed: await replayMessages(ctx, input.session, input.ids ?? null) })),
  dismissFixMessage: (_, { input }, ctx) => payload(['message'], async () => ({ message: await dismissMessage(ctx, input.id, input.reason) })),
};

const Subscription: SubscriptionResolvers = {
  tradeEvents: { subscribe: (_, { portfolioId, after }, ctx) => tradeEvents(ctx, portfolioId, after ?? null) },
};

export const resolvers: Resolvers = { Query, Mutation, Subscription, Trade, TradeVersion, TradeEvent, Portfolio, CaptureTradesResult, ImportTradesPayload, ImportBooking, ImportPositionChange, FixSession, FixMessage };
