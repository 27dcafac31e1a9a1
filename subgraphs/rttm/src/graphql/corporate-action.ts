/** Corporate actions as they are shown. */
import { instrumentById } from '../queries/instruments.ts';
import type { CorporateActionResolvers } from './types.generated.ts';

export const CorporateAction: CorporateActionResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.corporateAction.load(id),
  instrument: ({ instrumentId }, _, ctx) => instrumentById(ctx, instrumentId),
  kind: ({ facts }) => facts.kind,
  status: ({ cancelled }) => (cancelled ? 'CANCELLED' : 'ANNOUNCED'),
  exDate: ({ facts }) => facts.exDate,
  recordDate: ({ facts }) => facts.recordDate,
  payDate: ({ facts }) => facts.payDate,
  currency: ({ facts }) => facts.currency,
  cashPerShare: ({ facts }) => facts.cashPerShare,
  withholdingRate: ({ facts }) => facts.withholdingRate,
  newShares: ({ facts }) => facts.newShares,
  oldShares: ({ facts }) => facts.oldShares,
  newInstrument: ({ facts }, _, ctx) => (facts.newInstrumentId === null ? null : instrumentById(ctx, facts.newInstrumentId)),
  basisShare: ({ facts }) => facts.basisShare,
  oldPrice: ({ facts }) => facts.oldPrice,
  newPrice: ({ facts }) => facts.newPrice,
  cashInLieuPrice: ({ facts }) => facts.cashInLieuPrice,
  taxable: ({ facts }) => facts.taxable,
  newSymbol: ({ facts }) => facts.newSymbol,
  newName: ({ facts }) => facts.newName,
  subscriptionPrice: ({ facts }) => facts.subscriptionPrice,
  subscribedInstrument: ({ facts }, _, ctx) => (facts.subscribedInstrumentId === null ? null : instrumentById(ctx, facts.subscribedInstrumentId)),
  subscribedShares: ({ facts }) => facts.subscribedShares,
  subscribedRights: ({ facts }) => facts.subscribedRights,
  expiresOn: ({ facts }) => facts.expiresOn,
  announcedAt: ({ announcedAt }) => announcedAt.toISOString(),
};
