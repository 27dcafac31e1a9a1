/**
 * The text of the operation that a request asks for: sent, named by its hash (automatic persisted queries), or named by its id in the manifest of
 * trusted operations. Where the manifest is enforced nothing else runs; where it is only logged, what else runs is told of.
 */
import { DomainError } from '@pms/errors';
import type { z } from 'zod';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import type { RedisLink } from '@pms/redis/link';
import { hashOf, type Manifest, none, openManifest } from './manifest.ts';
import { persistedQueries } from './persisted.ts';
import type { documentSettings } from './settings.ts';
import { sharedManifest } from './shared-manifest.ts';

export type DocumentSettings = z.output<typeof documentSettings>;

export interface DocumentRequest {
  readonly query?: string;
  /** Of an operation in the manifest. */
  readonly documentId?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Documents {
  /** Throws PersistedQueryError, BAD_USER_INPUT, or FORBIDDEN for what the manifest does not hold. `client` is for the log. */
  textOf(request: DocumentRequest, client: string | null): string | Promise<string>;
  close(): void;
}

/** Its messages and codes are what clients of this protocol look for. */
export class PersistedQueryError extends Error {
  override readonly name = 'PersistedQueryError';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

const notFound = (): PersistedQueryError => new PersistedQueryError('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');
const notSupported = (): PersistedQueryError => new PersistedQueryError('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');

export interface DocumentOptions {
  readonly settings: DocumentSettings;
  readonly redis: RedisLink | null;
  readonly logger: RouterLogger;
  readonly metrics: Pick<RouterMetrics, 'untrusted'>;
}

/** Rejects when the manifest is needed and cannot be read. */
export async function documents({ settings, redis, logger, metrics }: DocumentOptions): Promise<Documents> {
  const { mode, manifest: file } = settings;
  if (mode !== 'off' && file === undefined) throw new Error(`trusted documents are to be used (documents.mode is ${mode}), and documents.manifest names no file`);
  const shared = settings.shareManifests && redis !== null && mode !== 'off' ? sharedManifest(redis) : null;
  const manifest: Manifest = file === undefined ? none : await openManifest(file, logger, { read: (bodies) => shared?.tell(bodies) }).catch((error: unknown) => {
    shared?.close();
    throw error;
  });
  const automatic = mode === 'enforce' || !settings.allowAutomatic ? null : persistedQueries(settings.store === 'memory' ? null : redis, settings.keepSeconds);

  const judged = (text: string, client: string | null): string | Promise<string> => {
    if (mode === 'off' || manifest.holds(text)) return text;
    return shared === null ? untrusted(text, client) : shared.holds(text).then((holds) => (holds ? text : untrusted(text, client)));
  };
  const untrusted = (text: string, client: string | null): string => {
    const hash = hashOf(text);
    metrics.untrusted.inc({ outcome: mode === 'enforce' ? 'refused' : 'logged' });
    logger.warn({ hash, client }, 'an operation is not in the manifest');
    if (mode === 'enforce') throw new DomainError('FORBIDDEN', 'only operations of the manifest may run', { reason: 'QUERY_NOT_IN_SAFELIST' });
    return text;
  };
  const hashed = (hash: string, query: string | undefined, client: string | null): string | Promise<string> => {
    if (query === undefined) {
      const found = automatic?.find(hash);
      return found instanceof Promise ? found.then((text) => judged(text ?? fail(notFound()), client)) : judged(found ?? fail(notFound()), client);
    }
    if (automatic === null) return judged(query, client);
    if (!automatic.keep(hash, query)) throw new DomainError('BAD_USER_INPUT', 'the hash is not that of the query');
    return judged(query, client);
  };
  /** No hash can ever be known. */
  const unsupported = automatic === null && file === undefined;
  const named = (id: string, otherwise: () => string | Promise<string>): string | Promise<string> =>
    (shared === null ? otherwise() : shared.bodyOf(withoutAlgorithm(id)).then((body) => body ?? otherwise()));
  return {
    close() {
      shared?.close();
      manifest.close();
    },
    textOf({ query, documentId, extensions }, client) {
      const hash = hashIn(extensions?.['persistedQuery']);
      const trusted = query === undefined ? bodyIn(manifest, documentId ?? hash) : undefined;
      if (trusted !== undefined) return trusted;
      if (hash !== null) return query === undefined ? named(hash, () => (unsupported ? fail(notSupported()) : hashed(hash, query, client))) : hashed(hash, query, client);
      if (query !== undefined) return judged(query, client);
      return documentId === undefined ? fail(new DomainError('BAD_USER_INPUT', 'the request holds no query')) : named(documentId, () => fail(notFound()));
    },
  };
}

function fail(error: Error): never {
  throw error;
}

/** Null where the request is not about persisted queries. */
function hashIn(extension: unknown): string | null {
  if (extension === undefined || extension === null) return null;
  const { version, sha256Hash } = extension as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== 'string') throw notSupported();
  return sha256Hash;
}

const bodyIn = (manifest: Manifest, id: string | null): string | undefined => (id === null ? undefined : manifest.bodyOf(id) ?? manifest.bodyOf(withoutAlgorithm(id)));

/** `sha256:…` is how ids that are hashes are told from others. */
const withoutAlgorithm = (id: string): string => (id.startsWith('sha256:') ? id.slice('sha256:'.length) : id);
