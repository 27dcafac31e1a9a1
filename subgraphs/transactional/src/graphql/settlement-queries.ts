/** What may be asked of settlement and its calendars. */
import { isNow, momentOf } from '../queries/moment.ts';
import { netSetOf, netSetThen, settlementAgeing, settlements } from '../queries/settlements.ts';
import type { QueryResolvers } from './types.generated.ts';

export const settlementQueries: QueryResolvers = {
  settlements: (_, { filter, asOf, knownAt, ...page }, ctx) => settlements(ctx, filter ?? {}, page, momentOf({ asOf, knownAt })),
  parkedSettlements: (_, { portfolioId, asOf, knownAt, ...page }, ctx) => settlements(ctx, { portfolioId, parked: true }, page, momentOf({ asOf, knownAt })),
  settlementAgeing: (_, { portfolioId, ...moment }, ctx) => settlementAgeing(ctx, portfolioId ?? null, momentOf(moment)),
  netSet(_, { id, ...args }, ctx) {
    const moment = momentOf(args);
    return isNow(moment) ? netSetOf(ctx, id) : netSetThen(ctx, { portfolioId: null, netSetId: id }, moment);
  },
  settlementPolicy: (_, __, ctx) => ctx.store.policy(ctx.principal.organizationId),
  tradingDay: (_, { mic, date }, { days }) => ({ date, ...days.tradingDay(mic, date) }),
  settlementDate: (_, { mic, currency, tradeDate }, { days }) => days.settlement({ mic: mic ?? null, currency }, tradeDate),
  fxSpotDate: (_, { buy, sell, tradeDate }, { days }) => days.fxSpotDate(buy, sell, tradeDate),
};
