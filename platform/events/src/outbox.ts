/** Events waiting to be delivered, written in the same transaction as the change they tell of. */
import type { CarriedSpan } from '@pms/telemetry/tracing';
import type { Event } from './envelope.ts';
import type { Told } from './recent.ts';
import { type Sql, schemaOf } from './sql.ts';
import { producing } from './traced.ts';

const COLUMNS = 'id, type, key, organization_id, actor, reason, correlation_id, causation_id, occurred_at, data, traceparent, tracestate';
const TYPES = ['text', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz', 'json', 'text', 'text'];

/** Relays to Kafka share a domain's events by shard; all events of a key are in one. */
export const SHARDS = 16;

/** Of a row of what waits: so many are delivered in one step, or sent at once. */
const TOGETHER_MAX = 1_000;

/** An event that carries a trace context keeps it; the others carry that of this writing. Resolves to the events as they were written. */
export async function addToOutbox(sql: Sql, domain: string, events: readonly Event[]): Promise<readonly Told[]> {
  return events.length === 0 ? [] : producing(domain, events, async (context) => {
    const told: Told[] = [];
    for (let from = 0; from < events.length; from += TOGETHER_MAX) told.push(...await insert(sql, domain, events.slice(from, from + TOGETHER_MAX), context));
    return told;
  });
}

async function insert(sql: Sql, domain: string, events: readonly Event[], context: CarriedSpan | null): Promise<readonly Told[]> {
  const told = events.map((event): Told => ({ event: carrying(event, context), data: JSON.stringify(event.data) }));
  const columns = [
    events.map(({ id }) => id), events.map(({ type }) => type), events.map(({ key }) => key),
    events.map(({ organizationId }) => organizationId), events.map(({ actor }) => actor), events.map(({ reason }) => reason ?? null),
    events.map(({ correlationId }) => correlationId), events.map(({ causationId }) => causationId),
    events.map(({ occurredAt }) => occurredAt), told.map(({ data }) => data),
    told.map(({ event }) => event.traceparent ?? null), told.map(({ event }) => event.tracestate ?? null),
  ];
  const arrays = TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  // `with ordinality` keeps the order of the call: seq rises in the order in which the facts happened
  await sql.query(
    `with added as (
       insert into ${schemaOf(domain)}.outbox_event (${COLUMNS})
       select ${COLUMNS} from unnest(${arrays}) with ordinality as e(${COLUMNS}, n) order by n returning seq, key, id, type, recorded_at)
     ${waitingOf(domain, 'added')}`, columns);
  return told;
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
