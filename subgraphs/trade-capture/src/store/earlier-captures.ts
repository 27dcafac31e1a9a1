/** Finds what was captured before, inside a transaction or outside of one. */
import type { Sql } from '@pms/events/sql';
import type { Earlier } from '../domain/capture.ts';

/** What was captured before under any of these names or keys. */
export async function earlierCaptures(sql: Sql, organizationId: string, externalIds: readonly string[], keys: readonly string[]): Promise<Earlier[]> {
  const { rows } = await sql.query<Earlier>(
    `select id as "tradeId", external_id as "externalId", idempotency_key as "idempotencyKey", content_hash as "contentHash"
     from trade_capture.trade where organization_id = $1 and external_id = any($2)
     union
     select id, external_id, idempotency_key, content_hash from trade_capture.trade where organization_id = $1 and idempotency_key = any($3)`,
    [organizationId, externalIds, keys]);
  return rows;
}
