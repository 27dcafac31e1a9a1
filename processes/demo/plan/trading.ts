/** The trader's account: in and out of Apple over the real days of 2013 to 2018, and of all shares over the last year. */
import { Decimal } from '@pms/money';
import { type Desk, desk } from './desk.ts';
import { chance, type Close, type Histories, pricesOf } from './history.ts';

const FUNDED = '2013-05-31';
const FUNDS = 2_000_000;
const UNIVERSE = ['AAPL', 'AMZN', 'GOOG', 'MSFT'];
const LAST_REAL_APPLE = '2018-05-11';
const EVERY_DAYS = 9;
const MEAN_DAYS = 5;
const TARGET = 1.03;
const STOP = 0.96;
const YEAR_DAYS = 252;
const RECENT_EVERY_DAYS = 6;

export function tradingAccount(histories: Histories): Desk {
  const own = desk('trading');
  own.deposit(FUNDED, FUNDS);
  const random = chance(2013);
  const apple = (histories.get('AAPL') ?? []).filter(({ date }) => date > FUNDED && date <= LAST_REAL_APPLE);
  for (let at = MEAN_DAYS; at < apple.length; at += EVERY_DAYS) swing(own, apple, at, random);
  const last = apple.at(-1);
  if (last !== undefined) own.sell('AAPL', last, 1);
  recent(own, histories, random);
  return own;
}

/** Buys below the mean of the last days, sells at a gain of three per cent or a loss of four. */
function swing(own: Desk, days: readonly Close[], at: number, random: () => number): void {
  const today = days[at] as Close;
  const { quantity, cost } = own.held('AAPL');
  if (quantity.isZero()) {
    const mean = days.slice(at - MEAN_DAYS, at).reduce((sum, { close }) => sum.plus(close), new Decimal(0)).div(MEAN_DAYS);
    if (mean.greaterThan(today.close)) own.buy('AAPL', today, new Decimal(60_000 + Math.floor(random() * 120_000)));
    return;
  }
  const value = quantity.times(today.close);
  if (value.greaterThan(cost.times(TARGET)) || value.lessThan(cost.times(STOP))) own.sell('AAPL', today, 1);
}

function recent(own: Desk, histories: Histories, random: () => number): void {
  const prices = UNIVERSE.map((symbol) => ({ symbol, days: pricesOf(histories, symbol).days.slice(-YEAR_DAYS) }));
  const length = Math.min(...prices.map(({ days }) => days.length));
  for (let at = 0; at < length - 1; at += RECENT_EVERY_DAYS) {
    const { symbol, days } = prices[Math.floor(random() * prices.length)] as (typeof prices)[number];
    const today = days.at(at - length) as Close;
    if (own.held(symbol).quantity.greaterThan(0) && random() < 0.6) own.sell(symbol, today, random() < 0.5 ? 1 : 0.5);
    else own.buy(symbol, today, new Decimal(20_000 + Math.floor(random() * 60_000)));
  }
}
