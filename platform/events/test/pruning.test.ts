/** What is old enough goes, and nothing that somebody still needs. */
import { consumer } from '@pms/events/consumer';
import { newId } from '@pms/events/ids';
import { localBus } from '@pms/events/local-bus';
import { prune, rounds } from '@pms/events/pruning';
import { recentEvents } from '@pms/events/recent';
import { silent } from '@pms/telemetry/logger';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fact, publishers, world, type World } from './world.ts';

const DAYS = 30;
let w: World;
beforeEach(async () => { w = await world(); });
afterEach(() => w.end());

const tell = async (...values: number[]): Promise<string[]> => {
  const events = values.map((value) => fact('a', value));
  await w.north((unit) => unit.outbox.add(events));
  return events.map(({ id }) => id);
};
const aged = (table: string, column: string, ids: readonly string[]): Promise<unknown> => w.database.query(`update ${table} set ${column} = now() - interval '31 days' where id = any($1)`, [ids]);
const left = async (table: string): Promise<string[]> => (await w.database.query<{ id: string }>(`select id from ${table} order by id`)).rows.map(({ id }) => id);

async function delivered(): Promise<void> {
  const bus = localBus({ database: w.database, publishers, logger: silent, peers: null });
  bus.subscribe('south-west', [{ type: 'north.counted.v1', react: async ({ id }) => void (await w.southWest((unit) => unit.firstSight(id))) }]);
  await bus.start();
  await bus.settled();
  await bus.close();
}

test('an event goes when it is old and delivered, an inbox row when it is old; what is young stays, and what waits', async () => {
  const [[old = ''], [young = '']] = [await tell(1), await tell(2)];
  await delivered();
  const [waiting = ''] = await tell(3);
  await aged('north.outbox_event', 'recorded_at', [old, waiting]);
  await aged('south_west.inbox_event', 'handled_at', [old]);
  expect(await prune(w.database, 'north', DAYS)).toEqual({ outbox: 1, inbox: 0 });
  expect(await prune(w.database, 'south-west', DAYS)).toEqual({ outbox: 0, inbox: 1 });
  expect(await left('north.outbox_event')).toEqual([young, waiting]);
  expect(await left('south_west.inbox_event')).toEqual([young]);
  expect((await w.database.query<{ event_ids: string[] }>('select event_ids from bus.placed_event')).rows).toEqual([{ event_ids: [young] }]);
  await delivered();
  expect(await left('south_west.inbox_event')).toEqual([young, waiting]);
});

test('an event that a consumer has still to read stays, however old it is; one that has been away for as long is not waited for', async () => {
  const ids = [...await tell(1), ...await tell(2)];
  await delivered();
  await w.database.query(`insert into bus.cursor (consumer, position) select 'slow', min(position) from bus.placed_event`);
  await aged('north.outbox_event', 'recorded_at', ids);
  expect(await prune(w.database, 'north', DAYS)).toMatchObject({ outbox: 1 });
  expect(await left('north.outbox_event')).toEqual(ids.slice(1));
  await w.database.query(`update bus.cursor set updated_at = now() - interval '31 days' where consumer = 'slow'`);
  expect(await prune(w.database, 'north', DAYS)).toMatchObject({ outbox: 1 });
});

test('events that stand together go with the youngest of them from the order of delivery; who comes back from far behind passes over those that are gone', async () => {
  const [old = '', young = ''] = await tell(1, 2);
  await delivered();
  await aged('north.outbox_event', 'recorded_at', [old]);
  expect(await prune(w.database, 'north', DAYS)).toMatchObject({ outbox: 1 });
  expect((await w.database.query('select event_ids from bus.placed_event')).rows).toEqual([{ event_ids: [old, young] }]);
  await w.database.query('truncate bus.cursor, south_west.inbox_event');
  await delivered();
  expect(await left('south_west.inbox_event')).toEqual([young]);
  await aged('north.outbox_event', 'recorded_at', [young]);
  expect(await prune(w.database, 'north', DAYS)).toMatchObject({ outbox: 1 });
  expect((await w.database.query('select event_ids from bus.placed_event')).rows).toEqual([]);
});

test('more than one statement takes away goes in several', async () => {
  await w.database.query(`insert into north.inbox_event (id, handled_at) select $1 || n, now() - interval '31 days' from generate_series(1, 12000) as n`, [newId('evt')]);
  expect(await prune(w.database, 'north', DAYS)).toMatchObject({ inbox: 12_000 });
});

test('events that are kept are passed over, however many they are, and a round goes on where the last one ended', async () => {
  await w.database.query(
    `insert into north.outbox_event (id, type, key, organization_id, actor, correlation_id, occurred_at, recorded_at, data)
     select 'kept' || n, 'north.counted.v1', 'a', 'org_1', 'usr_1', 'req_1', now(), now() - interval '31 days', '{}' from generate_series(1, 5001) as n`);
  const [old = '', young = ''] = [...await tell(1), ...await tell(2)];
  await delivered();
  await aged('north.outbox_event', 'recorded_at', [old]);
  const mayGo = `oldest.id not like 'kept%'`;
  const round = rounds(1);
  expect(await prune(w.database, 'north', DAYS, mayGo, round)).toMatchObject({ outbox: 0 });
  expect(await prune(w.database, 'north', DAYS, mayGo, round)).toMatchObject({ outbox: 1 });
  await aged('north.outbox_event', 'recorded_at', [young]);
  // once it was through, from the start
  expect(await prune(w.database, 'north', DAYS, mayGo, round)).toMatchObject({ outbox: 0 });
  expect(await prune(w.database, 'north', DAYS, mayGo)).toMatchObject({ outbox: 1 });
  expect(await left('north.outbox_event')).toHaveLength(5_001);
});

test('who comes back from far behind passes over what went because of its age, also where an older event is kept, and over nothing else', async () => {
  const [kept = ''] = await tell(1);
  const [old = '', young = '', lost = ''] = await tell(2, 3, 4);
  await delivered();
  await aged('north.outbox_event', 'recorded_at', [kept, old]);
  expect(await prune(w.database, 'north', DAYS, `oldest.id <> '${kept}'`)).toMatchObject({ outbox: 1 });
  const heard: string[] = [];
  const back = consumer({
    sql: w.database, name: 'back', publishers, recent: recentEvents(() => 0), onFailure: () => undefined, onHandled: () => undefined, onWaiting: () => undefined, line: 'key',
    reactions: [{ type: 'north.counted.v1', react: async ({ id }) => void heard.push(id) }],
  });
  await w.database.query('delete from north.outbox_event where id = $1', [lost]);
  await expect(back.step()).rejects.toThrow(`event ${lost}, at position 4, is not in the outbox of north any more`);
  // as if the rest of what stood together had never been told
  await w.database.query('update bus.placed_event set events = 2, position = 3, seqs = seqs[1:2], event_ids = event_ids[1:2], types = types[1:2] where position = 4');
  await back.step();
  expect(heard).toEqual([young]);
});
