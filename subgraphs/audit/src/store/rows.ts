/** Rows of the chain as domain values. */
import type { ChainedEntry, Head } from '../domain/hash-chain.ts';

export interface EntryRow extends Omit<ChainedEntry, 'seq' | 'occurredAt' | 'recordedAt'> {
  /** bigint arrives as text. */
  readonly seq: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

export const ENTRY = `organization_id as "organizationId", seq, event_id as "eventId", type, action, actor, subjects, occurred_at as "occurredAt",
  recorded_at as "recordedAt", reason, correlation_id as "correlationId", causation_id as "causationId", data, previous_hash as "previousHash", hash`;

export const toEntry = (row: EntryRow): ChainedEntry => ({
  organizationId: row.organizationId, seq: Number(row.seq), eventId: row.eventId, type: row.type, action: row.action, actor: row.actor, subjects: row.subjects,
  occurredAt: row.occurredAt.toISOString(), recordedAt: row.recordedAt.toISOString(), reason: row.reason, correlationId: row.correlationId,
  causationId: row.causationId, data: row.data, previousHash: row.previousHash, hash: row.hash,
});

export interface HeadRow extends Omit<Head, 'seq' | 'recordedAt'> {
  readonly seq: string;
  readonly recordedAt: Date;
  readonly seal: string;
}

export const HEAD = 'organization_id as "organizationId", seq, hash, recorded_at as "recordedAt", seal';

export interface SealedHead {
  readonly head: Head;
  readonly seal: string;
}

export const toSealedHead = ({ organizationId, seq, hash, recordedAt, seal }: HeadRow): SealedHead =>
  ({ head: { organizationId, seq: Number(seq), hash, recordedAt: recordedAt.toISOString() }, seal });
