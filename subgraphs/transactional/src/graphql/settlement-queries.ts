/** What may be asked of settlement and its calendars. */
import { netSetOf, settlementAgeing, settlements } from '../queries/settlements.ts';
import type { QueryResolvers } from './types.generated.ts';

export const settlementQueries: QueryResolvers = {
  settlements: (_, { filter, ...page }, ctx) => settlements(ctx, filter ?? {}, page),
  parkedSettlements: (_, { portfolioId, ...page }, ctx) => settlements(ctx, { portfolioId, parked: true }, page),
  settlementAgeing: (_, { portfolioId }, ctx) => settlementAgeing(ctx, portfolioId ?? null),
  netSet: (_, { id }, ctx) => netSetOf(ctx, id),
  settlementPolicy: (_, __, ctx) => ctx.store.policy(ctx.principal.organizationId),
  tradingDay: (_, { mic, date }, { days }) => ({ date, ...days.tradingDay(mic, date) }),
  settlementDate: (_, { mic, currency, tradeDate }, { days }) => days.settlement({ mic: mic ?? null, currency }, tradeDate),
  fxSpotDate: (_, { buy, sell, tradeDate }, { days }) => days.fxSpotDate(buy, sell, tradeDate),
};
