/**
 * Entities kept one by one, as subgraphs' Cache-Control headers allow: a fetch asks only for those that are not there.
 * Found by the subgraph, its query, the representation and (unless it is for everybody) the sender.
 */
import { LRUCache } from 'lru-cache';
import type { Dial, RequestContext, SubgraphRequest, SubgraphResult, Transport } from '../dial/transport.ts';
import type { RouterMetrics } from '../observe.ts';
import { digest, isNobody, senderOf } from './keys.ts';
import { headerSays, least, type Policy, type Said } from './policy.ts';
import type { CacheSettings } from './settings.ts';
import { type CacheStore, type Found, LIFE_MS_MAX } from './store.ts';
import { ofEntity } from './tags.ts';

const MS_PER_SECOND = 1_000;
/** Queries whose answers turned out not to be for keeping are not looked for again for a while. */
const NOT_KEPT_MS = 10_000;
const NOT_KEPT_MAX = 5_000;

export interface CachedEntitiesOptions {
  readonly settings: CacheSettings;
  readonly store: CacheStore;
  readonly metrics: RouterMetrics;
}

type Representation = Readonly<Record<string, unknown>>;

/** One request's entities, with what was found of each. */
interface Asked {
  readonly request: SubgraphRequest;
  readonly context: RequestContext;
  readonly variable: string;
  readonly responseKey: string;
  readonly representations: readonly Representation[];
  readonly keys: readonly { readonly own: string; readonly everybody: string }[];
  readonly found: readonly Found[];
}

export function keepingEntities(dial: Dial, options: CachedEntitiesOptions): Dial {
  const notKept = new LRUCache<string, true>({ max: NOT_KEPT_MAX, ttl: NOT_KEPT_MS });
  return (subgraph, settings) => {
    const inner = dial(subgraph, settings);
    const asked = async (request: SubgraphRequest, context: RequestContext): Promise<Asked | null> => {
      const [group, ...others] = request.entities ?? [];
      if (request.kind !== 'query' || group === undefined || others.length > 0 || notKept.has(request.query)) return null;
      const { [group.variable]: representations, ...rest } = request.variables ?? {};
      if (!Array.isArray(representations)) return null;
      const base = JSON.stringify([subgraph.name, subgraph.url, request.query, request.operationName ?? null, rest, context.passed ?? null]);
      const sender = senderOf(context);
      const keys = representations.map((representation) => {
        const everybody = digest(`${base}\n${JSON.stringify(representation)}`);
        return { everybody, own: digest(`${everybody}\n${sender}`) };
      });
      const found = await Promise.all(keys.map(({ own, everybody }) => options.store.find([own, everybody], sender)));
      return { request, context, ...group, representations: representations as readonly Representation[], keys, found };
    };
    return {
      async execute(request, context) {
        const looked = await asked(request, context);
        if (looked === null) return inner.execute(request, context);
        const result = await completed(looked, inner, options, () => void notKept.set(request.query, true));
        context.heard?.(result.cacheControl);
        return result;
      },
      subscribe: (request, context) => inner.subscribe(request, context),
    };
  };
}

async function completed(asked: Asked, inner: Transport, options: CachedEntitiesOptions, notForKeeping: () => void): Promise<SubgraphResult> {
  const { request, context, variable, responseKey, representations, found } = asked;
  const kept = found.map(fresh);
  const missing = kept.flatMap((one, index) => (one === null ? [index] : []));
  options.metrics.cacheEntities.inc({ outcome: 'hit' }, kept.length - missing.length);
  options.metrics.cacheEntities.inc({ outcome: 'miss' }, missing.length);
  const entities: unknown[] = kept.map((one) => (one === null ? null : JSON.parse(one.text)));
  const ages = kept.flatMap(saidOf);
  if (missing.length === 0) return { data: { [responseKey]: entities }, cacheControl: headerOf(ages) };

  const { variablesText: _, ...asIs } = request;
  const { heard: __, ...silently } = context;
  const result = await inner.execute({ ...asIs, variables: { ...request.variables, [variable]: missing.map((index) => representations[index]) } }, silently);
  const fetched = result.data?.[responseKey];
  if (Array.isArray(fetched)) for (const [position, index] of missing.entries()) entities[index] = fetched[position] ?? null;
  if (result.errors === undefined) {
    const policy = policyFor(result, options.settings);
    if (policy.maxAgeSeconds <= 0) notForKeeping();
    else if (policy.scope !== 'PRIVATE' || !isNobody(context)) for (const index of missing) keep(asked, index, entities[index], policy, options);
  }
  return whole(result, asked, { missing, entities, ages });
}

interface Parts { readonly missing: readonly number[]; readonly entities: readonly unknown[]; readonly ages: readonly Said[] }

/** The answer as if all had been asked for. */
function whole(result: SubgraphResult, { responseKey }: Asked, { missing, entities, ages }: Parts): SubgraphResult {
  const { errors, cacheControl, ...rest } = result;
  return {
    ...rest, ...(missing.length === entities.length ? {} : { data: { ...result.data, [responseKey]: entities } }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => (error.path === undefined ? error : { ...error, path: placed(error.path, responseKey, missing) })) }),
    ...(cacheControl === undefined ? {} : { cacheControl: headerOf([...ages, headerSays(cacheControl)]) }),
  };
}

const fresh = ({ kept }: Found): Found['kept'] => (kept !== null && kept.ageMs <= kept.maxAgeSeconds * MS_PER_SECOND ? kept : null);

/** What is left of its time. */
const saidOf = (kept: Found['kept']): Said[] =>
  (kept === null ? [] : [{ maxAgeSeconds: Math.floor(kept.maxAgeSeconds - kept.ageMs / MS_PER_SECOND), scope: kept.scope === 'SENDER' ? null : kept.scope }]);

/** The place of an entity among all, where the subgraph saw only those that were missing. */
function placed(path: readonly (string | number)[], responseKey: string, missing: readonly number[]): readonly (string | number)[] {
  const [key, position, ...rest] = path;
  return key === responseKey && typeof position === 'number' ? [key, missing[position] ?? position, ...rest] : path;
}

function policyFor({ cacheControl }: SubgraphResult, { defaultScope }: CacheSettings): Policy {
  const { maxAgeSeconds, scope } = headerSays(cacheControl ?? 'no-store');
  return { maxAgeSeconds: maxAgeSeconds ?? 0, scope: scope ?? (defaultScope === 'PUBLIC' ? 'PUBLIC' : 'SENDER') };
}

function keep({ keys, found, representations }: Asked, index: number, entity: unknown, policy: Policy, { settings, store }: CachedEntitiesOptions): void {
  const key = policy.scope === 'PUBLIC' ? keys[index]?.everybody : keys[index]?.own;
  const moment = found[index]?.moment ?? null;
  if (key === undefined || moment === null || entity === null) return;
  const text = JSON.stringify(entity); // at once: what the entity is put into may change it
  if (Buffer.byteLength(text) > settings.entryBytesMax) return;
  const lifeMs = Math.min(LIFE_MS_MAX, Math.ceil(policy.maxAgeSeconds * MS_PER_SECOND));
  void store.keep({ key, kept: { ...policy, text, moment }, tags: tagsOf(representations[index] ?? {}), lifeMs });
}

/** Every single value of a representation may be the key by which something says that the entity has changed. */
function tagsOf({ __typename: typename, ...values }: Representation): readonly string[] {
  if (typeof typename !== 'string') return [];
  return [typename, ...Object.values(values).flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [ofEntity(typename, String(value))] : []))];
}

function headerOf(parts: readonly Said[]): string {
  const { maxAgeSeconds, scope } = parts.reduce(least);
  return `max-age=${maxAgeSeconds ?? 0}${scope === null ? '' : `, ${scope.toLowerCase()}`}`;
}
