/** Ten thousand trades of one portfolio, in runs as the bus delivers them. */
import type { Event } from '@pms/events/envelope';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { validated, type World, world } from './world.ts';

const TRADES = 10_000;
const RUN = 500;

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

test('ten thousand trades of one portfolio book in runs, settle in batches, and rebuild to the same figures', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '100000000');
  const trades = Array.from({ length: TRADES }, (_, n): Event => validated(portfolio, w.instrumentId, {
    side: n % 3 === 2 ? 'SELL' : 'BUY', quantity: '2', price: (100 + (n % 50) / 100).toFixed(2), tradeDate: '2026-10-01' }));
  const start = performance.now();
  for (let at = 0; at < TRADES; at += RUN) await door.hear(...trades.slice(at, at + RUN));
  const booked = performance.now();
  await door.ask('mutation ($id: ID!) { settleDue(input: { asOf: "2026-10-02", portfolioId: $id }) { settled failed } }', { id: portfolio });
  const settled = performance.now();
  const report = await door.subgraph.rebuild?.({ verify: true });
  process.stdout.write(`${TRADES} trades: booked in ${Math.round(booked - start)} ms, settled in ${Math.round(settled - booked)} ms, verified in ${Math.round(performance.now() - settled)} ms\n`);
  expect(report).toEqual({ domain: 'transactional', facts: 2 * TRADES + 2, differences: [] });
  const sales = Math.floor(TRADES / 3);
  expect(await w.position(portfolio)).toMatchObject({ quantity: String(2 * (TRADES - 2 * sales)) });
  expect((await w.cash(portfolio))?.['payable']).toEqual({ amount: '0' });
  await door.hear(...trades.slice(0, RUN));
  expect((await door.told()).filter(({ type }) => type === 'transactional.trade-booked.v1')).toHaveLength(TRADES);
}, 300_000);
