/** Automatic persisted queries: a client sends a hash, and the text only when the hash is not known. Bounded. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const QUERIES_MAX = 2_000;
const CHARACTERS_MAX = 16 * 1024 * 1024;

export type PersistedOutcome =
  | { readonly outcome: 'query'; readonly query: string }
  | { readonly outcome: 'not found' | 'mismatch' | 'unsupported' };

export interface PersistedQueries {
  resolve(query: string | undefined, extension: unknown): PersistedOutcome | null;
}

/** `resolve` is null when the request is not about persisted queries. */
export function persistedQueries(): PersistedQueries {
  const known = new LRUCache<string, string>({ max: QUERIES_MAX, maxSize: CHARACTERS_MAX, sizeCalculation: (text) => text.length + 1 });
  return {
    resolve(query, extension) {
      if (extension === undefined || extension === null) return null;
      const { version, sha256Hash } = extension as { version?: unknown; sha256Hash?: unknown };
      if (version !== 1 || typeof sha256Hash !== 'string') return { outcome: 'unsupported' };
      if (query === undefined) {
        const text = known.get(sha256Hash);
        return text === undefined ? { outcome: 'not found' } : { outcome: 'query', query: text };
      }
      if (createHash('sha256').update(query).digest('hex') !== sha256Hash) return { outcome: 'mismatch' };
      known.set(sha256Hash, query);
      return { outcome: 'query', query };
    },
  };
}
