/** Events waiting to be delivered, written in the same transaction as the change they tell of. */
import type { CarriedSpan } from '@pms/telemetry/tracing';
import type { Event } from './envelope.ts';
import { type Sql, schemaOf } from './sql.ts';
import { producing } from './traced.ts';

const COLUMNS = 'id, type, key, organization_id, actor, reason, correlation_id, causation_id, occurred_at, data, traceparent, tracestate';
const TYPES = ['text', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz', 'jsonb', 'text', 'text'];

/** An event that carries a trace context keeps it; the others carry that of this writing. */
export async function addToOutbox(sql: Sql, domain: string, events: readonly Event[]): Promise<void> {
  if (events.length === 0) return;
  await producing(domain, events, (context) => insert(sql, domain, events, context));
}

async function insert(sql: Sql, domain: string, events: readonly Event[], context: CarriedSpan | null): Promise<void> {
  const columns = [
    events.map(({ id }) => id), events.map(({ type }) => type), events.map(({ key }) => key),
    events.map(({ organizationId }) => organizationId), events.map(({ actor }) => actor), events.map(({ reason }) => reason ?? null),
    events.map(({ correlationId }) => correlationId), events.map(({ causationId }) => causationId),
    events.map(({ occurredAt }) => occurredAt), events.map(({ data }) => JSON.stringify(data)),
    events.map(({ traceparent }) => traceparent ?? context?.traceparent ?? null),
    events.map(({ traceparent, tracestate }) => (traceparent === undefined ? context?.tracestate : tracestate) ?? null),
  ];
  const arrays = TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  // `with ordinality` keeps the order of the call: seq rises in the order in which the facts happened
  await sql.query(
    `insert into ${schemaOf(domain)}.outbox_event (${COLUMNS})
     select ${COLUMNS} from unnest(${arrays}) with ordinality as e(${COLUMNS}, n) order by n`, columns);
}

export interface OutboxRow {
  readonly position: string;
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

export const OUTBOX_COLUMNS = `position, ${COLUMNS}`;

export const eventOf = (row: OutboxRow): Event => ({
  id: row.id, type: row.type, key: row.key, organizationId: row.organization_id, actor: row.actor, reason: row.reason ?? undefined,
  correlationId: row.correlation_id, causationId: row.causation_id, occurredAt: row.occurred_at.toISOString(), data: row.data,
  ...(row.traceparent === null ? {} : { traceparent: row.traceparent, tracestate: row.tracestate ?? undefined }),
});
