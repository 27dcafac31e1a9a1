/** Movements of cash by the keys under which they were asked for, and by what they are known by. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import type { DividendOf } from '../domain/cash-items.ts';
import type { Movement } from '../domain/cash-movement.ts';

export interface KnownMovement {
  readonly id: string;
  readonly portfolioId: string;
  readonly movement: Movement;
  readonly currency: string;
  /** Positive; of a dividend, gross. */
  readonly amount: Decimal;
  readonly dividend: DividendOf | undefined;
  readonly effectiveOn: string;
}

export const movementReads = (sql: Sql) => ({
  async movementKeys(organizationId: string, portfolioId: string, keys: readonly string[]): Promise<string[]> {
    const { rows } = await sql.query<{ key: string }>(
      'select idempotency_key as key from transactional.cash_movement where organization_id = $1 and portfolio_id = $2 and idempotency_key = any($3) order by 1', [organizationId, portfolioId, keys]);
    return rows.map(({ key }) => key);
  },

  /** Null for one that is unknown or another organisation's. */
  async cashMovement(organizationId: string, id: string): Promise<KnownMovement | null> {
    const { rows: [row] } = await sql.query<Omit<KnownMovement, 'amount' | 'dividend'> & { readonly amount: string; readonly instrumentId: string | null; readonly tax: string | null }>(
      `select id, portfolio_id as "portfolioId", kind as movement, currency, amount, effective_on::text as "effectiveOn", instrument_id as "instrumentId", tax from transactional.cash_movement
       where organization_id = $1 and id = $2`, [organizationId, id]);
    if (row === undefined) return null;
    const { instrumentId, tax, ...movement } = row;
    return { ...movement, amount: decimal(row.amount), dividend: instrumentId === null ? undefined : { instrumentId, tax: decimal(tax ?? '0') } };
  },
});
