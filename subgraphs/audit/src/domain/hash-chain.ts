/**
 * The audit chain of one organisation: every entry's hash is SHA-256 over the bytes of the previous hash and the entry's
 * canonical JSON, so that none can be changed, removed or put in between without every later hash being wrong.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** What is hashed. Instants are RFC 3339 in UTC, to the millisecond. */
export interface Entry {
  readonly organizationId: string;
  /** 1, 2, 3, … with no gap. */
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly action: string;
  readonly actor: string;
  readonly subjects: readonly string[];
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: unknown;
}

export interface ChainedEntry extends Entry {
  /** Hexadecimal, as `hash`. */
  readonly previousHash: string;
  readonly hash: string;
}

/** Where a chain ends. */
export interface Head {
  readonly organizationId: string;
  readonly seq: number;
  readonly hash: string;
  readonly recordedAt: string;
}

/** What the first entry is chained to. */
export const GENESIS = '0'.repeat(64);

export function entryHash(previousHash: string, entry: Entry): string {
  const { organizationId, seq, eventId, type, action, actor, subjects, occurredAt, recordedAt, reason, correlationId, causationId, data } = entry;
  const body = { organizationId, seq, eventId, type, action, actor, subjects, occurredAt, recordedAt, reason, correlationId, causationId, data };
  return createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(canonicalJson(body)).digest('hex');
}

export const emptyChain = (organizationId: string): Head => ({ organizationId, seq: 0, hash: GENESIS, recordedAt: '1970-01-01T00:00:00.000Z' });

/** The entries as chained behind `head`, and the new head. Time never runs backwards along a chain. */
export function chain(head: Head, entries: readonly Omit<Entry, 'seq' | 'organizationId'>[]): { readonly chained: readonly ChainedEntry[]; readonly head: Head } {
  let last = head;
  const chained = entries.map((entry): ChainedEntry => {
    const recordedAt = entry.recordedAt < last.recordedAt ? last.recordedAt : entry.recordedAt;
    const placed: Entry = { ...entry, organizationId: head.organizationId, seq: last.seq + 1, recordedAt };
    const done = { ...placed, previousHash: last.hash, hash: entryHash(last.hash, placed) };
    last = { organizationId: head.organizationId, seq: done.seq, hash: done.hash, recordedAt };
    return done;
  });
  return { chained, head: last };
}

/** A keyed hash over a head, hexadecimal: who writes to the tables and has not the key cannot make one. */
export const sealOf = (head: Head, key: string): string => createHmac('sha256', key).update(canonicalJson({ ...head })).digest('hex');

export function sealHolds(head: Head, seal: string, key: string): boolean {
  const [one, other] = [Buffer.from(sealOf(head, key)), Buffer.from(seal)];
  return one.length === other.length && timingSafeEqual(one, other);
}
