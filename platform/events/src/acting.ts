/**
 * For which organisations the present work is done: carried along with it, and said to Postgres by whatever connection it takes (prisma/isolated.ts), where
 * row-level security holds it to them. Work for nobody in particular sees nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Acting {
  /** What Postgres is told as `pms.organization`: one id, several with commas between, or `*`. */
  readonly setting: string;
  /** One organisation is a request's matter; several, or all, are background work's, which has a role of its own. */
  readonly wide: boolean;
}

/** More are looked for in a list a row at a time: from there on the work acts for all. */
const LISTED_MAX = 50;
const SEPARATOR = ',';
const EVERYBODY = '*';

const ALL: Acting = { setting: EVERYBODY, wide: true };
const NOBODY: Acting = { setting: '', wide: false };

const present = new AsyncLocalStorage<Acting>();

/** Of the work that asks. */
export const acting = (): Acting => present.getStore() ?? NOBODY;

/** Runs work for one organisation, or for those of a batch. Throws for an id that Postgres would read as more than one. */
export const actingFor = <T>(organizations: string | Iterable<string>, work: () => T): T => present.run(actingOf(organizations), begun, work);

/** Runs work over all organisations: what a domain does by itself, on nobody's request. */
export const actingForAll = <T>(work: () => T): T => present.run(ALL, begun, work);

/** What begins only when it is waited for, as Prisma's queries do, begins now: whoever waits may act for others. */
function begun<T>(work: () => T): T {
  const answer = work();
  return isLazy(answer) ? (new Promise((resolve, reject) => { answer.then(resolve, reject); }) as T) : answer;
}

const isLazy = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof answer === 'object' && answer !== null && !(answer instanceof Promise) && 'then' in answer && typeof answer.then === 'function';

function actingOf(organizations: string | Iterable<string>): Acting {
  const before = present.getStore();
  if (before?.setting === organizations && !before.wide) return before;
  const ids = typeof organizations === 'string' ? [organizations] : [...new Set(organizations)];
  for (const id of ids) if (id === EVERYBODY || id.includes(SEPARATOR)) throw new Error('this is no id of an organisation');
  const [only = ''] = ids;
  if (ids.length <= 1) return { setting: only, wide: false };
  return ids.length > LISTED_MAX ? ALL : { setting: ids.join(SEPARATOR), wide: true };
}

/** Each step of an iterator is work of its own: all of them act as the work does that this is called in. */
export function actingThroughout<T>(source: AsyncIterable<T>): AsyncIterableIterator<T> {
  const own = acting();
  const iterator = present.run(own, () => source[Symbol.asyncIterator]());
  const ended = async (value?: unknown): Promise<IteratorResult<T>> => ({ done: true, value });
  const failed = async (error: unknown): Promise<never> => { throw error; };
  return {
    next: () => present.run(own, () => iterator.next()),
    return: (value?: unknown) => present.run(own, () => iterator.return?.(value) ?? ended(value)),
    throw: (error?: unknown) => present.run(own, () => iterator.throw?.(error) ?? failed(error)),
    [Symbol.asyncIterator]() { return this; },
  };
}
