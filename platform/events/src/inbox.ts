/** Which events a domain has handled: one row an event, committed with the event's effects, so that redelivery changes nothing. */
import { type Sql, schemaOf } from './sql.ts';

/** The ids among `eventIds` that were not handled before; they count as handled once the transaction commits. */
export async function firstSights(sql: Sql, domain: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  // those that are known come back: mostly none
  const { rows } = await sql.query<{ id: string }>(`select ${schemaOf(domain)}.first_sights($1::text[]) as id`, [eventIds]);
  const fresh = new Set(eventIds);
  for (const { id } of rows) fresh.delete(id);
  return fresh;
}

/** Those of the events that the domain has not handled, in the same transaction or before. */
export async function notHandled<E extends { readonly id: string }>(sql: Sql, domain: string, events: readonly E[]): Promise<readonly E[]> {
  if (events.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(`select id from ${schemaOf(domain)}.inbox_event where id = any($1)`, [events.map(({ id }) => id)]);
  const known = new Set(rows.map(({ id }) => id));
  return events.filter(({ id }) => !known.has(id));
}
