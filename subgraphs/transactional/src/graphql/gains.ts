/** Closings, wash sales and realised gains as they are shown. */
import { type Decimal, money } from '@pms/money';
import { daysHeld, termOf } from '../domain/closings.ts';
import { lotName } from '../domain/named-lots.ts';
import { closingKey, instrumentKey } from '../queries/closings.ts';
import type { LotClosingResolvers, RealizedGainConnectionResolvers, RealizedGainTotalResolvers, WashSaleReplacementResolvers, WashSaleResolvers } from './types.generated.ts';

/** Lots are closed by trades, and by corporate actions; what an action moved to another instrument has its own name added. */
const tradeOf = (id: string): { readonly id: string } | null => (id.startsWith('trd_') ? { id: id.split('/')[0] ?? id } : null);

const ratio = (gain: Decimal, invested: Decimal): number | null => (invested.isZero() ? null : gain.div(invested).toNumber());

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
};

export const RealizedGainTotal: RealizedGainTotalResolvers = {
  proceeds: ({ proceeds, currency }) => money(proceeds, currency),
  cost: ({ cost, currency }) => money(cost, currency),
  gain: ({ gain, currency }) => money(gain, currency),
  gainRatio: ({ gain, invested }) => ratio(gain, invested),
  shortTerm: ({ gain, longTerm, currency }) => money(gain.minus(longTerm), currency),
  longTerm: ({ longTerm, currency }) => money(longTerm, currency),
  washSaleDisallowed: async (total) => money(await total.disallowed(), total.currency),
};
