/** Whose access tokens were revoked, and when last. Rows are swept away once every token of that time has expired. */
import type { Sql } from '@pms/events/sql';
import type { Revocation } from '@pms/identity/revocations';
import { SERVICE_TOKEN_SECONDS, USER_TOKEN_SECONDS } from '../oauth/access-token.ts';

const MS_PER_SECOND = 1_000;
const ROWS_MAX = 10_000;
const SWEEP_AFTER_MS = 2 * Math.max(USER_TOKEN_SECONDS, SERVICE_TOKEN_SECONDS) * MS_PER_SECOND;


export function revocationStore(sql: Sql) {
  return {
    /** The latest first, at most 10,000. */
    async since(at: Date): Promise<Revocation[]> {
      const { rows } = await sql.query<{ subject: string; at: Date; spared: string | null }>('select subject, at, spared from auth.revocation where at >= $1 order by at desc limit $2', [at, ROWS_MAX]);
      return rows.map((row) => ({ subject: row.subject, at: row.at.getTime(), ...(row.spared === null ? {} : { spared: row.spared }) }));
    },
    async sweep(at: Date): Promise<void> {
      await sql.query('delete from auth.revocation where at < $1', [new Date(at.getTime() - SWEEP_AFTER_MS)]);
    },
  };
}
