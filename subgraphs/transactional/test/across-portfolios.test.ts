/** A run of validated trades of several portfolios, as the bus hands it over: one transaction, and each portfolio as if it were alone. */
import { actingFor } from '@pms/events/acting';
import type { Event } from '@pms/events/envelope';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let commits = 0;
beforeAll(async () => {
  door = await frontDoor((surroundings) => {
    const { database } = surroundings;
    const transaction: typeof database.transaction = async (work) => {
      const result = await database.transaction(work);
      commits += 1;
      return result;
    };
    return transactionalSubgraph({ ...surroundings, database: { query: database.query, adapter: database.adapter, transaction } });
  });
  w = await world(door);
});
afterAll(() => door.close());

const together = (events: readonly Event[]): Promise<void> => {
  const { acrossKeys, reactAll } = door.subgraph.reactions.find(({ type }) => type === events[0]?.type) ?? {};
  if (acrossKeys !== true || reactAll === undefined) throw new Error('it does not take several keys');
  return actingFor(events.map(({ organizationId }) => organizationId), () => reactAll(events));
};
const opened = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, async (_, at) => {
  const id = await w.open(at % 2 === 0 ? {} : { lotMethod: 'HIFO' });
  await w.deposit(id, '100000');
  return id;
}));

const inTurn = <T>(lists: readonly (readonly T[])[]): T[] => (lists[0] ?? []).flatMap((_, at) => lists.flatMap((list) => list[at] ?? []));

test('purchases, sales, late trades and new versions of several portfolios come to the same books as one by one', async () => {
  const [many, alone] = [await opened(4), await opened(4)];
  // as they come when all are traded at once: the first of each, the second of each …
  const run = (of: readonly string[]): Event[] => inTurn(of.map((id, at) => {
    const first = validated(id, w.instrumentId, { quantity: '10', price: `10${at}` });
    return [first, validated(id, w.instrumentId, { quantity: '6', price: '90' }), validated(id, w.instrumentId, { side: 'SELL', quantity: '12', price: '120' }),
      validated(id, w.instrumentId, { quantity: '3', price: '80', tradeDate: '2026-10-01' }),
      validated(id, w.instrumentId, { ...(first.data as object), version: 2, price: '70', replaces: 1 })];
  }));
  commits = 0;
  await together(run(many));
  expect(commits).toBe(2); // a second version has a transaction of its own
  for (const event of run(alone)) await door.hear(event);
  const figures = async (id: string) => ({ position: { ...(await w.position(id)), lots: null }, cash: await w.cash(id) });
  for (const [at, id] of many.entries()) expect(await figures(id)).toEqual(await figures(alone[at] ?? ''));
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});

test('a run with a trade that cannot be booked yet books nothing at all, and all of it once it can', async () => {
  const portfolios = await opened(3);
  const run = portfolios.map((id, at) => validated(id, at === 1 ? 'ins_not_listed_yet' : w.instrumentId));
  await expect(together(run)).rejects.toThrow('not known yet');
  for (const id of portfolios) expect(await w.position(id)).toBeUndefined();
  await together(run.filter((_, at) => at !== 1));
  await together(run.filter((_, at) => at !== 1)); // delivered twice
  expect(await w.position(portfolios[0] ?? '')).toMatchObject({ quantity: '10' });
  expect(await w.position(portfolios[2] ?? '')).toMatchObject({ quantity: '10' });
});
