/** Events waiting to be delivered, written in the same transaction as the change they tell of. */
import type { CarriedSpan } from '@pms/telemetry/tracing';
import type { Event } from './envelope.ts';
import type { Told, Written } from './recent.ts';
import { type Sql, schemaOf } from './sql.ts';
import { producing } from './traced.ts';

interface Column { readonly name: string; readonly type: string; of(one: Told): string | null }

const column = (name: string, of: Column['of'], type = 'text'): Column => ({ name, type, of });

const VARIED: readonly Column[] = [column('id', ({ event }) => event.id), column('data', ({ data }) => data, 'json')];
/** Of what is written at once mostly the same. */
const OFTEN_ALIKE: readonly Column[] = [
  column('type', ({ event }) => event.type), column('key', ({ event }) => event.key), column('organization_id', ({ event }) => event.organizationId), column('actor', ({ event }) => event.actor),
  column('reason', ({ event }) => event.reason ?? null), column('correlation_id', ({ event }) => event.correlationId), column('causation_id', ({ event }) => event.causationId),
  column('occurred_at', ({ event }) => event.occurredAt, 'timestamptz'), column('traceparent', ({ event }) => event.traceparent ?? null), column('tracestate', ({ event }) => event.tracestate ?? null),
];
const COLUMNS = [...VARIED, ...OFTEN_ALIKE].map(({ name }) => name).join(', ');

/** Relays to Kafka share a domain's events by shard; all events of a key are in one. */
export const SHARDS = 16;

/** Of a row of what waits: so many are delivered in one step, or sent at once. */
const TOGETHER_MAX = 1_000;

/** An event that carries a trace context keeps it; the others carry that of this writing. Resolves to the events as they were written. */
export async function addToOutbox(sql: Sql, domain: string, events: readonly Event[]): Promise<readonly Written[]> {
  return events.length === 0 ? [] : producing(domain, events, async (context) => {
    const told: Written[] = [];
    for (let from = 0; from < events.length; from += TOGETHER_MAX) told.push(...await insert(sql, domain, events.slice(from, from + TOGETHER_MAX), context));
    return told;
  });
}

async function insert(sql: Sql, domain: string, events: readonly Event[], context: CarriedSpan | null): Promise<readonly Written[]> {
  const told = events.map((event): Told => ({ event: carrying(event, context), data: JSON.stringify(event.data) }));
  const { source, values } = sourceOf(told);
  const { rows } = await sql.query<{ row: string; seqs: string }>(
    `with added as (
       insert into ${schemaOf(domain)}.outbox_event (${COLUMNS}) ${source} returning seq, key, id, type, recorded_at)
     ${waitingOf(domain, 'added')} returning seq as row, array_to_string(seqs, ',') as seqs`, values);
  const places = rows.flatMap(({ row, seqs }) => seqs.split(',').map((seq) => ({ row, seq }))).toSorted((a, b) => Number(a.seq) - Number(b.seq));
  return told.map(({ event, data }, at) => {
    const { seq, row } = placeIn(places, at);
    return { event, data, seq, row };
  });
}

/** A query for them in the order of the call, in which seq rises then: that in which the facts happened. What is the same in all is sent once. */
function sourceOf(told: readonly Told[]): { readonly source: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const sent = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const arrays = VARIED.map(({ type, of }) => sent(told.map(of), `${type}[]`));
  const names = VARIED.map(({ name }) => name);
  const alike = OFTEN_ALIKE.map(({ name, type, of }) => {
    const all = told.map(of);
    const [first = null] = all;
    if (all.every((value) => value === first)) return first === null ? 'null' : sent(first, type);
    names.push(name);
    arrays.push(sent(all, `${type}[]`));
    return name;
  });
  return { source: `select id, data, ${alike.join(', ')} from unnest(${arrays.join(', ')}) with ordinality as e(${names.join(', ')}, n) order by n`, values };
}

type Place = Pick<Written, 'seq' | 'row'>;

function placeIn(places: readonly Place[], at: number): Place {
  const place = places[at];
  if (place === undefined) throw new Error(`${places.length} events were written to the outbox, and not the one behind them`);
  return place;
}

/**
 * Lets events of `from` wait for delivery: a row for each shard, so that what a key's writer wrote at once is delivered at once. A later writer of the key,
 * who held its lock, has later numbers in all of its rows.
 */
export const waitingOf = (domain: string, from: string): string =>
  `insert into ${schemaOf(domain)}.outbox_waiting (seq, shard, events, seqs, event_ids, types, recorded_at)
   select min(seq), mod(abs(hashtextextended(key, 0)), ${SHARDS}), count(*), array_agg(seq order by seq), array_agg(id order by seq), array_agg(type order by seq), min(recorded_at) from ${from} group by 2`;

const carrying = (event: Event, context: CarriedSpan | null): Event =>
  (event.traceparent !== undefined || context === null ? event : { ...event, traceparent: context.traceparent, tracestate: context.tracestate });

export interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly organization_id: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly occurred_at: Date;
  readonly data: unknown;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export const OUTBOX_COLUMNS = COLUMNS;

export const eventOf = (row: OutboxRow): Event => ({
  id: row.id, type: row.type, key: row.key, organizationId: row.organization_id, actor: row.actor, reason: row.reason ?? undefined,
  correlationId: row.correlation_id, causationId: row.causation_id, occurredAt: row.occurred_at.toISOString(), data: row.data,
  ...(row.traceparent === null ? {} : { traceparent: row.traceparent, tracestate: row.tracestate ?? undefined }),
});
