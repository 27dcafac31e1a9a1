/** What every bus promises, tested over each: durable, at least once, in order per key; effects exactly once; what fails holds its key and nothing else. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { ATTEMPTS_MAX } from '@pms/events/parking';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fact, world, type World } from './world.ts';

export interface BusDriver {
  /** A bus as one process of a platform has it, not started. */
  make(world: World): Promise<Bus>;
  /** After each test, once its buses are closed. */
  cleared?(): Promise<void>;
}

const LONG_MS = 60_000;

/** As Postgres says that a disk is full. */
const noRoom = (): Error => Object.assign(new Error('could not extend file'), { code: '53100' });

export function busContract(name: string, driver: BusDriver): void {
  describe(`${name}: a bus`, () => {
    let w: World;
    const buses: Bus[] = [];

    beforeEach(async () => { w = await world((told) => buses.forEach((bus) => bus.wake(told))); });
    afterEach(async () => {
      for (const bus of buses.splice(0)) await bus.close();
      await driver.cleared?.();
      await w.end();
    });

    const values = async (): Promise<number[]> => (await w.database.query<{ value: number }>('select value from south_west.effect order by n')).rows.map(({ value }) => value);
    const valuesOf = async (key: string): Promise<number[]> =>
      (await w.database.query<{ value: number }>('select value from south_west.effect where key = $1 order by n', [key])).rows.map(({ value }) => value);
    const write = async ({ id, key, data }: Event): Promise<void> => {
      await w.southWest(async (unit) => {
        if (!(await unit.firstSight(id))) return;
        await unit.sql.query('insert into south_west.effect (event_id, key, value) values ($1, $2, $3)', [id, key, (data as { value: number }).value]);
      });
    };
    const tell = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
    const start = async (reaction: Omit<Reaction, 'type'>, type = 'north.counted.v1'): Promise<Bus> => {
      const bus = await driver.make(w);
      buses.push(bus);
      bus.subscribe('south-west', [{ type, ...reaction }]);
      await bus.start();
      return bus;
    };
    const stop = async (bus: Bus): Promise<void> => {
      buses.splice(buses.indexOf(bus), 1);
      await bus.close();
    };
    const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: LONG_MS, interval: 50 });

    test('brings what was committed, as it was told, and nothing of what was rolled back', async () => {
      const seen: Event[] = [];
      const bus = await start({ react: async (event) => void seen.push(event) });
      const told = { ...fact('a', 1), reason: 'because, “with” ünïcode', causationId: 'evt_before', traceparent: undefined };
      await tell(told);
      await expect(w.north(async (unit) => {
        await unit.outbox.add([fact('a', 2)]);
        throw new Error('rolled back');
      })).rejects.toThrow('rolled back');
      await bus.settled();
      expect(seen).toEqual([{ ...told, traceparent: undefined }]);
    }, LONG_MS);

    test('keeps the order of each key', async () => {
      const bus = await start({ react: write });
      const writers = Array.from({ length: 4 }, async (_, key) => {
        for (let value = 0; value < 30; value += 1) await tell(fact(`key-${key}`, value));
      });
      await Promise.all(writers);
      await bus.settled();
      for (let key = 0; key < 4; key += 1) expect(await valuesOf(`key-${key}`)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    }, LONG_MS);

    test('brings all of a writing that is larger than what is read, delivered or sent at once, in the order of each key', async () => {
      const events = Array.from({ length: 2_600 }, (_, value) => ({ ...fact(`key-${value % 3}`, value), reason: 'x'.repeat(1_000) }));
      await tell(...events);
      const seen: Event[] = [];
      const reactAll = async (some: readonly Event[]): Promise<void> => void seen.push(...some);
      const bus = await start({ react: (event) => reactAll([event]), reactAll, acrossKeys: true });
      await bus.settled();
      expect(seen.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
      for (const [key, of] of Map.groupBy(seen, (event) => event.key)) expect(of.map(({ id }) => id), key).toEqual(events.filter((event) => event.key === key).map(({ id }) => id));
    }, LONG_MS);

    test('begins with the first event, also for one who comes late, and goes on after a stop where it was', async () => {
      await tell(fact('a', 1), fact('a', 2));
      const first = await start({ react: write });
      await first.settled();
      await stop(first);
      await tell(fact('a', 3));
      const second = await start({ react: write });
      await second.settled();
      expect(await values()).toEqual([1, 2, 3]);
    }, LONG_MS);

    test('with several processes for one domain has each effect once, and each key in order', async () => {
      const slowly = async (event: Event): Promise<void> => {
        await delay(1);
        await write(event);
      };
      const all = await Promise.all([1, 2, 3].map(() => start({ react: slowly })));
      for (let value = 0; value < 40; value += 1) await tell(...['a', 'b', 'c', 'd', 'e'].map((key) => fact(key, value)));
      await all[0]?.settled();
      for (const key of ['a', 'b', 'c', 'd', 'e']) expect(await valuesOf(key)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    }, LONG_MS * 2);

    test('when a process ends in the middle, another takes over and nothing is lost or doubled', async () => {
      const slowly = async (event: Event): Promise<void> => {
        await delay(3);
        await write(event);
      };
      const one = await start({ react: slowly });
      await tell(...Array.from({ length: 100 }, (_, value) => fact(`key-${value % 5}`, value)));
      await eventually(async () => expect((await values()).length).toBeGreaterThan(10));
      const two = await start({ react: slowly });
      await stop(one);
      await two.settled();
      for (let key = 0; key < 5; key += 1) expect(await valuesOf(`key-${key}`)).toEqual(Array.from({ length: 20 }, (_, n) => n * 5 + key));
    }, LONG_MS * 2);

    test('tries what fails again, holds later events of its key meanwhile, and lets other keys go on', async () => {
      let [refusals, otherKeyDone] = [3, false];
      const bus = await start({
        react: async (event) => {
          const { value } = event.data as { value: number };
          if (value === 1 && ((refusals -= 1) >= 0 || !otherKeyDone)) throw new Error('not yet');
          await write(event);
          if (value === 3) otherKeyDone = true;
        },
      });
      await tell(fact('a', 1), fact('a', 2), fact('b', 3));
      await bus.settled();
      await tell(fact('a', 4));
      await eventually(async () => expect(await values()).toHaveLength(4));
      expect((await values())[0]).toBe(3);
      expect(await valuesOf('a')).toEqual([1, 2, 4]);
    }, LONG_MS);

    test('makes a dead letter of what fails for good, and handles it in order when it is replayed', async () => {
      let broken = true;
      const bus = await start({
        react: async (event) => {
          if (broken && (event.data as { value: number }).value === 1) throw new Error('the ledger is closed');
          await write(event);
        },
      });
      const faulty = fact('a', 1);
      await tell(faulty, fact('a', 2));
      await bus.settled();
      await w.database.query(`update bus.parked_event set attempts = ${ATTEMPTS_MAX - 1}, next_attempt_at = now() where event_id = $1`, [faulty.id]);
      await eventually(async () => expect(await bus.dead()).toMatchObject([{ group: 'south-west', event: { id: faulty.id }, attempts: ATTEMPTS_MAX, error: 'the ledger is closed', waiting: 1 }]));
      await tell(fact('b', 3));
      await bus.settled();
      expect(await values()).toEqual([3]);
      broken = false;
      expect(await bus.replay({ eventId: faulty.id })).toBe(1);
      await eventually(async () => expect(await values()).toEqual([3, 1, 2]));
      expect(await bus.dead()).toEqual([]);
    }, LONG_MS);

    test('never makes a dead letter of what fails because the platform cannot work at the moment', async () => {
      let problem: Error | null = new Error('not yet');
      await start({
        react: async (event) => {
          if (problem !== null) throw problem;
          await write(event);
        },
      });
      await tell(fact('a', 1));
      const parked = async (where: string): Promise<unknown[]> => (await w.database.query(`select attempts, dead from bus.parked_event where ${where}`)).rows;
      await eventually(async () => expect(await parked('attempts > 0')).toHaveLength(1));
      problem = noRoom();
      await w.database.query(`update bus.parked_event set attempts = ${ATTEMPTS_MAX - 1}, failed_at = to_timestamp(0), next_attempt_at = now()`);
      await eventually(async () => expect(await parked('failed_at > to_timestamp(0)')).toEqual([{ attempts: ATTEMPTS_MAX - 1, dead: false }]));
      problem = null;
      await eventually(async () => expect(await values()).toEqual([1]));
    }, LONG_MS);

    test('parks nothing while the platform cannot work, and goes on in order when it can', async () => {
      let tries = 0;
      await start({
        react: async (event) => {
          tries += 1;
          if (tries < 4) throw noRoom();
          await write(event);
        },
      });
      await tell(fact('a', 1), fact('a', 2), fact('a', 3));
      await eventually(async () => expect(tries).toBeGreaterThan(2));
      expect((await w.database.query('select 1 from bus.parked_event')).rows).toEqual([]);
      await eventually(async () => expect(await values()).toEqual([1, 2, 3]));
    }, LONG_MS);

    test('handles what waited behind a failing event in runs, once that has succeeded', async () => {
      let refusals = 2;
      const runs: number[] = [];
      const all = Array.from({ length: 100 }, (_, value) => fact('a', value));
      const handle = async (event: Event): Promise<void> => {
        if ((event.data as { value: number }).value === 0 && (refusals -= 1) >= 0) throw new Error('not yet');
        await write(event);
      };
      await tell(...all);
      await start({
        react: async (event) => {
          runs.push(1);
          await handle(event);
        },
        reactAll: async (events) => {
          if (refusals > 0) throw new Error('not yet');
          runs.push(events.length);
          for (const event of events) await handle(event);
        },
      });
      await eventually(async () => expect(await values()).toEqual(Array.from({ length: 100 }, (_, n) => n)));
      expect(runs.length).toBeLessThan(20);
    }, LONG_MS);

    test('hands a run of one key over together where the reaction takes it so', async () => {
      const runs: number[] = [];
      await tell(...Array.from({ length: 60 }, (_, value) => fact('a', value)));
      const bus = await start({
        react: write,
        reactAll: async (events) => {
          runs.push(events.length);
          for (const event of events) await write(event);
        },
      });
      await bus.settled();
      expect(await values()).toEqual(Array.from({ length: 60 }, (_, n) => n));
      expect(Math.max(...runs)).toBeGreaterThan(1);
    }, LONG_MS);

    test('is settled only when what came of the events has been handled as well', async () => {
      const answered: number[] = [];
      const bus = await driver.make(w);
      buses.push(bus);
      bus.subscribe('south-west', [{
        type: 'north.counted.v1',
        react: async (event) => w.southWest(async (unit) => {
          if (await unit.firstSight(event.id)) await unit.outbox.add([fact(event.key, (event.data as { value: number }).value * 10, 'south-west.counted.v1')]);
        }),
      }]);
      bus.subscribe('north', [{ type: 'south-west.counted.v1', react: async ({ data }) => void answered.push((data as { value: number }).value) }]);
      await bus.start();
      await tell(fact('a', 1), fact('a', 2));
      await bus.settled();
      expect(answered).toEqual([10, 20]);
    }, LONG_MS);
  });
}
