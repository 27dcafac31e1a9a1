/** The index-like portfolio: every half-year the same contribution, spread evenly over all shares there are, and nothing is sold. */
import { type Desk, desk } from './desk.ts';
import { type Histories, months, pricesOf } from './history.ts';

const UNIVERSE = ['AAPL', 'AMZN', 'GOOG', 'IBM', 'MSFT'];
const CONTRIBUTION = 20_000;

export function indexLikePortfolio(histories: Histories, lastMonth: string): Desk {
  const own = desk('index');
  const prices = UNIVERSE.map((symbol) => ({ symbol, ...pricesOf(histories, symbol) }));
  for (const month of months('2000-06', lastMonth, 6)) {
    const today = prices.flatMap(({ symbol, monthEnds }) => {
      const at = monthEnds.get(month);
      return at === undefined ? [] : [{ symbol, at }];
    });
    const [first] = today;
    if (first === undefined) continue;
    own.deposit(first.at.date, CONTRIBUTION);
    const share = own.cash().div(today.length);
    for (const { symbol, at } of today) own.buy(symbol, at, share);
  }
  return own;
}
