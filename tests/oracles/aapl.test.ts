/**
 * AAPL from 1998 to 2020 through the books' own engine: unadjusted prices, every split and dividend, dividends reinvested at the close of their ex
 * date. The figure that two vendors agree on for 2014 to 2020 is 652.90 %. Run where the data is present.
 */
import { existsSync } from 'node:fs';
import { Decimal, decimal, toStored, ZERO } from '@pms/money';
import { expect, test } from 'vitest';
import { totalReturn } from '../../subgraphs/analytics/src/domain/returns.ts';
import type { Action } from '../../subgraphs/transactional/src/domain/action-terms.ts';
import { cashOfOutcome } from '../../subgraphs/transactional/src/domain/action-entries.ts';
import { fillOf } from '../../subgraphs/transactional/src/domain/lots.ts';
import { positionBooks } from '../../subgraphs/transactional/src/domain/position-books.ts';
import { dataFolder, shareHistory, type ShareAction } from './share-history.ts';

const KEY = { instrumentId: 'AAPL', currency: 'USD' };
/** Enough that cash rounded to cents does not show. */
const SHARES = new Decimal(1_000_000);

const actionOf = ({ exDate, cashPerShare, newShares }: ShareAction): Action => ({
  entitlementId: `ent ${exDate}`, actionId: `${exDate} ${newShares === null ? 'dividend' : 'split'}`, version: 1, instrumentId: 'AAPL', effectiveOn: exDate, payOn: exDate, currency: 'USD',
  terms: cashPerShare === null
    ? { kind: 'SPLIT', ratio: { into: decimal(newShares ?? '1'), old: new Decimal(1) }, inLieu: null }
    : { kind: 'CASH_DIVIDEND', perShare: decimal(cashPerShare), withheld: ZERO },
});

function held(from: string, to: string): { readonly rate: number; readonly splits: number; readonly dividends: number } {
  const { closes, actions } = shareHistory('AAPL');
  const price = (day: string): Decimal => decimal(closes.get(day) ?? '0');
  const books = positionBooks('FIFO');
  let traded = 0;
  let cash = ZERO;
  const buy = (day: string, quantity: Decimal): void => {
    traded += 1;
    const fill = fillOf({ tradeId: `trd ${traded}`, tradedOn: day, sequence: traded, side: 'BUY', quantity, price: price(day), fees: ZERO, currency: 'USD' });
    books.trade(KEY, fill);
    cash = cash.minus(fill.amount);
  };
  let earned = ZERO;
  const within = actions.filter(({ exDate }) => exDate > from && exDate <= to);
  cash = SHARES.times(price(from));
  const paidIn = cash;
  buy(from, SHARES);
  for (const action of within) {
    const received = cashOfOutcome(books.act(actionOf(action)));
    cash = cash.plus(received);
    earned = earned.plus(received);
    if (!received.isZero()) buy(action.exDate, toStored(received.div(price(action.exDate))));
  }
  const { quantity, cost, realized } = books.state(KEY);
  // conserved: nothing was sold, so what the lots cost and the cash are what was paid in and earned
  expect(realized.isZero()).toBe(true);
  expect(cost.plus(cash).toFixed()).toBe(paidIn.plus(earned).toFixed());
  return {
    rate: quantity.times(price(to)).plus(cash).div(paidIn).minus(1).toNumber(),
    splits: within.filter(({ newShares }) => newShares !== null).length, dividends: within.filter(({ cashPerShare }) => cashPerShare !== null).length,
  };
}

test.skipIf(!existsSync(dataFolder))('AAPL returns 652.90 % from 2014 to 2020, over two splits and 28 dividends', () => {
  const { rate, splits, dividends } = held('2014-01-02', '2020-12-31');
  expect({ splits, dividends }).toEqual({ splits: 2, dividends: 28 });
  expect(rate * 100).toBeGreaterThan(652.89);
  expect(rate * 100).toBeLessThan(652.91);
});

test.skipIf(!existsSync(dataFolder))('AAPL from 1998 to 2020: the books come to the same as the definition', () => {
  const { closes, actions } = shareHistory('AAPL');
  const [from, to] = ['1998-01-02', '2020-12-31'];
  const { rate, splits } = held(from, to);
  expect(splits).toBe(4);
  const events = actions.map(({ exDate, cashPerShare, newShares }) => (cashPerShare === null ? { exDate, newPerOld: Number(newShares) } : { exDate, cashPerShare: Number(cashPerShare) }));
  expect(rate / totalReturn({ from, to, events, closeOn: (day) => Number(closes.get(day)) })).toBeCloseTo(1, 6);
});
