/** The income portfolio: IBM and Microsoft, bought slowly; from what has gained half, a tenth is sold each year and kept as cash for the investor. */
import { type Desk, desk } from './desk.ts';
import { type Histories, months, pricesOf } from './history.ts';

const UNIVERSE = ['IBM', 'MSFT'];
const FIRST_MONTH = '2000-03';
const DEPOSITS: readonly (readonly [string, number])[] = [['2000-03-31', 400_000], ['2008-12-31', 200_000]];
const PART_OF_CASH = 0.04;
const GAIN_TAKEN = 1.5;
const PART_TAKEN = 0.1;

export function incomePortfolio(histories: Histories, lastMonth: string): Desk {
  const own = desk('income');
  const prices = UNIVERSE.map((symbol) => ({ symbol, ...pricesOf(histories, symbol) }));
  const pending = [...DEPOSITS];
  for (const month of months(FIRST_MONTH, lastMonth, 9)) {
    while (pending[0] !== undefined && pending[0][0].slice(0, 7) <= month) own.deposit(...(pending.shift() as [string, number]));
    for (const { symbol, monthEnds } of prices) {
      const at = monthEnds.get(month);
      if (at === undefined) continue;
      const { quantity, cost } = own.held(symbol);
      if (quantity.greaterThan(0) && quantity.times(at.close).greaterThan(cost.times(GAIN_TAKEN))) own.sell(symbol, at, PART_TAKEN);
      else own.buy(symbol, at, own.cash().times(PART_OF_CASH));
    }
  }
  return own;
}
