/** Checkpoints as they are kept in the database, and the hashes that they are made of. */
import type { Sql } from '@pms/events/sql';
import type { Page } from '@pms/subgraph/connection';
import type { SignedCheckpoint } from '../domain/checkpoint.ts';
import type { Subtree } from '../domain/merkle.ts';

export interface KeptCheckpoint extends SignedCheckpoint {
  readonly subtrees: readonly Subtree[];
}

interface Row extends Omit<KeptCheckpoint, 'size' | 'takenAt'> {
  /** bigint arrives as text. */
  readonly size: string;
  readonly takenAt: Date;
}

const CHECKPOINT = 'organization_id as "organizationId", size, root_hash as "rootHash", taken_at as "takenAt", signature, subtrees';
const toCheckpoint = (row: Row): KeptCheckpoint => ({ ...row, size: Number(row.size), takenAt: row.takenAt.toISOString() });

const HASHES_PAGE = 10_000;

export function checkpoints(sql: Sql) {
  return {
    async last(organizationId: string): Promise<KeptCheckpoint | null> {
      const { rows: [row] } = await sql.query<Row>(`select ${CHECKPOINT} from audit.checkpoint where organization_id = $1 order by size desc limit 1`, [organizationId]);
      return row === undefined ? null : toCheckpoint(row);
    },

    async page(organizationId: string, { from, backward, limit }: Pick<Page, 'from' | 'backward' | 'limit'>): Promise<readonly KeptCheckpoint[]> {
      const { rows } = await sql.query<Row>(
        `select ${CHECKPOINT} from audit.checkpoint where organization_id = $1 and ($2::bigint is null or size ${backward ? '<' : '>'} $2::bigint)
          order by size ${backward ? 'desc' : 'asc'} limit ${limit}`, [organizationId, from?.[0] ?? null]);
      return rows.map(toCheckpoint);
    },

    async insert({ organizationId, size, rootHash, takenAt, signature, subtrees }: KeptCheckpoint): Promise<void> {
      await sql.query(
        `insert into audit.checkpoint (organization_id, size, root_hash, taken_at, signature, subtrees) values ($1, $2, $3, $4, $5, $6)`,
        [organizationId, size, rootHash, takenAt, signature, JSON.stringify(subtrees)]);
    },

    /** Of the entries behind `after` and up to `upTo`, in order. */
    async *hashes(organizationId: string, after: number, upTo: number): AsyncGenerator<string> {
      for (let last = after; last < upTo;) {
        const { rows } = await sql.query<{ hash: string; seq: string }>(
          `select hash, seq from audit.chain_entry where organization_id = $1 and seq > $2 and seq <= $3 order by seq limit ${HASHES_PAGE}`, [organizationId, last, upTo]);
        for (const { hash } of rows) yield hash;
        if (rows.length < HASHES_PAGE) return;
        last = Number(rows.at(-1)?.seq ?? upTo);
      }
    },

    /**
     * Resolves once what this process can see is safe: on the server's disk, and confirmed by its synchronous replica where it has one. A commit is confirmed only behind
     * all that stands before it in the log; this is one that says nothing. Not of the transaction under way, whose commit is still to come.
     */
    async confirmed(): Promise<void> {
      await sql.query(`with hurried as materialized (select set_config('synchronous_commit', 'on', true)) select pg_logical_emit_message(true, 'pms.checkpoint', '') from hurried`);
    },

    /** False where another takes one of this organisation now; held until the transaction ends. */
    async mine(organizationId: string): Promise<boolean> {
      const { rows: [row] } = await sql.query<{ locked: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked`, [`pms-audit-checkpoint ${organizationId}`]);
      return row?.locked === true;
    },
  };
}
