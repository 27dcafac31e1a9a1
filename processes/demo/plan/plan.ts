/** The demo's four portfolios with their deposits and trades: a function of recorded closes alone, so that it is the same however often it is made. */
import { type Desk } from './desk.ts';
import { growthPortfolio } from './growth.ts';
import { type Histories } from './history.ts';
import { incomePortfolio } from './income.ts';
import { indexLikePortfolio } from './index-like.ts';
import { tradingAccount } from './trading.ts';

export const portfolioKeys = ['growth', 'index', 'income', 'trading'] as const;
export type PortfolioKey = (typeof portfolioKeys)[number];

/** What was recorded before `day` is planned on; `day` itself is left to the quotes of the moment. */
export function plan(histories: Histories, day: string): Readonly<Record<PortfolioKey, Desk>> {
  const before = new Map([...histories].map(([symbol, closes]) => [symbol, closes.filter(({ date }) => date < day)]));
  const lastMonth = day.slice(0, 7);
  const whole = new Map([...before].map(([symbol, closes]) => [symbol, closes.filter(({ date }) => date.slice(0, 7) < lastMonth)]));
  return {
    growth: growthPortfolio(whole, lastMonth), index: indexLikePortfolio(whole, lastMonth), income: incomePortfolio(whole, lastMonth),
    trading: tradingAccount(before),
  };
}
