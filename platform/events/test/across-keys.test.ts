/** Reactions that take events of several keys in one transaction. */
import type { Bus, Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { RUN_MAX } from '@pms/events/handling';
import { localBus } from '@pms/events/local-bus';
import { NotYet } from '@pms/events/not-yet';
import { silent } from '@pms/telemetry/logger';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fact, publishers, world, type World } from './world.ts';

let w: World;
const buses: Bus[] = [];
let runs: number[][] = [];

beforeEach(async () => {
  runs = [];
  w = await world(() => buses.forEach((bus) => bus.wake()));
});
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  await w.end();
});

const valueOf = ({ data }: Event): number => (data as { value: number }).value;
const keep = async (events: readonly Event[]): Promise<void> => {
  runs.push(events.map(valueOf));
  await w.southWest(async (unit) => {
    const fresh = await unit.firstSights(events.map(({ id }) => id));
    for (const event of events.filter(({ id }) => fresh.has(id)))
      await unit.sql.query('insert into south_west.effect (event_id, key, value) values ($1, $2, $3)', [event.id, event.key, valueOf(event)]);
  });
};
const kept = async (key: string): Promise<number[]> =>
  (await w.database.query<{ value: number }>('select value from south_west.effect where key = $1 order by n', [key])).rows.map(({ value }) => value);

async function start(...reactions: readonly Reaction[]): Promise<Bus> {
  const bus = localBus({ database: w.database, publishers, logger: silent, peers: null });
  buses.push(bus);
  bus.subscribe('south-west', reactions);
  await bus.start();
  return bus;
}

const together = (type: string, reactAll = keep): Reaction => ({ type, acrossKeys: true, react: (event) => reactAll([event]), reactAll });

test('events of many keys are one run, each key in the order in which it was recorded', async () => {
  await w.north((unit) => unit.outbox.add(Array.from({ length: 30 }, (_, at) => fact(`key-${at % 10}`, at))));
  const bus = await start(together('north.counted.v1'));
  await bus.settled();
  expect(runs.map((run) => run.toSorted((a, b) => a - b))).toEqual([Array.from({ length: 30 }, (_, at) => at)]);
  for (let key = 0; key < 10; key += 1) expect(await kept(`key-${key}`)).toEqual([key, key + 10, key + 20]);
});

test('a key that fails is held back alone; the others of the run are handled, each event once', async () => {
  let broken = true;
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    if (broken && events.some((event) => valueOf(event) === 11)) throw new Error('not this one');
    await keep(events);
  };
  await w.north((unit) => unit.outbox.add([fact('a', 1), fact('b', 11), fact('c', 21), fact('a', 2), fact('b', 12), fact('c', 22)]));
  const bus = await start(together('north.counted.v1', reactAll));
  await bus.settled();
  expect([await kept('a'), await kept('b'), await kept('c')]).toEqual([[1, 2], [], [21, 22]]);
  broken = false;
  await expect.poll(() => kept('b'), { timeout: 10_000 }).toEqual([11, 12]);
});

test('one that has to wait parts its key: those before it are handled together, it and those behind it once it need not wait, other keys at once', async () => {
  let waits = true;
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const early = events.find((event) => valueOf(event) === 4);
    if (waits && early !== undefined) throw new NotYet(early.id, []);
    await keep(events);
  };
  await w.north((unit) => unit.outbox.add([1, 2, 3, 4, 5, 6].map((value) => fact('a', value)).concat(fact('b', 11), fact('b', 12))));
  const bus = await start(together('north.counted.v1', reactAll));
  await bus.settled();
  expect(runs.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([[1, 2, 3], [11, 12]]);
  waits = false;
  await expect.poll(() => kept('a'), { timeout: 10_000 }).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await bus.dead()).toEqual([]);
});

test('where types alternate in a key, each waits for the one before it', async () => {
  await w.north((unit) => unit.outbox.add([fact('a', 1), fact('b', 2, 'north.named.v1'), fact('a', 3, 'north.named.v1'), fact('b', 4), fact('a', 5)]));
  const bus = await start(together('north.counted.v1'), together('north.named.v1', (events) => keep(events)));
  await bus.settled();
  expect([await kept('a'), await kept('b')]).toEqual([[1, 3, 5], [2, 4]]);
  expect(runs.length).toBeGreaterThan(1);
});

test('types whose reactions share their way of taking many together are one run, however they alternate', async () => {
  await w.north((unit) => unit.outbox.add([fact('a', 1), fact('b', 2, 'north.named.v1'), fact('a', 3, 'north.named.v1'), fact('b', 4), fact('a', 5)]));
  const bus = await start(together('north.counted.v1'), together('north.named.v1', keep));
  await bus.settled();
  expect(runs.map((run) => run.toSorted((a, b) => a - b))).toEqual([[1, 2, 3, 4, 5]]);
  expect([await kept('a'), await kept('b')]).toEqual([[1, 3, 5], [2, 4]]);
});

test('more than one run can hold is handled in lanes, each key in its order', async () => {
  await w.north((unit) => unit.outbox.add(Array.from({ length: 3_000 }, (_, at) => fact(`key-${at % 7}`, at))));
  const bus = await start(together('north.counted.v1'));
  await bus.settled();
  expect(Math.max(...runs.map(({ length }) => length))).toBeLessThanOrEqual(RUN_MAX);
  for (let key = 0; key < 7; key += 1) expect(await kept(`key-${key}`)).toEqual(Array.from({ length: 3_000 }, (_, at) => at).filter((at) => at % 7 === key));
});
