/** Which events a domain has handled: one row an event, committed with the event's effects, so that redelivery changes nothing. */
import { type Sql, schemaOf } from './sql.ts';

/** The ids among `eventIds` that were not handled before; they count as handled once the transaction commits. */
export async function firstSights(sql: Sql, domain: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  // those that are known come back: mostly none
  const { rows } = await sql.query<{ id: string }>(
    `with given as (select unnest($1::text[]) as id),
       added as (insert into ${schemaOf(domain)}.inbox_event (id) select id from given on conflict do nothing returning id)
     select given.id from given left join added using (id) where added.id is null`, [eventIds]);
  const fresh = new Set(eventIds);
  for (const { id } of rows) fresh.delete(id);
  return fresh;
}
