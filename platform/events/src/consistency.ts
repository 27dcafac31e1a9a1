/**
 * Consistency: a change says which events it wrote, as a token, and who presents that to a domain is answered once the domain has handled those it hears. Of a type and key
 * the last event stands for those before it: they are handled in order. A token holds for the organisation that it was made for, and for nobody else.
 */
import type { Reaction, Saying } from './bus.ts';
import { type Awaited, tokenOf, tokenText, whoseIs } from './consistency-token.ts';
import { type Event, publisherOf } from './envelope.ts';
import { madeAt } from './ids.ts';
import type { Told } from './recent.ts';
import { type Sql, schemaOf } from './sql.ts';

/** Ids in one token: it has to fit into a header. Of a change to more keys the last count. */
const TOKEN_IDS_MAX = 200;
/** A token of few events names their keys too. */
const KEYS_MAX = 20;

type Writer = Pick<Event, 'organizationId' | 'correlationId'>;

interface Named {
  readonly first: string;
  readonly last: Event;
}

/** What is being gathered, by who writes: a change's own events have its correlation id, which a client may choose and two organisations alike, and no cause. */
const gathering = new Map<string, Set<Map<string, Named>>>();
const nameOf = ({ organizationId, correlationId }: Writer): string => `${organizationId} ${correlationId}`;

/** Begins to gather what is written by a request; call the result once the change has ended, for its token. Null where nothing was written. */
export function gatherToken(writer: Writer): () => string | null {
  const name = nameOf(writer);
  const gathered = new Map<string, Named>();
  const all = gathering.get(name) ?? new Set();
  gathering.set(name, all.add(gathered));
  return () => {
    all.delete(gathered);
    if (all.size === 0 && gathering.get(name) === all) gathering.delete(name);
    return writtenBy(writer, [...gathered.values()]);
  };
}

/** Called with what was committed. */
export function noteWritten(told: readonly Told[]): void {
  if (gathering.size === 0) return;
  for (const { event } of told) {
    if (event.causationId !== null) continue;
    for (const gathered of gathering.get(nameOf(event)) ?? []) {
      const name = `${event.type} ${event.key}`;
      const first = gathered.get(name)?.first ?? event.id;
      gathered.delete(name); // so that the last written is the last of all
      gathered.set(name, { first, last: event });
      if (gathered.size > TOKEN_IDS_MAX) gathered.delete(gathered.keys().next().value ?? '');
    }
  }
}

function writtenBy({ organizationId, correlationId }: Writer, named: readonly Named[]): string | null {
  if (named.length === 0) return null;
  const withKeys = named.length <= KEYS_MAX;
  const events = named.map(({ first, last: { type, id, key } }): Awaited => ({ type, id, ...(first !== id && { first }), ...(withKeys && { key }) }));
  return tokenText({ whose: whoseIs(organizationId), correlationId, events: lastOf(events, TOKEN_IDS_MAX) });
}

/** The last events, with so many ids at most. */
export function lastOf(events: readonly Awaited[], idsMax: number): readonly Awaited[] {
  let ids = 0;
  for (let at = events.length - 1; at >= 0; at -= 1) {
    ids += events[at]?.first === undefined ? 1 : 2;
    if (ids > idsMax) return events.slice(at + 1);
  }
  return events;
}

/** Null for text that is no token, or another organisation's. */
export function eventsOfToken(text: string, organizationId: string): readonly Awaited[] | null {
  const token = tokenOf(text);
  return token?.whose === whoseIs(organizationId) ? token.events : null;
}

/** Inbox rows are kept for longer; a token that is older names what everybody has. */
const AWAITED_FOR_MS = 7 * 86_400_000;

export interface Hearer {
  readonly name: string;
  readonly reactions: readonly Reaction[];
}

/** Those of the events that a domain has still to handle; what it does not hear, or keeps no record of, is not among them. `surely`: those of its uncertain ones that do leave one. */
export async function unhandled(sql: Sql, domain: Hearer, events: readonly Awaited[], surely: ReadonlySet<string> = NONE): Promise<readonly Awaited[]> {
  const heard = recorded(domain, events, surely);
  if (heard.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(`select id from ${schemaOf(domain.name)}.inbox_event where id = any($1)`, [heard.map(({ id }) => id)]);
  const known = new Set(rows.map(({ id }) => id));
  return heard.filter(({ id }) => !known.has(id));
}

const NONE: ReadonlySet<string> = new Set();

/** Those that leave a row in the domain's inbox, and may not be there yet. */
export function recorded({ reactions }: Hearer, events: readonly Awaited[], surely: ReadonlySet<string> = NONE): readonly Awaited[] {
  const reactionTo = new Map(reactions.map((reaction) => [reaction.type, reaction]));
  return events.filter(({ type, id }) => {
    if ((madeAt(id) ?? 0) < Date.now() - AWAITED_FOR_MS) return false;
    const reaction = reactionTo.get(type) ?? reactionTo.get('*');
    return reaction !== undefined && reaction.unrecorded !== true && (reaction.unrecordedWhere === undefined || surely.has(id));
  });
}

/** Which of the events say one of the values, as their publisher knows. */
export type Says = (publisher: string, eventIds: readonly string[], saying: Saying) => Promise<ReadonlySet<string>>;

/** Of the types of which some leave a row in the domain's inbox and others do not, those events that do. */
export async function surelyRecorded({ reactions }: Hearer, events: readonly Awaited[], says: Says): Promise<ReadonlySet<string>> {
  const sure = new Set<string>();
  for (const { type, unrecordedWhere } of reactions) {
    const ids = unrecordedWhere === undefined ? [] : events.filter((event) => event.type === type).map(({ id }) => id);
    if (unrecordedWhere === undefined || ids.length === 0) continue;
    const leaveNone = await says(publisherOf(type), ids, unrecordedWhere);
    for (const id of ids) if (!leaveNone.has(id)) sure.add(id);
  }
  return sure;
}
