/** Traces through SQL and events: what is recorded, under what, and what is never in it. */
import { SpanKind } from '@opentelemetry/api';
import type { Bus, Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { localBus } from '@pms/events/local-bus';
import { sequenceOnce } from '@pms/events/sequencer';
import { silent } from '@pms/telemetry/logger';
import { startTracing, type Tracing, underSpan } from '@pms/telemetry/tracing';
import { type CollectedSpan, type Collector, otlpCollector } from '@pms/testing/otlp-collector';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fact, publishers, world, type World } from './world.ts';

let collector: Collector;
let tracing: Tracing;
let w: World;
const buses: Bus[] = [];
beforeAll(async () => {
  collector = await otlpCollector();
  tracing = await startTracing({ service: 'test', endpoint: collector.url, ratio: 1, logger: silent, delayMs: 10 });
  w = await world(() => buses.forEach((bus) => bus.wake()));
});
afterAll(async () => {
  for (const bus of buses) await bus.close();
  await w.end();
  await tracing.close();
  await collector.close();
});

const within = <T>(name: string, work: () => Promise<T>): Promise<T> => underSpan({ name, kind: SpanKind.INTERNAL, attributes: {} }, work);
const tell = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
const way = (span: CollectedSpan | undefined): string[] => (span === undefined ? [] : collector.wayTo(span).map(({ name }) => name));
const collected = (name: string): Promise<CollectedSpan[]> => vi.waitFor(() => {
  const spans = collector.spans.filter((span) => span.name === name);
  if (spans.length === 0) throw new Error(`no span ${name} yet`);
  return spans;
});

const write = async ({ id, key, data }: Event): Promise<void> => {
  await w.southWest(async ({ sql }) => void (await sql.query('insert into south_west.effect (event_id, key, value) values ($1, $2, $3)', [id, key, (data as { value: number }).value])));
};

async function start(type: string, reaction: Omit<Reaction, 'type'>): Promise<Bus> {
  const bus = localBus({ database: w.database, publishers, logger: silent, peers: null });
  buses.push(bus);
  bus.subscribe(`south-west-${type}`, [{ type, ...reaction }]);
  await bus.start();
  return bus;
}

test('a statement is a span below what it is part of, without its values', async () => {
  await within('asking', async () => w.database.query('select key from north.outbox_event where key = $1 and key <> \'canary literal\'', ['canary value']));
  const [span] = await collected('SELECT north.outbox_event');
  expect(way(span)).toEqual(['asking', 'SELECT north.outbox_event']);
  expect(span).toMatchObject({ kind: 3, attributes: { 'db.query.text': 'select key from north.outbox_event where key = $1 and key <> ?', 'db.collection.name': 'outbox_event' } });
  expect(collector.texts.join('')).not.toContain('canary');
});

test('a statement that fails says why by its code', async () => {
  await expect(within('failing', () => w.database.query('select 1 from north.nothing_of_that_name'))).rejects.toThrow();
  const [span] = await collected('SELECT north.nothing_of_that_name');
  expect(span).toMatchObject({ failed: true, attributes: { 'db.response.status_code': '42P01' } });
});

test('statements that wait for a connection stay below their own sender', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => within(`sender ${n}`, () => w.database.query(`select ${n} from north.effect where pg_sleep(0.01) is null`))));
  const spans = await vi.waitFor(() => {
    const all = collector.spans.filter(({ name }) => name === 'SELECT north.effect');
    if (all.length < 40) throw new Error('not all yet');
    return all;
  });
  for (const span of spans) expect(way(span)[0]).toBe(`sender ${/^select (\d+)/.exec(String(span.attributes['db.query.text']))?.[1]}`);
});

test('a reaction is part of the trace of the change that it reacts to', async () => {
  const bus = await start('north.single.v1', { react: write });
  await within('changing', () => tell(fact('a', 1, 'north.single.v1')));
  await bus.settled();
  const [effect] = await collected('INSERT south_west.effect');
  expect(way(effect)).toEqual(['changing', 'send north.single.v1', 'process north.single.v1', 'INSERT south_west.effect']);
});

test('a run of events is handled below the first, with links to the others', async () => {
  const runs: number[] = [];
  for (const [value, change] of ['first', 'second', 'third'].entries()) await within(change, () => tell(fact('run', value, 'north.many.v1')));
  while ((await sequenceOnce(w.database, publishers)) > 0); // all have their place before anybody reads
  const bus = await start('north.many.v1', { react: write, reactAll: (events) => Promise.resolve(void runs.push(events.length)) });
  await bus.settled();
  expect(runs).toEqual([3]);
  const [run] = await collected('process north.many.v1');
  const sent = await collected('send north.many.v1');
  expect(way(run)).toEqual(['first', 'send north.many.v1', 'process north.many.v1']);
  expect(run?.links).toEqual(sent.slice(1).map(({ spanId }) => spanId));
});

test('a change that is not recorded leaves nothing in the outbox, and its reaction is not recorded either', async () => {
  const bus = await start('north.unseen.v1', { react: () => Promise.resolve() });
  await tell(fact('quiet', 1, 'north.unseen.v1'));
  await bus.settled();
  const { rows } = await w.database.query<{ traceparent: string | null }>('select traceparent from north.outbox_event where type = \'north.unseen.v1\'');
  expect(rows).toEqual([{ traceparent: null }]);
  expect(collector.spans.some(({ name }) => name.includes('unseen'))).toBe(false);
});
