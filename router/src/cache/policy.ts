/** How long an answer may be kept, and for whom: by `@cacheControl` hints of the schema and by Cache-Control headers of subgraphs, the least of all. */
import type { CacheSettings } from './settings.ts';

/** SENDER: for who asked, where all that are anonymous are one; PRIVATE: for who asked, and for nobody where that is not known. */
export type Scope = 'PUBLIC' | 'SENDER' | 'PRIVATE';

export interface Policy {
  readonly maxAgeSeconds: number;
  readonly scope: Scope;
}

/** What one part says; null where it says nothing. */
export interface Said {
  readonly maxAgeSeconds: number | null;
  readonly scope: 'PUBLIC' | 'PRIVATE' | null;
}

/** What the schema says of a whole operation. */
export interface StaticPolicy {
  /** The least that hints say, and for whom; an age of null where there is no hint. */
  readonly hinted: Said;
  /** With the default for what no hint speaks of. */
  readonly complete: number;
}

const NEVER: Policy = { maxAgeSeconds: 0, scope: 'PRIVATE' };

export function headerSays(header: string): Said {
  const directives = new Map(header.toLowerCase().split(',').map((part) => {
    const [name = '', value = ''] = part.split('=');
    return [name.trim(), value.trim()] as const;
  }));
  const age = Number(directives.get('s-maxage') ?? directives.get('max-age') ?? 0);
  return {
    maxAgeSeconds: directives.has('no-store') || directives.has('no-cache') || !Number.isFinite(age) ? 0 : Math.max(0, age),
    scope: directives.has('private') ? 'PRIVATE' : directives.has('public') ? 'PUBLIC' : null,
  };
}

/** `heard`: the header of each fetch, undefined where it had none. A header speaks for its fetch; a fetch without one is as the schema says. */
export function policyOf({ hinted, complete }: StaticPolicy, heard: readonly (string | undefined)[], { defaultScope }: Pick<CacheSettings, 'defaultScope'>): Policy {
  if (heard.length === 0) return NEVER; // the schema about itself: not worth keeping
  const said = heard.flatMap((header) => (header === undefined ? [] : [headerSays(header)]));
  const silent = said.length < heard.length;
  const ages = [hinted.maxAgeSeconds, ...said.map(({ maxAgeSeconds }) => maxAgeSeconds), silent ? complete : null];
  const maxAgeSeconds = Math.min(...ages.filter((age) => age !== null));
  const counts = silent || hinted.maxAgeSeconds !== null || hinted.scope !== null;
  const scope = [...(counts ? [hinted.scope] : []), ...said.map((part) => part.scope)].reduce(narrower) ?? defaultScope;
  return { maxAgeSeconds, scope: scope === 'PRIVATE' && !narrowed(hinted, said) ? 'SENDER' : scope };
}

/** Whether somebody said so, and it is not only the default. */
const narrowed = (hinted: Said, said: readonly Said[]): boolean => [hinted, ...said].some(({ scope }) => scope === 'PRIVATE');

export function least(left: Said, right: Said): Said {
  const ages = [left.maxAgeSeconds, right.maxAgeSeconds].filter((age) => age !== null);
  return { maxAgeSeconds: ages.length === 0 ? null : Math.min(...ages), scope: narrower(left.scope, right.scope) };
}

/** Where one of the two does not say, nothing is said. */
function narrower(left: Said['scope'], right: Said['scope']): Said['scope'] {
  if (left === 'PRIVATE' || right === 'PRIVATE') return 'PRIVATE';
  return left === 'PUBLIC' && right === 'PUBLIC' ? 'PUBLIC' : null;
}

const MS_PER_SECOND = 1_000;

export interface Freshness extends Policy {
  readonly ageMs: number;
}

/** For the client and for what is between it and us. */
export function cacheHeaders({ maxAgeSeconds, scope, ageMs }: Freshness): Record<string, string> {
  if (maxAgeSeconds <= 0) return { 'cache-control': 'no-store' };
  return { 'cache-control': `max-age=${maxAgeSeconds}, ${scope === 'PUBLIC' ? 'public' : 'private'}`, age: String(Math.floor(ageMs / MS_PER_SECOND)) };
}
