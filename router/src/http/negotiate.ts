/** How a client takes its answers, by its accept header: quality first, then the order of naming. Known headers are not read again. */
export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

export interface Accepted {
  /** The type of a single answer; `null` where the client takes none. */
  readonly single: typeof JSON_TYPE | typeof GRAPHQL_TYPE | null;
  /** How a subscription is answered; `null` where the client takes no stream. */
  readonly stream: 'sse' | 'multipart' | null;
  /** Whether single answers are wanted as server-sent events, too. */
  readonly eventsPreferred: boolean;
  /** Whether what `@defer` leaves for later may come in parts. */
  readonly deferred: boolean;
  /** Whether a page is preferred to all of them. */
  readonly page: boolean;
}

interface Range { readonly type: string; readonly parameters: ReadonlyMap<string, string>; readonly quality: number; readonly position: number }
/** The lower, the better. */
type Rank = readonly [quality: number, position: number];

const HEADERS_KEPT_MAX = 256;
const HEADER_CHARACTERS_KEPT_MAX = 512;
const known = new Map<string, Accepted>();

/** What a client that says nothing, or `*\/*`, gets is plain JSON: it may be older than the other type. */
const anything: Accepted = { single: JSON_TYPE, stream: null, eventsPreferred: false, deferred: false, page: false };

export function negotiate(accept: string | undefined): Accepted {
  if (accept === undefined || accept === '' || accept === '*/*') return anything;
  const found = known.get(accept);
  if (found !== undefined) return found;
  const accepted = read(accept);
  if (accept.length > HEADER_CHARACTERS_KEPT_MAX) return accepted;
  if (known.size >= HEADERS_KEPT_MAX) known.clear();
  known.set(accept, accepted);
  return accepted;
}

/** Whether there is any way to answer. */
export const acceptsNothing = ({ single, stream, deferred }: Accepted): boolean => single === null && stream === null && !deferred;

function read(accept: string): Accepted {
  if (accept.trim() === '') return anything;
  const given = accept.split(',').map(range);
  const graphql = rankOf(given, 'application/graphql-response+json', ['application/*', '*/*']);
  const json = rankOf(given, 'application/json', ['application/*', '*/*']);
  const events = rankOf(given, 'text/event-stream', ['text/*']);
  const parts = multipart(given, 'subscriptionspec', '1.0');
  const deferred = multipart(given, 'deferspec', '20220824');
  const page = rankOf(given, 'text/html', []);
  const single = singleType(graphql, json);
  const best = better(graphql, json) ? graphql : json;
  return {
    single: single ?? (parts !== null || deferred !== null ? JSON_TYPE : null), // a client of parts can read the one answer that they are made of
    stream: events === null && parts === null ? null : better(parts, events) ? 'multipart' : 'sse',
    eventsPreferred: single === null ? events !== null : better(events, best),
    deferred: deferred !== null,
    page: [best, events, parts].every((other) => better(page, other)),
  };
}

function singleType(graphql: Rank | null, json: Rank | null): Accepted['single'] {
  if (graphql === null && json === null) return null;
  return better(graphql, json) ? GRAPHQL_TYPE : JSON_TYPE;
}

function range(text: string, position: number): Range {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map((parameter): [string, string] => {
    const [name = '', value = ''] = parameter.split('=');
    return [name.trim(), value.trim().replaceAll('"', '')];
  }));
  const quality = Number(parameters.get('q') ?? 1);
  return { type, parameters, quality: Number.isNaN(quality) ? 0 : quality, position };
}

/** The most specific range decides: `application/json;q=0, *\/*` means anything but JSON. */
function rankOf(given: readonly Range[], exact: string, wider: readonly string[]): Rank | null {
  for (const type of [exact, ...wider]) {
    const found = given.find((one) => one.type === type);
    if (found !== undefined) return found.quality > 0 ? [-found.quality, found.position] : null;
  }
  return null;
}

function multipart(given: readonly Range[], specification: string, version: string): Rank | null {
  const found = given.find(({ type, parameters, quality }) => type === 'multipart/mixed' && parameters.get(specification) === version && quality > 0);
  return found === undefined ? null : [-found.quality, found.position];
}

/** Equal ranks come from one wildcard, and are then no preference. */
function better(left: Rank | null, right: Rank | null): boolean {
  if (left === null) return false;
  if (right === null) return true;
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}
