/** What one transaction may write of reconciliations: a statement's versions follow one another under the lock of their custodian. */
import type { Sql } from '@pms/events/sql';
import { matchedCount, type Reconciliation } from '../../domain/custody/reconciliation.ts';
import type { Basis } from '../../domain/custody/statement.ts';
import { linesJson } from './custody-rows.ts';

/** An account as a custodian states it. */
export interface Slot {
  readonly organizationId: string;
  readonly custodian: string;
  readonly account: string;
  readonly basis: Basis;
}

export interface EarlierVersion {
  readonly id: string;
  readonly version: number;
  readonly contentHash: string;
  readonly superseded: boolean;
}

export function custodyWrites(sql: Sql) {
  return {
    /** Until the transaction ends, nobody else imports statements of this custodian. */
    lockCustodian: async (organizationId: string, custodian: string): Promise<void> =>
      void (await sql.query("select pg_advisory_xact_lock(hashtextextended('custodian ' || $1 || ' ' || $2, 0))", [organizationId, custodian])),

    async versionsOf({ organizationId, custodian, account, basis }: Slot, statedOn: string): Promise<EarlierVersion[]> {
      const { rows } = await sql.query<EarlierVersion>(
        `select id, version, content_hash as "contentHash", superseded_by is not null as superseded from transactional.reconciliation
         where organization_id = $1 and custodian = $2 and account = $3 and basis = $4 and stated_on = $5 order by version`, [organizationId, custodian, account, basis, statedOn]);
      return rows;
    },

    /** Null where there is none yet. */
    async latestStatedOn({ organizationId, custodian, account, basis }: Slot): Promise<string | null> {
      const { rows: [row] } = await sql.query<{ day: string | null }>(
        'select max(stated_on)::text as day from transactional.reconciliation where organization_id = $1 and custodian = $2 and account = $3 and basis = $4', [organizationId, custodian, account, basis]);
      return row?.day ?? null;
    },

    async insertReconciliation(made: Reconciliation): Promise<void> {
      await sql.query(
        `insert into transactional.reconciliation (id, organization_id, portfolio_id, custodian, account, stated_on, basis, version, reference, format, content_hash,
           quantity_tolerance, cash_tolerance, compared_at, compared_by, matched, differing, lines)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
        [made.id, made.organizationId, made.portfolioId, made.custodian, made.account, made.statedOn, made.basis, made.version, made.reference, made.format, made.contentHash,
          made.tolerances.quantity.toFixed(), made.tolerances.cash.toFixed(), made.comparedAt, made.comparedBy, matchedCount(made.lines), made.lines.length - matchedCount(made.lines), linesJson(made.lines)]);
    },

    supersede: async (organizationId: string, id: string, by: string): Promise<void> =>
      void (await sql.query('update transactional.reconciliation set superseded_by = $3 where organization_id = $1 and id = $2', [organizationId, id, by])),
  };
}
