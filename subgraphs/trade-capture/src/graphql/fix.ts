/** FIX sessions and what they received, as they are shown. */
import { connectionOf, pageOf } from '@pms/subgraph/connection';
import type { FixMessageResolvers, FixSessionResolvers, QueryResolvers } from './types.generated.ts';

export const fixQueries: Pick<QueryResolvers, 'fixSessions' | 'fixMessages'> = {
  fixSessions: (_, __, ctx) => ctx.store.fixSessions(ctx.principal.organizationId),
  async fixMessages(_, { filter, ...args }, ctx) {
    const page = pageOf(args);
    const rows = await ctx.store.fixMessagesPage(ctx.principal.organizationId, { session: filter?.session ?? null, outcomes: filter?.outcomes ?? null }, page);
    return connectionOf(rows, page, ({ number }) => [number]);
  },
};

export const FixSession: FixSessionResolvers = {
  changedAt: ({ changedAt }) => changedAt.toISOString(),
};

export const FixMessage: FixMessageResolvers = {
  text: ({ raw }) => raw.replaceAll('\u0001', '|'),
  receivedAt: ({ receivedAt }) => receivedAt.toISOString(),
  handledAt: ({ handledAt }) => handledAt?.toISOString() ?? null,
  trades: async ({ tradeIds }, _, { loaders }) => (await loaders.trade.loadMany(tradeIds)).flatMap((trade) => (trade === null || trade instanceof Error ? [] : [trade])),
};
