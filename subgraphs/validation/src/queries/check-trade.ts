/** What the rules in force would say about a trade; nothing is recorded or reserved. */
import { badInput, notFound } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import { decimal } from '@pms/money';
import { isCurrency } from '@pms/money/currencies';
import { inCurrency, quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';
import { assessOne } from '../commands/decide-trades.ts';
import type { ValidationContext } from '../context.ts';
import { type Told, termsOf } from '../domain/book.ts';
import type { Assessment } from '../domain/decision.ts';

export interface TradeToCheck {
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  readonly tradeDate?: string | null | undefined;
  /** Together, in the trade's currency. */
  readonly fees?: string | null | undefined;
  readonly feeItems?: readonly Told['fees'][number][] | null | undefined;
  readonly settlementCurrency?: string | null | undefined;
  readonly settlementRate?: string | null | undefined;
}

const FEES_MAX = 20;

export async function checkTrade(ctx: ValidationContext, input: TradeToCheck): Promise<Assessment> {
  const { store, principal: { organizationId }, now } = ctx;
  const portfolio = await awaitKnown(input.portfolioId, now, () => store.portfolio(organizationId, input.portfolioId));
  if (portfolio === null) throw notFound('portfolio', input.portfolioId);
  const instrument = await awaitKnown(input.instrumentId, now, async () => (await store.instruments(organizationId, [input.instrumentId])).get(input.instrumentId) ?? null);
  if (instrument === null) throw notFound('instrument', input.instrumentId);
  const [quantity, price] = [decimal(input.quantity), decimal(input.price)];
  if (!quantity.greaterThan(0) || !price.greaterThan(0)) throw badInput('quantity and price must be more than zero');
  if (instrument.currency !== input.currency) throw badInput(`the instrument is traded in ${instrument.currency}, not in ${input.currency}`);
  const settlement = settlementOf(input);
  const { portfolioId, instrumentId, side, currency } = input;
  const trade = termsOf({
    portfolioId, instrumentId, side, currency, quantity: input.quantity, price: input.price, tradeDate: input.tradeDate ?? now().toISOString().slice(0, 10), fees: feesOf(input),
    ...(settlement !== null && { settlement }),
  });
  return (await assessOne(store, { ...portfolio, organizationId }, { ...trade, price: inCurrency(price, instrument.quoteUnit) })).assessment;
}

/** In whichever currencies, as a capture takes them. */
function feesOf({ fees, feeItems, currency }: TradeToCheck): Told['fees'] {
  const items = feeItems ?? [];
  if (items.length > FEES_MAX) throw badInput(`a trade has at most ${FEES_MAX} fees`);
  for (const { amount } of items) checkCurrency(amount.currency, 'a fee is');
  const all: Told['fees'] = fees == null ? [...items] : [{ kind: 'OTHER', amount: { amount: fees, currency } }, ...items];
  if (all.some(({ amount }) => decimal(amount.amount).isNegative())) throw badInput('fees must not be negative');
  return all;
}

/** Null: cash moves in the trade's currency. */
function settlementOf({ currency, settlementCurrency, settlementRate }: TradeToCheck): { currency: string; rate: string } | null {
  if (settlementCurrency == null || settlementCurrency === currency) {
    if (settlementRate != null && !decimal(settlementRate).equals(1)) throw badInput(`a trade that settles in its own currency, ${currency}, has no rate`);
    return null;
  }
  checkCurrency(settlementCurrency, 'cash is');
  if (settlementRate == null || !decimal(settlementRate).greaterThan(0)) throw badInput(`a trade in ${currency} that settles in ${settlementCurrency} needs its rate, more than zero: how much ${settlementCurrency} one ${currency} is`);
  return { currency: settlementCurrency, rate: settlementRate };
}

function checkCurrency(currency: string, what: string): void {
  const unit = quoteUnitNamed(currency);
  if (unit !== null) throw badInput(`${currency} is a unit that prices are quoted in: ${what} in ${quoteUnits[unit].currency}`);
  if (!isCurrency(currency)) throw badInput(`${currency} is not a currency`);
}
