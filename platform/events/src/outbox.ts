/** Events waiting to be delivered, written in the same transaction as the change they tell of. */
import type { Event } from './envelope.ts';
import { type Sql, schemaOf } from './sql.ts';

const COLUMNS = 'id, type, key, organization_id, actor, reason, correlation_id, causation_id, occurred_at, data';
const TYPES = ['text', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz', 'jsonb'];

export async function addToOutbox(sql: Sql, domain: string, events: readonly Event[]): Promise<void> {
  if (events.length === 0) return;
  const columns = [
    events.map(({ id }) => id), events.map(({ type }) => type), events.map(({ key }) => key),
    events.map(({ organizationId }) => organizationId), events.map(({ actor }) => actor), events.map(({ reason }) => reason ?? null),
    events.map(({ correlationId }) => correlationId), events.map(({ causationId }) => causationId),
    events.map(({ occurredAt }) => occurredAt), events.map(({ data }) => JSON.stringify(data)),
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
}

export const OUTBOX_COLUMNS = `position, ${COLUMNS}`;

export const eventOf = (row: OutboxRow): Event => ({
  id: row.id, type: row.type, key: row.key, organizationId: row.organization_id, actor: row.actor, reason: row.reason ?? undefined,
  correlationId: row.correlation_id, causationId: row.causation_id, occurredAt: row.occurred_at.toISOString(), data: row.data,
});
