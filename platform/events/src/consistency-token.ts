/**
 * The text of a consistency token, for a header: `1.<whose>~<type>=<event>,<event>~<type>=<event>~by=<correlation id>`. An event is its id without `evt_`, of several of one
 * type and key `<first>-<last>`, and with `:<key>` where there is room for it. A token without a correlation id, as older releases made them, leads nowhere.
 */
import { createHash } from 'node:crypto';

const VERSION = '1';
const HEAD = /^1\.([\w-]{8})$/;
const BY = 'by=';
const CORRELATION = /^[\w.-]{1,128}$/;
const WHOSE_LENGTH = 8;
const PREFIX = 'evt_';
const EVENT = /^(?:([0-9a-z]{26})-)?([0-9a-z]{26})(?::([\w.%!*'()-]{1,400}))?$/;
const TYPE = /^[a-z][a-z-]*\.[a-z-]+\.v\d+$/;
/** Of the token of an operation with several changes. */
const AWAITED_MAX = 1_000;

/** Events of one type and key, which are handled in order: the last stands for those before it. */
export interface Awaited {
  readonly type: string;
  /** The last one's. */
  readonly id: string;
  /** The first one's, where that is another. */
  readonly first?: string;
  /** Where it is known. */
  readonly key?: string;
}

export interface Token {
  /** Tells one organisation from another. */
  readonly whose: string;
  /** What the events, and what follows from them, have in common; null where that is not known. */
  readonly correlationId: string | null;
  readonly events: readonly Awaited[];
}

export const whoseIs = (organizationId: string): string => createHash('sha256').update(organizationId).digest('base64url').slice(0, WHOSE_LENGTH);

export function tokenText({ whose, correlationId, events }: Token): string {
  const named = [...Map.groupBy(events, ({ type }) => type)].map(([type, of]) => `${type}=${of.map(eventText).join()}`);
  return [`${VERSION}.${whose}`, ...named, ...(correlationId !== null && CORRELATION.test(correlationId) ? [BY + correlationId] : [])].join('~');
}

const eventText = ({ id, first, key }: Awaited): string =>
  `${first === undefined || first === id ? '' : `${bare(first)}-`}${bare(id)}${key === undefined ? '' : `:${encodeURIComponent(key).replaceAll('~', '%7E')}`}`;

const bare = (id: string): string => id.slice(PREFIX.length);

/** Null for text that is no token. */
export function tokenOf(text: string): Token | null {
  const [head = '', ...parts] = text.split('~');
  const whose = HEAD.exec(head)?.[1];
  // of an operation with several changes each has said it, and all the same
  const [correlationId = null, ...others] = new Set(parts.filter((part) => part.startsWith(BY)).map((part) => part.slice(BY.length)));
  if (whose === undefined || others.length > 0 || (correlationId !== null && !CORRELATION.test(correlationId))) return null;
  const events: Awaited[] = [];
  for (const part of parts.filter((each) => !each.startsWith(BY))) {
    const named = namedBy(part);
    if (named === null || events.length + named.length > AWAITED_MAX) return null;
    events.push(...named);
  }
  return events.length === 0 ? null : { whose, correlationId, events };
}

/** `<type>=<event>,<event>` */
function namedBy(part: string): readonly Awaited[] | null {
  const [type = '', texts = '', ...more] = part.split('=');
  if (more.length > 0 || !TYPE.test(type)) return null;
  const events = texts.split(',').map((text) => eventIn(text, type));
  return events.includes(null) ? null : events.flatMap((event) => event ?? []);
}

function eventIn(text: string, type: string): Awaited | null {
  const [found, first, id = '', key] = EVENT.exec(text) ?? [];
  const plain = key === undefined ? undefined : decoded(key);
  if (found === undefined || plain === null) return null;
  return { type, id: PREFIX + id, ...(first !== undefined && { first: PREFIX + first }), ...(plain !== undefined && { key: plain }) };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
