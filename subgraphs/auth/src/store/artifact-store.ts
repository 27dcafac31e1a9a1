/** What the OAuth server remembers, as sealed rows under hashed ids. Expired rows count as absent and are swept away. */
import type { Sql } from '@pms/events/sql';

export interface Artifact {
  readonly model: string;
  readonly idHash: string;
  readonly sealed: string;
  readonly grantId: string | null;
  readonly uid: string | null;
  readonly accountId: string | null;
  readonly expiresAt: Date;
}

export interface FoundArtifact {
  readonly sealed: string;
  readonly consumedAt: Date | null;
}

export type ArtifactStore = ReturnType<typeof artifactStore>;

const SWEEP_ROWS_MAX = 10_000;
const FOUND = 'sealed, consumed_at as "consumedAt"';

export function artifactStore(sql: Sql) {
  return {
    async upsert(artifact: Artifact): Promise<void> {
      await sql.query(
        `insert into auth.oauth_artifact (model, id_hash, sealed, grant_id, uid, account_id, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (model, id_hash) do update set sealed = excluded.sealed, grant_id = excluded.grant_id, uid = excluded.uid,
           account_id = excluded.account_id, expires_at = excluded.expires_at`,
        [artifact.model, artifact.idHash, artifact.sealed, artifact.grantId, artifact.uid, artifact.accountId, artifact.expiresAt]);
    },
    async find(model: string, idHash: string, at: Date): Promise<FoundArtifact | null> {
      const { rows } = await sql.query<FoundArtifact>(
        `select ${FOUND} from auth.oauth_artifact where model = $1 and id_hash = $2 and expires_at > $3`, [model, idHash, at]);
      return rows[0] ?? null;
    },
    async findByUid(model: string, uid: string, at: Date): Promise<FoundArtifact | null> {
      const { rows } = await sql.query<FoundArtifact>(
        `select ${FOUND} from auth.oauth_artifact where model = $1 and uid = $2 and expires_at > $3`, [model, uid, at]);
      return rows[0] ?? null;
    },
    /** True for the first who consumes it, false for everybody after. */
    async consume(model: string, idHash: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query(
        'update auth.oauth_artifact set consumed_at = $3 where model = $1 and id_hash = $2 and consumed_at is null', [model, idHash, at]);
      return rowCount === 1;
    },
    async destroy(model: string, idHash: string): Promise<void> {
      await sql.query('delete from auth.oauth_artifact where model = $1 and id_hash = $2', [model, idHash]);
    },
    async destroyGrant(grantId: string, model?: string): Promise<void> {
      await sql.query('delete from auth.oauth_artifact where grant_id = $1 and ($2::text is null or model = $2)', [grantId, model ?? null]);
    },
    async sweep(at: Date): Promise<void> {
      await sql.query(
        `delete from auth.oauth_artifact where (model, id_hash) in
           (select model, id_hash from auth.oauth_artifact where expires_at <= $1 limit ${SWEEP_ROWS_MAX})`, [at]);
    },
  };
}
