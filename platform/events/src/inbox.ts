/** Which events a domain has handled: one row an event, committed with the event's effects, so that redelivery changes nothing. */
import { type Sql, schemaOf } from './sql.ts';

/** The ids among `eventIds` that were not handled before; they count as handled once the transaction commits. */
export async function firstSights(sql: Sql, domain: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into ${schemaOf(domain)}.inbox_event (id) select unnest($1::text[]) on conflict do nothing returning id`, [eventIds]);
  return new Set(rows.map(({ id }) => id));
}
