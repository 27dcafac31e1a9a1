/** What a relay hands over: a real outbox, of which it remembers some, and a stranger that takes messages. */
import type { Event } from '@pms/events/envelope';
import { eventIn } from '@pms/events/kafka/cloud-event';
import { justWritten } from '@pms/events/kafka/just-written';
import { relayOnce } from '@pms/events/kafka/relay';
import type { Written } from '@pms/events/recent';
import type { Message, ProducerRecord } from 'kafkajs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fact, world, type World } from './world.ts';

let w: World;
let told: Written[] = [];
beforeEach(async () => { told = []; w = await world((more) => told.push(...more)); });
afterEach(() => w.end());

const taking = () => {
  const sent: Message[] = [];
  const send = ({ messages }: ProducerRecord): Promise<[]> => { sent.push(...messages); return Promise.resolve([]); };
  return { producer: { send }, sent: { messages: sent, events: () => sent.map(({ value }) => eventIn(String(value))) } };
};
const write = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
const relayed = (producer: { send(record: ProducerRecord): Promise<[]> }, written = justWritten(() => true)) => relayOnce({ database: w.database, producer, publisher: 'north', topic: 'events.north', written });
const keys = ['a', 'b', 'c', 'd', 'e'];

test('what is read from the outbox and what is remembered are the same messages', async () => {
  await write(...keys.map((key, value): Event => ({ ...fact(key, value), occurredAt: '2026-03-01T12:00:00+02:00', reason: value % 2 === 0 ? undefined : 'because' })));
  const [remembered, read] = [taking(), taking()];
  const written = justWritten(() => true);
  written.keep(told);
  await w.database.query('create table kept as select * from north.outbox_waiting');
  await relayed(remembered.producer, written);
  await w.database.query('insert into north.outbox_waiting select * from kept');
  await relayed(read.producer);
  const byKey = (messages: readonly Message[]): Message[] => messages.toSorted((a, b) => String(a.key).localeCompare(String(b.key)));
  expect(byKey(remembered.sent.messages)).toEqual(byKey(read.sent.messages));
  expect(remembered.sent.messages).toHaveLength(keys.length);
});

test('events of a key go in the order in which they were written, whoever wrote them', async () => {
  const other: Written[] = [];
  for (let value = 0; value < 12; value += 1) {
    await write(...keys.map((key) => fact(key, value)));
    other.push(...told.splice(0).filter(() => value % 3 === 1));
  }
  const written = justWritten(() => true);
  written.keep(other); // the rest was another process's
  const { producer, sent } = taking();
  expect(await relayed(producer, written)).toEqual({ events: keys.length * 12, contended: false });
  const events = sent.events();
  for (const key of keys) expect(events.filter(({ event }) => event.key === key).map(({ event }) => event.data)).toEqual(Array.from({ length: 12 }, (_, value) => ({ value })));
  expect((await w.database.query('select 1 from north.outbox_waiting')).rowCount).toBe(0);
});

test('what was handed over is not remembered any longer, and what was not taken is', async () => {
  await write(...keys.map((key) => fact(key, 1)));
  const written = justWritten(() => true);
  written.keep(told);
  const found = (): number => told.filter(({ row, event }) => written.find('north', row, event.id) !== null).length;
  const before = found();
  expect(before).toBeGreaterThan(0);
  await expect(relayed({ send: () => Promise.reject(new Error('no broker')) }, written)).rejects.toThrow('no broker');
  expect([found(), (await w.database.query('select sum(events)::int as count from north.outbox_waiting')).rows]).toEqual([before, [{ count: keys.length }]]);
  await relayed(taking().producer, written);
  expect(found()).toBe(0);
});

test('an event that waits and is not in the outbox is said, and nothing of its set counts as handed over', async () => {
  await write(fact('a', 1));
  await write(fact('b', 2));
  await w.database.query(`delete from north.outbox_event where key = 'a'`);
  await expect(relayed(taking().producer)).rejects.toThrow('2 events of north wait to be handed over, and 1 of them are in the outbox');
  expect((await w.database.query('select sum(events)::int as count from north.outbox_waiting')).rows).toEqual([{ count: 2 }]);
});

test('events that have much in common are written as those that have nothing in common', async () => {
  const [alike, apart] = [[fact('a', 1), fact('a', 2)], [
    { ...fact('b', 1), organizationId: 'org_2', actor: 'svc_2', correlationId: 'req_2', causationId: 'evt_2', reason: 'two', traceparent: '00-1-1-01', tracestate: 'a=b', occurredAt: '2026-03-01T10:00:00.000Z' }, fact('c', 2, 'north.whispered.v1')]];
  await write(...alike);
  await write(...apart);
  const { producer, sent } = taking();
  await relayed(producer);
  const events = sent.events().toSorted((a, b) => Number(a.sequence) - Number(b.sequence)).map(({ event }) => event);
  expect(events).toEqual([...alike, ...apart]);
});
