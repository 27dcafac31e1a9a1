/**
 * One currency sold for another at the rate that was agreed. From the trade date what is bought is awaited and what is sold is owed; on the value date
 * both become settled cash. Each currency balances against FX; what that earns in the base currency is worked out from the rates of the days
 * (see foreign-cash.ts).
 */
import { invalid } from '@pms/errors';
import { type Decimal, type Money, toStored } from '@pms/money';
import type { Day } from './days.ts';
import { type Account, type Entry, entry, type Line } from './journal.ts';

export interface CurrencyExchange {
  readonly id: string;
  /** Both unsigned, whole minor units. */
  readonly sold: Money;
  readonly bought: Money;
  readonly tradedOn: Day;
  readonly valueOn: Day;
  /** Null until it has settled, and for one that was taken back. */
  readonly settledOn: Day | null;
  /** It was taken back: nothing of it counts any more. */
  readonly cancelled: boolean;
}

type Sides = Pick<CurrencyExchange, 'id' | 'sold' | 'bought'>;

/** Units of what was bought for one unit of what was sold, to 18 digits. */
export const rateOf = ({ sold, bought }: Pick<CurrencyExchange, 'sold' | 'bought'>): Decimal => toStored(bought.amount.div(sold.amount));

/** Refuses one currency against itself, and a value date before the trade date. */
export function checkExchange({ sold, bought, tradedOn, valueOn }: Pick<CurrencyExchange, 'sold' | 'bought' | 'tradedOn' | 'valueOn'>): void {
  if (sold.currency === bought.currency) throw invalid('two different currencies are exchanged', 'bought', 'currency');
  if (valueOn < tradedOn) throw invalid(`the value date is before the trade date, ${tradedOn}`, 'valueDate');
}

const line = (account: Account, { amount, currency }: Money, sign: 1 | -1): Line => ({ account, currency, amount: sign === 1 ? amount : amount.negated() });

export const currencyExchanged = ({ id, sold, bought }: Sides, tradedOn: Day): Entry => entry({
  kind: 'CURRENCY_EXCHANGED', effectiveOn: tradedOn, reference: id,
  lines: [line('CASH_RECEIVABLE', bought, 1), line('FX', bought, -1), line('FX', sold, 1), line('CASH_PAYABLE', sold, -1)],
});

export const currencySettled = ({ id, sold, bought }: Sides, settledOn: Day): Entry => entry({
  kind: 'CURRENCY_SETTLED', effectiveOn: settledOn, reference: id,
  lines: [line('CASH_SETTLED', bought, 1), line('CASH_RECEIVABLE', bought, -1), line('CASH_PAYABLE', sold, 1), line('CASH_SETTLED', sold, -1)],
});
