/** Trades as events tell of them: with the price in the currency, so that whoever multiplies it by the quantity has money. */
import { text } from '@pms/money';
import { inCurrency } from '@pms/money/quote-unit';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import type { Terms } from '../domain/trade.ts';

export interface Told extends Terms {
  readonly id: string;
  readonly version: number;
  readonly portfolioId: string;
  readonly externalId: string | null;
  readonly capturedAt: string;
}

export const factsOf = (trade: Told): TradeFacts => ({
  tradeId: trade.id, version: trade.version, portfolioId: trade.portfolioId, instrumentId: trade.instrumentId, side: trade.side,
  quantity: text(trade.quantity), price: text(inCurrency(trade.price, trade.quoteUnit)), currency: trade.currency, tradeDate: trade.tradeDate,
  fees: trade.fees.map(({ kind, amount }) => ({ kind, amount: { amount: text(amount.amount), currency: amount.currency } })),
  externalId: trade.externalId, capturedAt: trade.capturedAt,
  ...(trade.lotPicks.length > 0 && { lotPicks: trade.lotPicks.map(({ lotId, quantity }) => ({ lotId, quantity: text(quantity) })) }),
  ...(trade.quoteUnit !== null && { quoted: { price: text(trade.price), unit: trade.quoteUnit } }),
  ...(trade.settlement !== null && { settlement: { currency: trade.settlement.currency, rate: text(trade.settlement.rate) } }),
  ...(trade.counterparty !== null && { counterparty: trade.counterparty }),
  ...(trade.placeOfSettlement !== null && { placeOfSettlement: trade.placeOfSettlement }),
  ...(trade.custodyAccount !== null && { custodyAccount: trade.custodyAccount }),
});
