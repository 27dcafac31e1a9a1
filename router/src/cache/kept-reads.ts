/**
 * A query's answer from what is kept, or fetched and then kept where its policy allows. One fetches for all who would
 * get the same; a stale answer is given while a new one is fetched.
 */
import type { RouterMetrics } from '../observe.ts';
import type { Answer } from '../operation/answer.ts';
import type { Answering, Caller, ReadyOperation } from '../operation/serve.ts';
import { isNobody, type Keys, senderOf } from './keys.ts';
import type { CacheModel } from './model.ts';
import { type Policy, policyOf } from './policy.ts';
import type { CacheSettings } from './settings.ts';
import type { Shape } from './shape.ts';
import { type CacheStore, type Found, LIFE_MS_MAX } from './store.ts';
import { tagsOf } from './tags.ts';

const MS_PER_SECOND = 1_000;
/** What turned out not to be for keeping is not looked for again for a while. */
const NOT_KEPT_MS = 10_000;
const REFRESH_MS_MAX = 60_000;

export interface Asked {
  readonly ready: ReadyOperation;
  readonly caller: Caller;
  readonly model: CacheModel;
  readonly shape: Shape;
  readonly keys: Keys;
}

export interface KeptReadsOptions {
  readonly settings: CacheSettings;
  readonly store: CacheStore;
  readonly metrics: RouterMetrics;
}

export interface KeptReads {
  /** Whether it is worth looking for. */
  mayBeKept(shape: Shape): boolean;
  read(asked: Asked, signal: AbortSignal): Promise<Answer>;
}

interface Fetched { readonly answer: Answer; readonly kept: Promise<unknown> }

export function keptReads(run: Answering, { settings, store, metrics }: KeptReadsOptions): KeptReads {
  const notBefore = new WeakMap<Shape, number>();
  const leaders = new Map<string, Promise<unknown>>();

  const find = ({ keys, caller }: Asked): Promise<Found> => store.find([keys.own, keys.everybody], senderOf(caller));

  const fetched = async (asked: Asked, signal: AbortSignal, moment: number | null): Promise<Fetched> => {
    const answer = await run(asked.ready, asked.caller, signal);
    if (answer.errors.length > 0 || answer.extended === true) return { answer, kept: NOTHING };
    const policy = policyOf(asked.shape.policy, answer.heard ?? [], settings);
    if (policy.maxAgeSeconds > 0) return { answer: { ...answer, freshness: { ...policy, ageMs: 0 } }, kept: moment === null ? NOTHING : keep(asked, answer, policy, moment) };
    notBefore.set(asked.shape, performance.now() + NOT_KEPT_MS);
    return { answer, kept: NOTHING };
  };

  const keep = async ({ ready, caller, model, shape, keys }: Asked, { text }: Answer, policy: Policy, moment: number): Promise<void> => {
    if (Buffer.byteLength(text) > settings.entryBytesMax || (policy.scope === 'PRIVATE' && isNobody(caller))) return;
    const { data } = JSON.parse(text) as { data: unknown };
    const lifeMs = Math.min(LIFE_MS_MAX, Math.ceil((policy.maxAgeSeconds + settings.staleWhileRevalidateSeconds) * MS_PER_SECOND));
    await store.keep({ key: policy.scope === 'PUBLIC' ? keys.everybody : keys.own, kept: { ...policy, text, moment }, tags: tagsOf(model, shape, ready.variables, data), lifeMs });
  };

  const lead = (key: string, work: Promise<Fetched>): void => {
    const over = work.then(({ kept }) => kept).catch(() => {}); // who fetches tells of it
    leaders.set(key, over);
    void over.finally(() => leaders.delete(key));
  };

  const led = async (asked: Asked, signal: AbortSignal, found: Found): Promise<Answer> => {
    const key = asked.shape.policy.hinted.scope === 'PUBLIC' ? asked.keys.everybody : asked.keys.own;
    const leader = leaders.get(key);
    if (leader === undefined) {
      const work = fetched(asked, signal, found.moment);
      lead(key, work);
      return (await work).answer;
    }
    await leader;
    const { kept, moment } = await find(asked);
    return kept === null ? (await fetched(asked, signal, moment)).answer : fromKept(kept);
  };

  return {
    mayBeKept: (shape) => shape.policy.hinted.maxAgeSeconds !== 0 && performance.now() >= (notBefore.get(shape) ?? 0),
    async read(asked, signal) {
      const found = await find(asked);
      const { kept } = found;
      const stale = kept !== null && kept.ageMs > kept.maxAgeSeconds * MS_PER_SECOND;
      const outcome = kept === null ? 'miss' : stale ? 'stale' : 'hit';
      metrics.cache.inc({ outcome });
      asked.caller.seen.cache = outcome;
      if (kept === null) return led(asked, signal, found);
      if (stale && !leaders.has(asked.keys.own)) lead(asked.keys.own, fetched(asked, AbortSignal.timeout(REFRESH_MS_MAX), found.moment));
      return fromKept(kept);
    },
  };
}

const NOTHING: Promise<unknown> = Promise.resolve();

const fromKept = ({ text, maxAgeSeconds, scope, ageMs }: NonNullable<Found['kept']>): Answer => ({ text, errors: [], freshness: { maxAgeSeconds, scope, ageMs } });
