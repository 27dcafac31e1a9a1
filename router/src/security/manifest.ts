/** A manifest of trusted operations: read from a file whenever it changes, by id and by text; the last good one stays. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RouterLogger } from '../observe.ts';
import { watchFile } from '../supergraph/watch-file.ts';

export interface Manifest {
  /** The operation of that id; `undefined` when there is none. */
  bodyOf(id: string): string | undefined;
  /** Whether the text is that of an operation, spaces and comments aside. */
  holds(text: string): boolean;
  close(): void;
}

const LOOK_EVERY_MS = 1_000;
const TEXTS_MAX = 2_000;

const ofApollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'), version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1), clientName: z.string().nullish() })),
});
const ofRelay = z.record(z.string().min(1), z.string().min(1));

/** Operations by id. Throws for what is no manifest of either form. */
export function readManifest(text: string): ReadonlyMap<string, string> {
  const json: unknown = JSON.parse(text);
  if (typeof json === 'object' && json !== null && 'operations' in json && Array.isArray(json.operations))
    return new Map(ofApollo.parse(json).operations.map(({ id, body }) => [id, body]));
  return new Map(Object.entries(ofRelay.parse(json)));
}

export const none: Manifest = { bodyOf: () => undefined, holds: () => false, close: () => {} };

interface ManifestOptions {
  readonly everyMs?: number;
  /** Called with each good manifest. */
  readonly read?: (bodies: ReadonlyMap<string, string>) => void;
}

/** Rejects when there is no such file, or when it is no manifest. */
export async function openManifest(file: string, logger: RouterLogger, { everyMs = LOOK_EVERY_MS, read = () => {} }: ManifestOptions = {}): Promise<Manifest> {
  const first = await readFile(file, 'utf8');
  let current = indexed(readManifest(first));
  read(current.bodies);
  const close = watchFile(file, {
    everyMs, seen: first,
    async changed(text) {
      try {
        current = indexed(readManifest(text));
        read(current.bodies);
        logger.info({ file, operations: current.bodies.size }, 'a new manifest of operations is in use');
      } catch (error) {
        logger.warn({ file, reason: error instanceof Error ? error.message : String(error) }, 'the manifest of operations cannot be used; the last good one stays');
      }
    },
  });
  return { bodyOf: (id) => current.bodies.get(id), holds: (text) => current.holds(text), close };
}

function indexed(bodies: ReadonlyMap<string, string>): { readonly bodies: ReadonlyMap<string, string>; holds(text: string): boolean } {
  const exact = new Set(bodies.values());
  const plain = new Set([...exact].map(plainOf));
  const judged = new LRUCache<string, boolean>({ max: TEXTS_MAX });
  return {
    bodies,
    holds(text) {
      if (exact.has(text)) return true;
      const key = hashOf(text);
      let verdict = judged.get(key);
      if (verdict === undefined) judged.set(key, verdict = plain.has(plainOf(text)));
      return verdict;
    },
  };
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Without spaces and comments. */
export function plainOf(text: string): string {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return text; // no GraphQL, and no operation of a manifest either
  }
}
