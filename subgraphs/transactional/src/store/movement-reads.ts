/** Movements of cash by the keys under which they were asked for. */
import type { Sql } from '@pms/events/sql';

export const movementReads = (sql: Sql) => ({
  async movementKeys(organizationId: string, portfolioId: string, keys: readonly string[]): Promise<string[]> {
    const { rows } = await sql.query<{ key: string }>(
      'select idempotency_key as key from transactional.cash_movement where organization_id = $1 and portfolio_id = $2 and idempotency_key = any($3) order by 1', [organizationId, portfolioId, keys]);
    return rows.map(({ key }) => key);
  },
});
