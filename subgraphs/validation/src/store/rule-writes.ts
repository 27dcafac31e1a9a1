/** How rules and the restricted list are written. */
import type { Sql } from '@pms/events/sql';
import { parametersOf, type Rule } from '../domain/rule.ts';
import { RULE_COLUMNS, type RuleRow, toRule } from './rows.ts';

export interface Idempotent {
  readonly idempotencyKey: string | null;
  readonly contentHash: string;
}

export interface Actor {
  readonly organizationId: string;
  readonly subject: string;
}

export function ruleWrites(sql: Sql) {
  return {
    /** Null once it is inserted; otherwise what was there under its key. */
    async insertRule({ organizationId, subject }: Actor, rule: Rule, { idempotencyKey, contentHash }: Idempotent, at: Date): Promise<{ id: string; contentHash: string } | null> {
      const { rowCount } = await sql.query(
        `insert into validation.compliance_rule (id, organization_id, name, kind, severity, parameters, portfolio_id, enabled, created_at, created_by, updated_at, updated_by,
           idempotency_key, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, $11, $12) on conflict (organization_id, idempotency_key) do nothing`,
        [rule.id, organizationId, rule.name, rule.demand.kind, rule.severity, JSON.stringify(parametersOf(rule.demand)), rule.portfolioId, rule.enabled, at, subject,
          idempotencyKey, contentHash]);
      if (rowCount === 1) return null;
      const { rows } = await sql.query<{ id: string; contentHash: string }>(
        'select id, content_hash as "contentHash" from validation.compliance_rule where organization_id = $1 and idempotency_key = $2', [organizationId, idempotencyKey]);
      const [earlier] = rows;
      if (earlier === undefined) throw new Error('no rule has the key that was in the way of another');
      return earlier;
    },

    /** Locked until the transaction ends; null when it is unknown or another organisation's. */
    async ruleForUpdate(organizationId: string, id: string): Promise<Rule | null> {
      const { rows } = await sql.query<RuleRow>(
        `select ${RULE_COLUMNS} from validation.compliance_rule where organization_id = $1 and id = $2 for update`, [organizationId, id]);
      return rows[0] === undefined ? null : toRule(rows[0]);
    },

    async saveRule(rule: Rule, { subject }: Actor, at: Date): Promise<void> {
      await sql.query(
        'update validation.compliance_rule set name = $2, severity = $3, parameters = $4, enabled = $5, updated_at = $6, updated_by = $7 where id = $1',
        [rule.id, rule.name, rule.severity, JSON.stringify(parametersOf(rule.demand)), rule.enabled, at, subject]);
    },

    /** Resolves to what was on it before, sorted. */
    async replaceRestrictedList({ organizationId, subject }: Actor, instrumentIds: readonly string[], at: Date): Promise<string[]> {
      // one list an organisation: two that are set at once leave one of them, not their union
      await sql.query("select pg_advisory_xact_lock(hashtextextended('validation.restricted ' || $1, 0))", [organizationId]);
      const { rows } = await sql.query<{ id: string }>('delete from validation.restricted_instrument where organization_id = $1 returning instrument_id as id', [organizationId]);
      await sql.query(
        'insert into validation.restricted_instrument (organization_id, set_at, set_by, instrument_id) select $1, $2, $3, unnest($4::text[])',
        [organizationId, at, subject, instrumentIds]);
      return rows.map(({ id }) => id).toSorted();
    },
  };
}
