/**
 * Consistency tokens: a change says which events it wrote, and who presents that to a domain is answered once the domain has handled those it hears. A token is text
 * for a header: `1.<whose>~<type>=<id>,<id>~<type>=<id>`, ids without their `evt_`. Of a type and key the last event stands for those before it: they are handled in
 * order. It holds for the organisation that it was made for, and for nobody else.
 */
import { createHash } from 'node:crypto';
import type { Reaction } from './bus.ts';
import type { Event } from './envelope.ts';
import { madeAt } from './ids.ts';
import type { Told } from './recent.ts';
import { type Sql, schemaOf } from './sql.ts';

const VERSION = '1';
const HEAD = /^1\.([\w-]{8})$/;
const WHOSE_LENGTH = 8;
const PREFIX = 'evt_';
const ID = /^[0-9a-z]{26}$/;
const TYPE = /^[a-z][a-z-]*\.[a-z-]+\.v\d+$/;
/** Of one token: it has to fit into a header. Of a change to more keys the last count. */
const TOKEN_EVENTS_MAX = 200;
/** Of the token of an operation with several changes. */
const AWAITED_MAX = 1_000;

type Writer = Pick<Event, 'organizationId' | 'correlationId'>;

/** What is being gathered, by who writes: a change's own events have its correlation id, which a client may choose and two organisations alike, and no cause. */
const gathering = new Map<string, Set<Map<string, Event>>>();
const nameOf = ({ organizationId, correlationId }: Writer): string => `${organizationId} ${correlationId}`;

/** Begins to gather what is written by a request; call the result once the change has ended, for its token. Null where nothing was written. */
export function gatherToken(writer: Writer): () => string | null {
  const name = nameOf(writer);
  const gathered = new Map<string, Event>();
  const all = gathering.get(name) ?? new Set();
  gathering.set(name, all.add(gathered));
  return () => {
    all.delete(gathered);
    if (all.size === 0 && gathering.get(name) === all) gathering.delete(name);
    return tokenOf(writer.organizationId, [...gathered.values()]);
  };
}

/** Called with what was committed. */
export function noteWritten(told: readonly Told[]): void {
  if (gathering.size === 0) return;
  for (const { event } of told) {
    if (event.causationId !== null) continue;
    for (const gathered of gathering.get(nameOf(event)) ?? []) {
      const name = `${event.type} ${event.key}`;
      gathered.delete(name); // so that the last written is the last of all
      gathered.set(name, event);
      if (gathered.size > TOKEN_EVENTS_MAX) gathered.delete(gathered.keys().next().value ?? '');
    }
  }
}

const whose = (organizationId: string): string => createHash('sha256').update(organizationId).digest('base64url').slice(0, WHOSE_LENGTH);

function tokenOf(organizationId: string, events: readonly Pick<Event, 'id' | 'type'>[]): string | null {
  if (events.length === 0) return null;
  const parts = [...Map.groupBy(events, ({ type }) => type)].map(([type, of]) => `${type}=${of.map(({ id }) => id.slice(PREFIX.length)).join()}`);
  return [`${VERSION}.${whose(organizationId)}`, ...parts].join('~');
}

export interface Awaited {
  readonly type: string;
  readonly id: string;
}

/** Null for text that is no token, or another organisation's. */
export function eventsOfToken(text: string, organizationId: string): readonly Awaited[] | null {
  const [head = '', ...parts] = text.split('~');
  if (HEAD.exec(head)?.[1] !== whose(organizationId) || parts.length === 0) return null;
  const events: Awaited[] = [];
  for (const part of parts) {
    const named = namedBy(part);
    if (named === null || events.length + named.length > AWAITED_MAX) return null;
    events.push(...named);
  }
  return events;
}

/** `<type>=<id>,<id>` */
function namedBy(part: string): readonly Awaited[] | null {
  const [type = '', ids = '', ...more] = part.split('=');
  const all = ids.split(',');
  return more.length === 0 && TYPE.test(type) && all.every((id) => ID.test(id)) ? all.map((id) => ({ type, id: PREFIX + id })) : null;
}

/** Inbox rows are kept for longer; a token that is older names what everybody has. */
const AWAITED_FOR_MS = 7 * 86_400_000;

/** Those of the events that a domain has still to handle; what it does not hear, or keeps no record of, is not among them. */
export async function unhandled(sql: Sql, domain: { readonly name: string; readonly reactions: readonly Reaction[] }, events: readonly Awaited[]): Promise<readonly Awaited[]> {
  const reactionTo = new Map(domain.reactions.map((reaction) => [reaction.type, reaction]));
  const heard = events.filter(({ type, id }) => {
    if ((madeAt(id) ?? 0) < Date.now() - AWAITED_FOR_MS) return false;
    const reaction = reactionTo.get(type) ?? reactionTo.get('*');
    return reaction !== undefined && reaction.unrecorded !== true;
  });
  if (heard.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(`select id from ${schemaOf(domain.name)}.inbox_event where id = any($1)`, [heard.map(({ id }) => id)]);
  const known = new Set(rows.map(({ id }) => id));
  return heard.filter(({ id }) => !known.has(id));
}
