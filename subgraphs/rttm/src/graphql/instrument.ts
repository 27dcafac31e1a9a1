/** Instruments, and the prices that hang on them. */
import { change, changePercent } from '../domain/quote.ts';
import { corporateActionsOf } from '../queries/corporate-actions.ts';
import { priceHistory } from '../queries/price-history.ts';
import type { InstrumentResolvers, PricePointResolvers, QuoteResolvers } from './types.generated.ts';

export const Instrument: InstrumentResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.instrument.load(id),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  quote: (instrument, _, ctx) => ctx.loaders.quote.load(instrument),
  corporateActions: ({ id }, args, ctx) => corporateActionsOf(ctx, id, args),
  priceHistory: ({ id }, { from, to }, ctx) => priceHistory(ctx, id, from, to),
};

export const Quote: QuoteResolvers = {
  change,
  changePercent,
  currency: ({ instrument }) => instrument.currency,
  time: ({ time }) => time.toISOString(),
};

export const PricePoint: PricePointResolvers = {};
