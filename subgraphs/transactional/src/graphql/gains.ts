/** Closings, wash sales and realised gains as they are shown. */
import { type Decimal, money } from '@pms/money';
import type { BaseTotal } from '../domain/base-gains.ts';
import { daysHeld, termOf } from '../domain/closings.ts';
import { lotName } from '../domain/named-lots.ts';
import { closingKey, instrumentKey } from '../queries/closings.ts';
import type { BaseGainResolvers, BaseGainTotalResolvers, LotClosingResolvers, RealizedGainConnectionResolvers, RealizedGainTotalResolvers, WashSaleReplacementResolvers, WashSaleResolvers } from './types.generated.ts';

/** Lots are closed by trades, and by corporate actions; what an action moved to another instrument has its own name added. */
const tradeOf = (id: string): { readonly id: string } | null => (id.startsWith('trd_') ? { id: id.split('/')[0] ?? id } : null);

const ratio = (gain: Decimal, invested: Decimal): number | null => (invested.isZero() ? null : gain.div(invested).toNumber());

const inBase = {
  cost: ({ cost, currency }: BaseTotal) => money(cost, currency),
  proceeds: ({ proceeds, currency }: BaseTotal) => money(proceeds, currency),
  gain: ({ gain, currency }: BaseTotal) => money(gain, currency),
  priceGain: ({ priceGain, currency }: BaseTotal) => money(priceGain, currency),
  fxGain: ({ fxGain, currency }: BaseTotal) => money(fxGain, currency),
};

export const LotClosing: LotClosingResolvers = {
  trade: ({ closedBy }) => tradeOf(closedBy),
  openingTrade: ({ lotId }) => tradeOf(lotId),
  lotId: ({ lotId }) => lotName(lotId),
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  cost: ({ cost, currency }) => money(cost, currency),
  proceeds: ({ proceeds, currency }) => money(proceeds, currency),
  gain: ({ realizedGain, currency }) => money(realizedGain, currency),
  gainRatio: ({ realizedGain, cost }) => ratio(realizedGain, cost.abs()),
  holdingDays: (closing) => daysHeld(closing),
  term: (closing) => termOf(closing),
  base: (closing, _, { loaders }) => loaders.baseGains(closing.moment).gainOf(closing),
  async washSale(closing, _, { loaders }) {
    if (!closing.realizedGain.isNegative()) return null;
    return (await loaders.washSales(closing.moment).load(instrumentKey(closing))).get(closingKey(closing)) ?? null;
  },
};

export const WashSale: WashSaleResolvers = {
  disallowed: ({ disallowed, closing }) => money(disallowed, closing.currency),
};

export const WashSaleReplacement: WashSaleReplacementResolvers = {
  trade: ({ openedBy }) => ({ id: openedBy }),
};

export const RealizedGainConnection: RealizedGainConnectionResolvers = {
  totals: (gains) => gains.totals(),
  baseTotal: (gains) => gains.baseTotal(),
};

export const BaseGain: BaseGainResolvers = {
  ...inBase,
  costRate: ({ costRate }) => costRate,
  proceedsRate: ({ proceedsRate }) => proceedsRate,
};

export const BaseGainTotal: BaseGainTotalResolvers = inBase;

export const RealizedGainTotal: RealizedGainTotalResolvers = {
  proceeds: ({ proceeds, currency }) => money(proceeds, currency),
  cost: ({ cost, currency }) => money(cost, currency),
  gain: ({ gain, currency }) => money(gain, currency),
  gainRatio: ({ gain, invested }) => ratio(gain, invested),
  shortTerm: ({ gain, longTerm, currency }) => money(gain.minus(longTerm), currency),
  longTerm: ({ longTerm, currency }) => money(longTerm, currency),
  washSaleDisallowed: async (total) => money(await total.disallowed(), total.currency),
};
