import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { localBus } from '@pms/events/local-bus';
import { notifications } from '@pms/events/notifications';
import { addToOutbox } from '@pms/events/outbox';
import { pgPeers } from '@pms/events/pg-peers';
import { lastPosition, sequenceOnce } from '@pms/events/sequencer';
import { silent } from '@pms/telemetry/logger';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fact, publishers, world, type World } from './world.ts';

let w: World;
const buses: Bus[] = [];

beforeEach(async () => { w = await world(() => buses.forEach((bus) => bus.wake())); });
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  await w.end();
});

const values = async (): Promise<number[]> =>
  (await w.database.query<{ value: number }>('select value from south_west.effect order by n')).rows.map(({ value }) => value);

const write = async ({ id, key, data }: Event): Promise<void> => {
  await w.southWest(async (unit) => {
    if (!(await unit.firstSight(id))) return;
    await unit.sql.query('insert into south_west.effect (event_id, key, value) values ($1, $2, $3)', [id, key, (data as { value: number }).value]);
  });
};

const tell = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));

async function start(reaction: Omit<Reaction, 'type'>, type = 'north.counted.v1'): Promise<Bus> {
  const bus = localBus({ database: w.database, publishers, logger: silent, peers: null });
  buses.push(bus);
  bus.subscribe('south-west', [{ type, ...reaction }]);
  await bus.start();
  return bus;
}

describe('the order of events', () => {
  test('an event that commits after a later-numbered one is still delivered: nobody reads past an uncommitted sequence number', async () => {
    const bus = await start({ react: write });
    const slow = await w.database.pool.connect();
    await slow.query('begin'); // takes number 1, and commits last
    await addToOutbox({ query: async (text, given) => (await slow.query(text, given as unknown[])) as never }, 'north', [fact('a', 1)]);
    await tell(fact('b', 2));
    await bus.settled();
    expect(await values()).toEqual([2]);
    await slow.query('commit');
    slow.release();
    await bus.settled();
    expect(await values()).toEqual([2, 1]);
  });

  test('many relays at once give every event one position, in the order in which its key was written', async () => {
    const writers = Array.from({ length: 4 }, async (_, key) => {
      for (let value = 0; value < 40; value += 1) await tell(fact(`key-${key}`, value));
    });
    let writing = true;
    const relays = Array.from({ length: 4 }, async () => {
      while (writing) await sequenceOnce(w.database, publishers);
    });
    await Promise.all(writers);
    writing = false;
    await Promise.all(relays);
    while ((await sequenceOnce(w.database, publishers)) > 0);
    const { rows } = await w.database.query<{ position: string; key: string; value: number }>(
      `select position, key, (data->>'value')::int as value from bus.placed_event join north.outbox_event using (seq) where events = 1 order by position`);
    expect(rows.map(({ position }) => Number.parseInt(position, 10))).toEqual(Array.from({ length: 160 }, (_, n) => n + 1));
    for (const [, ofKey] of Map.groupBy(rows, ({ key }) => key)) expect(ofKey.map(({ value }) => value)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(await lastPosition(w.database)).toBe('160');
  });

  test('what one domain committed before another wrote is delivered before it', async () => {
    for (let value = 0; value < 20; value += 2) {
      await tell(fact('a', value));
      await w.southWest((unit) => unit.outbox.add([fact('a', value + 1, 'south-west.counted.v1')]));
    }
    const seen: number[] = [];
    const bus = await start({ react: async ({ data }) => void seen.push((data as { value: number }).value) }, '*');
    await bus.settled();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

describe('an event that fails', () => {
  test('within a run handled together is found by handling the run one by one', async () => {
    const bus = await start({
      react: async (event) => {
        if ((event.data as { value: number }).value === 3) throw new Error('no');
        await write(event);
      },
      reactAll: async () => { throw new Error('one of these'); },
    });
    await tell(...[1, 2, 3, 4].map((value) => fact('a', value)));
    await bus.settled();
    expect(await values()).toEqual([1, 2]);
  });
});

test('a consumer that dies before it has said how far it read handles nothing twice', async () => {
  const first = await start({ react: write });
  await tell(fact('a', 1), fact('a', 2));
  await first.settled();
  await first.close();
  await w.database.query('update bus.cursor set position = 0');
  const second = await start({ react: write });
  await tell(fact('a', 3));
  await second.settled();
  expect(await values()).toEqual([1, 2, 3]);
});

test('of two processes one consumes, and the other takes over when it ends', async () => {
  const process = async (by: number): Promise<Bus> => {
    const bus = localBus({ database: w.database, publishers, logger: silent, peers: pgPeers(await notifications(w.url, silent)) });
    bus.subscribe('south-west', [{ type: 'north.counted.v1', react: async (event) => { await delay(1); await write({ ...event, data: { value: by } }); } }]);
    await bus.start();
    return bus;
  };
  const one = await process(1);
  await tell(fact('a', 0));
  await one.settled();
  const two = await process(2);
  await tell(fact('a', 0));
  await one.settled();
  expect(await values()).toEqual([1, 1]);
  await one.close();
  await tell(fact('a', 0));
  await two.settled();
  expect(await values()).toEqual([1, 1, 2]);
  await two.close();
});
