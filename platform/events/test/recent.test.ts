import type { Event } from '@pms/events/envelope';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow } from '@pms/events/outbox';
import { recentEvents, type Told } from '@pms/events/recent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fact, world, type World } from './world.ts';

let w: World;
const committed: Told[] = [];
beforeAll(async () => { w = await world((told) => committed.push(...told)); });
afterAll(() => w.end());

test('what a process remembers of its own events is what the outbox would have given', async () => {
  const odd: Event = {
    ...fact('a', 1), occurredAt: '2026-03-01T12:00:00+02:00', reason: 'because, “with” ünïcode "quotes" and \\ {braces}, NULL',
    data: { value: 1, gone: undefined, none: null, texts: ['NULL', '', '"', '\\', '{}'], exact: '0.100000000000000001', number: 1e21, small: -0, when: new Date(0) },
  };
  await w.north((unit) => unit.outbox.add([odd, fact('b', 2)]));
  const { rows } = await w.database.query<OutboxRow>(`select ${OUTBOX_COLUMNS} from north.outbox_event order by seq`);
  const recent = recentEvents(() => 1);
  recent.keep(committed);
  expect(committed).toHaveLength(2);
  const taken = committed.map(({ event }) => recent.take(event.id, true));
  expect(taken).toEqual(rows.map(eventOf));
  expect(taken[0]?.occurredAt).toBe('2026-03-01T10:00:00.000Z');
});

test('events of a transaction that is rolled back are not remembered', async () => {
  const before = committed.length;
  await expect(w.north(async (unit) => { await unit.outbox.add([fact('a', 3)]); throw new Error('no'); })).rejects.toThrow('no');
  expect(committed).toHaveLength(before);
});

test('the oldest are forgotten where too much is kept, and nothing else', () => {
  const told = [1, 2, 3].map((value): Told => ({ event: fact('a', value), data: JSON.stringify({ value }) }));
  const recent = recentEvents(() => 1, 2 * '{"value":1}'.length);
  recent.keep(told);
  expect(told.map(({ event }) => recent.take(event.id, true)?.data ?? null)).toEqual([null, { value: 2 }, { value: 3 }]);
});

test('each of those who hear an event takes it once, and what nobody here hears is not kept', () => {
  const told = [fact('a', 1), fact('a', 2, 'north.whispered.v1')].map((event): Told => ({ event, data: JSON.stringify(event.data) }));
  const recent = recentEvents((type) => (type === 'north.counted.v1' ? 2 : 0));
  recent.keep(told);
  const [heard, unheard] = told.map(({ event }) => event.id) as [string, string];
  expect([recent.take(heard, true)?.data, recent.take(heard, false)?.data, recent.take(heard, false)]).toEqual([{ value: 1 }, { value: 1 }, null]);
  expect(recent.take(unheard, false)).toBeNull();
});
