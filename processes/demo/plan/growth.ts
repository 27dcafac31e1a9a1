/** The growth portfolio: every second month it adds to what rose most over half a year and sheds what fell by a quarter. */
import { type Desk, desk } from './desk.ts';
import { type Close, growth, type Histories, months, monthsBefore, pricesOf } from './history.ts';

const UNIVERSE = ['AAPL', 'AMZN', 'GOOG', 'MSFT'];
const DEPOSITS: readonly (readonly [string, number])[] = [['2001-02-28', 250_000], ['2004-09-30', 150_000], ['2009-03-31', 200_000], ['2013-06-28', 250_000]];
const LOOK_BACK_MONTHS = 6;
const FALL_SOLD = -0.25;
const PART_SOLD = 0.3;
const PART_OF_CASH = 0.15;
const CASH_KEPT = 20_000;

export function growthPortfolio(histories: Histories, lastMonth: string): Desk {
  const own = desk('growth');
  const prices = new Map(UNIVERSE.map((symbol) => [symbol, pricesOf(histories, symbol)]));
  const pending = [...DEPOSITS];
  for (const month of months('2001-02', lastMonth, 2)) {
    while (pending[0] !== undefined && pending[0][0].slice(0, 7) <= month) own.deposit(...(pending.shift() as [string, number]));
    const ranked = UNIVERSE.flatMap((symbol) => {
      const ends = prices.get(symbol)?.monthEnds;
      const [now, before] = [ends?.get(month), ends?.get(monthsBefore(month, LOOK_BACK_MONTHS))];
      return now === undefined || before === undefined ? [] : [{ symbol, now, rise: growth(before, now) }];
    }).toSorted((a, b) => b.rise.comparedTo(a.rise));
    for (const { symbol, now, rise } of ranked) if (rise.lessThan(FALL_SOLD)) own.sell(symbol, now, PART_SOLD);
    invest(own, ranked[0]);
  }
  return own;
}

function invest(own: Desk, best: { readonly symbol: string; readonly now: Close; readonly rise: { isPositive(): boolean } } | undefined): void {
  if (best === undefined || !best.rise.isPositive() || own.cash().lessThan(CASH_KEPT)) return;
  own.buy(best.symbol, best.now, own.cash().times(PART_OF_CASH));
}
