/** Which events a domain has handled: one row an event, committed with the event's effects, so that redelivery changes nothing. */
import { type Sql, schemaOf } from './sql.ts';

/** The ids among `eventIds` that were not handled before; they count as handled once the transaction commits. */
export async function firstSights(sql: Sql, domain: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  const schema = schemaOf(domain);
  // with the place that the outbox has reached, looked up once: what this transaction writes comes behind it (consequences.ts)
  const { rows } = await sql.query<{ id: string }>(
    `insert into ${schema}.inbox_event (id, outbox_at) select unnest($1::text[]), (select coalesce(pg_sequence_last_value('${schema}.outbox_event_seq_seq'), 0))
     on conflict do nothing returning id`, [eventIds]);
  return new Set(rows.map(({ id }) => id));
}
