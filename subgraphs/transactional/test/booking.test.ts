/** Trades in the books, through their front door. */
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

test('a purchase opens a lot at its cost with fees, and owes the cash until it settles', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '100000');
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '100', price: '187.25', fees: [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }] }));
  expect(await w.position(portfolio)).toMatchObject({
    instrument: { id: w.instrumentId }, quantity: '100', averageCost: { amount: '187.265' }, costBasis: { amount: '18726.5', currency: 'USD' },
    realizedPnl: { amount: '0' }, openedOn: '2026-11-02', lots: [{ openedOn: '2026-11-02', quantity: '100', unitCost: { amount: '187.265' } }],
  });
  expect(await w.cash(portfolio)).toEqual({
    currency: 'USD', balance: { amount: '81273.5' }, settled: { amount: '100000' }, receivable: { amount: '0' }, payable: { amount: '18726.5' },
  });
});
