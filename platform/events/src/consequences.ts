/**
 * What a domain wrote because of events that it has handled, without an index for it: an inbox row says where the outbox stood when its event was handled, and what follows
 * from that stands behind, among what the domain wrote meanwhile. It is complete once the events are handled: it was committed together with that.
 */
import type { Awaited } from './consistency-token.ts';
import { type Hearer, recorded } from './consistency.ts';
import { type Sql, schemaOf } from './sql.ts';

/** How many events a domain writes at most, over all its work, between the beginning of a reaction and its end. */
const MEANWHILE_MAX = 10_000;
/** Kinds of event, by type and key; of more the last count. */
export const CONSEQUENCES_MAX = 1_000;

/** What a domain writes behind its reactions, on its own account: events of a type, about these keys (null: about any). */
export interface Aftermath {
  readonly type: string;
  readonly keys: readonly string[] | null;
}

export interface Causes {
  readonly correlationId: string;
  readonly events: readonly Awaited[];
}

/** The last of each type and key with the first; in the order of writing. What a person or a clock did later under the same correlation id has no cause, and is not among them. */
export async function consequencesOf(sql: Sql, domain: Hearer, { correlationId, events }: Causes, aftermath: Aftermath | null = null): Promise<readonly Awaited[]> {
  const heard = recorded(domain, events);
  if (heard.length === 0) return [];
  const stretches = merged(await stretchesOf(sql, domain, heard));
  if (stretches.length === 0) return [];
  const { rows } = await sql.query<{ type: string; key: string; first: string; last: string }>(
    `select type, key, (array_agg(id order by seq))[1] as first, (array_agg(id order by seq desc))[1] as last
       from unnest($1::bigint[], $2::bigint[]) as stretch(behind, until)
       cross join lateral (select seq, id, type, key, correlation_id, causation_id from ${schemaOf(domain.name)}.outbox_event where seq > behind and seq <= until offset 0) as e
      where (correlation_id = $3 and causation_id is not null) or (type = $4 and ($5::text[] is null or key = any($5)))
      group by type, key order by max(seq) desc limit ${CONSEQUENCES_MAX}`,
    [stretches.map(([behind]) => String(behind)), stretches.map(([, until]) => String(until)), correlationId, aftermath?.type ?? null, aftermath?.keys ?? null]);
  return rows.map(({ type, key, first, last }): Awaited => ({ type, id: last, ...(first !== last && { first }), key })).toReversed();
}

type Stretch = readonly [behind: number, until: number];

/** For each group of events, from where its first was handled to behind where its last was. What was handled before an inbox row said so leads nowhere. */
async function stretchesOf(sql: Sql, domain: Hearer, heard: readonly Awaited[]): Promise<Stretch[]> {
  const ids = [...new Set(heard.flatMap(({ id, first = id }) => [first, id]))];
  const { rows } = await sql.query<{ id: string; at: string | null }>(`select id, outbox_at as at from ${schemaOf(domain.name)}.inbox_event where id = any($1)`, [ids]);
  const places = new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, Number(at)] as const])));
  return heard.flatMap(({ id, first = id }) => {
    const [from, to] = [places.get(first), places.get(id)];
    return from === undefined || to === undefined ? [] : [[from, to + MEANWHILE_MAX] as const];
  });
}

/** The same places, none of them twice. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const apart: Stretch[] = [];
  for (const [behind, until] of stretches.toSorted(([a], [b]) => a - b)) {
    const before = apart.at(-1);
    if (before === undefined || behind > before[1]) apart.push([behind, until]);
    else apart[apart.length - 1] = [before[0], Math.max(before[1], until)];
  }
  return apart;
}
