/** What a domain has handled counts once, however many events come together and whoever else is handling them. */
import { newId } from '@pms/events/ids';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from './world.ts';

let w: World;
beforeAll(async () => { w = await world(); });
afterAll(() => w.end());

const ids = (count: number): string[] => Array.from({ length: count }, () => newId('evt'));
const sights = (some: readonly string[]): Promise<ReadonlySet<string>> => w.north((unit) => unit.firstSights(some));
const handled = async (some: readonly string[]): Promise<number> => (await w.database.query('select 1 from north.inbox_event where id = any($1)', [some])).rowCount;
const A_FEW = 3;
const MANY = 60;

test.each([A_FEW, MANY])('of %i events none of which was handled all are first sights, and none the next time', async (count) => {
  const all = ids(count);
  expect(await sights(all.toReversed())).toEqual(new Set(all));
  expect(await handled(all)).toBe(count);
  expect(await sights(all)).toEqual(new Set());
});

test.each([A_FEW, MANY])('of %i events those that were handled before are told from the others, which count from then on', async (count) => {
  const [old, young] = [ids(2), ids(count)];
  await sights(old);
  expect(await sights([old[0]!, ...young, old[1]!])).toEqual(new Set(young));
  expect(await sights(young)).toEqual(new Set());
});

test('an event that comes twice among many is one', async () => {
  const all = ids(MANY);
  expect(await sights([...all, all[0]!, all[MANY - 1]!])).toEqual(new Set(all));
  expect(await handled(all)).toBe(MANY);
});

test('what a transaction has done before stays where some of many events turn out to be handled', async () => {
  const all = ids(MANY);
  await sights(all.slice(0, 1));
  await w.north(async (unit) => {
    await unit.sql.query(`insert into north.effect (event_id, key, value) values ($1, 'a', 1)`, [all[0]]);
    expect((await unit.firstSights(all)).size).toBe(MANY - 1);
    await unit.sql.query(`insert into north.effect (event_id, key, value) values ($1, 'a', 2)`, [all[0]]);
  });
  expect((await w.database.query('select value from north.effect where event_id = $1 order by n', [all[0]])).rows).toEqual([{ value: 1 }, { value: 2 }]);
});

test.each([{ ends: 'commits', second: 0 }, { ends: 'is undone', second: MANY }])('who handles the same events while another does waits for it, and finds $second of them new where that one $ends', async ({ ends, second }) => {
  const all = ids(MANY);
  const end = Promise.withResolvers<void>();
  const has = Promise.withResolvers<void>();
  const first = w.north(async (unit) => {
    expect((await unit.firstSights(all)).size).toBe(MANY);
    has.resolve();
    await end.promise;
    if (ends !== 'commits') throw new Error('undone');
  }).catch((error: unknown) => { if (!String(error).includes('undone')) throw error; });
  await has.promise;
  const other = sights(all.toReversed());
  while ((await w.database.query('select 1 from pg_locks where not granted')).rowCount === 0) await delay(5);
  end.resolve();
  await first;
  expect((await other).size).toBe(second);
  expect(await handled(all)).toBe(MANY);
});

test('each row says where the outbox stood, however many came together', async () => {
  const [few, many] = [ids(1), ids(MANY)];
  await sights(few);
  await sights(many);
  const { rows } = await w.database.query<{ at: string }>('select distinct outbox_at as at from north.inbox_event where id = any($1)', [[...few, ...many]]);
  expect(rows).toEqual([{ at: '0' }]);
});
