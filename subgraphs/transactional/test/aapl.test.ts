/**
 * AAPL from 2014 to 2020 through the commands, on Postgres: announcements and trades as events, actions processed on their ex dates, dividends
 * reinvested at the close of that day. Run where the data is present.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Decimal, decimal, text, toStored } from '@pms/money';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { announced, booksOf, newInstrument, process, type Shown } from './actions-world.ts';
import { validated, type World, world } from './world.ts';

const folder = join(import.meta.dirname, '../../../../shared/data');
const [FROM, TO] = ['2014-01-02', '2020-12-31'];
const SHARES = '1000000';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

interface Factor { readonly last: string; readonly price: number; readonly split: number; readonly close: number }

function history(): { readonly closes: ReadonlyMap<string, string>; readonly days: readonly string[]; readonly factors: readonly Factor[] } {
  const rowsOf = (file: string): string[][] => readFileSync(join(folder, file), 'utf8').trim().split('\n').map((row) => row.trim().split(',')).filter(([symbol]) => symbol === 'AAPL');
  const closes = new Map(rowsOf('lean-us-equities-daily-raw-ohlcv.csv').map(([, day = '', , , , close = '']) => [day, close]));
  const factors = rowsOf('lean-us-equities-split-dividend-factors.csv').map(([, last = '', price, split, close]) => ({ last, price: Number(price), split: Number(split), close: Number(close) }));
  return { closes, days: [...closes.keys()].toSorted(), factors };
}

/** What the issuer announced: a dividend where the price factor changes, a split where the split factor does. */
function announcements(instrumentId: string) {
  const { days, factors } = history();
  return factors.slice(1).flatMap((next, at) => {
    const before = factors[at] as Factor;
    const exDate = days.find((day) => day > before.last) ?? '';
    if (exDate <= FROM || exDate > TO) return [];
    const about = { instrumentId, exDate } as const;
    return [
      ...(before.price === next.price ? [] : [announced({ ...about, kind: 'CASH_DIVIDEND', cashPerShare: (before.close * (1 - before.price / next.price)).toFixed(12) })]),
      ...(before.split === next.split ? [] : [announced({ ...about, kind: 'SPLIT', newShares: String(Math.round(next.split / before.split)), oldShares: '1' })]),
    ];
  });
}

const sameTrade = ({ quantity, price, tradeDate, capturedAt }: TradeFacts, portfolioId: string) => ({ portfolioId, quantity, price, tradeDate, capturedAt });

test.skipIf(!existsSync(folder))('AAPL returns 652.90 % from 2014 to 2020 in the books, and the same facts in any order lead to the same books', async () => {
  const { closes } = history();
  const price = (day: string): Decimal => decimal(closes.get(day) ?? '0');
  const aapl = await newInstrument(door, 'AAPL');
  const portfolio = await w.open();
  const paidIn = price(FROM).times(SHARES);
  const actions = announcements(aapl);
  const trades = [validated(portfolio, aapl, { quantity: SHARES, price: text(price(FROM)), tradeDate: FROM })];
  await w.deposit(portfolio, text(paidIn), { effectiveDate: FROM });
  await door.hear(...trades);
  for (const action of actions) {
    const { exDate, kind } = action.data;
    await door.hear(action);
    await process(door, exDate, portfolio);
    if (kind !== 'CASH_DIVIDEND') continue;
    const [dividend] = (await booksOf(door, portfolio)).actions as [Shown & { readonly cash: { readonly amount: string } }];
    const quantity = toStored(decimal(dividend.cash.amount).div(price(exDate)));
    const reinvested = validated(portfolio, aapl, { quantity: text(quantity), price: text(price(exDate)), tradeDate: exDate });
    trades.push(reinvested);
    await door.hear(reinvested);
  }
  const held = (await booksOf(door, portfolio)).positions.get(aapl);
  const { balance } = (await booksOf(door, portfolio)).cash as { balance: { amount: string } };
  const worth = decimal(held?.quantity ?? '0').times(price(TO)).plus(balance.amount);
  const percent = worth.div(paidIn).minus(1).times(100).toNumber();
  expect(actions).toHaveLength(30);
  expect(percent).toBeGreaterThan(652.89);
  expect(percent).toBeLessThan(652.91);

  const late = await w.open();
  for (const trade of trades.toReversed()) await door.hear(validated(late, aapl, sameTrade(trade.data as TradeFacts, late)));
  expect((await booksOf(door, late)).positions.get(aapl)).toEqual(held);
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
