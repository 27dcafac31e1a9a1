/** What the rules in force would say about a trade; nothing is recorded or reserved. */
import { badInput, notFound } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import { decimal } from '@pms/money';
import { inCurrency } from '@pms/money/quote-unit';
import { assessOne } from '../commands/decide-trades.ts';
import type { ValidationContext } from '../context.ts';
import type { Assessment } from '../domain/decision.ts';

export interface TradeToCheck {
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  readonly tradeDate?: string | null | undefined;
  readonly fees?: string | null | undefined;
}

export async function checkTrade(ctx: ValidationContext, input: TradeToCheck): Promise<Assessment> {
  const { store, principal: { organizationId }, now } = ctx;
  const portfolio = await awaitKnown(input.portfolioId, now, () => store.portfolio(organizationId, input.portfolioId));
  if (portfolio === null) throw notFound('portfolio', input.portfolioId);
  const instrument = await awaitKnown(input.instrumentId, now, async () => (await store.instruments(organizationId, [input.instrumentId])).get(input.instrumentId) ?? null);
  if (instrument === null) throw notFound('instrument', input.instrumentId);
  const [quantity, price, fees] = [decimal(input.quantity), decimal(input.price), decimal(input.fees ?? '0')];
  if (!quantity.greaterThan(0) || !price.greaterThan(0) || fees.isNegative()) throw badInput('quantity and price must be more than zero, fees must not be negative');
  if (instrument.currency !== input.currency) throw badInput(`the instrument is traded in ${instrument.currency}, not in ${input.currency}`);
  const trade = {
    portfolioId: input.portfolioId, instrumentId: input.instrumentId, side: input.side, currency: input.currency,
    quantity, price: inCurrency(price, instrument.quoteUnit), fees, tradeDate: input.tradeDate ?? now().toISOString().slice(0, 10),
  };
  return (await assessOne(store, { ...portfolio, organizationId }, trade)).assessment;
}
