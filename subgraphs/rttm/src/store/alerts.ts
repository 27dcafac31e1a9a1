/** Alert rules and the alerts they raised. */
import type { Sql } from '@pms/events/sql';
import { decimal, text } from '@pms/money';
import type { Prisma, PrismaClient } from '@pms/prisma/rttm';
import type { Page } from '@pms/subgraph/connection';
import type { Alert, AlertCondition, AlertRule, WatchedRule } from '../domain/alerts.ts';
import type { Made } from './instruments.ts';

export interface AlertFilter {
  readonly instrumentId?: string | null | undefined;
  readonly alertRuleId?: string | null | undefined;
}

type RuleRow = Awaited<ReturnType<PrismaClient['alertRule']['findMany']>>[number];
type AlertRow = Awaited<ReturnType<PrismaClient['alert']['findMany']>>[number];

const ruleOf = (row: RuleRow): AlertRule => ({
  id: row.id, organizationId: row.organizationId, instrumentId: row.instrumentId, condition: row.condition as AlertCondition,
  threshold: decimal(row.threshold.toFixed()), createdAt: row.createdAt,
});
const alertOf = (row: AlertRow): Alert => ({
  id: row.id, organizationId: row.organizationId, alertRuleId: row.alertRuleId, instrumentId: row.instrumentId,
  last: decimal(row.last.toFixed()), simulated: row.simulated, message: row.message, raisedAt: row.raisedAt,
});

export function alertReads(prisma: PrismaClient, sql: Sql) {
  return {
    async alertRules(organizationId: string, ids: readonly string[]): Promise<AlertRule[]> {
      return (await prisma.alertRule.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(ruleOf);
    },
    async alertRuleByKey(organizationId: string, idempotencyKey: string): Promise<Made<AlertRule> | null> {
      const row = await prisma.alertRule.findUnique({ where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } } });
      return row === null ? null : { thing: ruleOf(row), contentHash: row.contentHash };
    },
    /** Newest first. */
    async alertPage(organizationId: string, filter: AlertFilter, page: Page): Promise<Alert[]> {
      const where: Prisma.AlertWhereInput = {
        organizationId,
        ...(filter.instrumentId == null ? {} : { instrumentId: filter.instrumentId }),
        ...(filter.alertRuleId == null ? {} : { alertRuleId: filter.alertRuleId }),
        ...(page.from === null ? {} : { id: page.backward ? { gt: page.from[0] ?? '' } : { lt: page.from[0] ?? '' } }),
      };
      return (await prisma.alert.findMany({ where, orderBy: { id: page.backward ? 'asc' : 'desc' }, take: page.limit })).map(alertOf);
    },
    async rulesWatching(instrumentIds: readonly string[]): Promise<WatchedRule[]> {
      const { rows } = await sql.query<WatchedRow>(
        `select r.id, r.organization_id, r.instrument_id, r.condition, r.threshold, r.created_at, r.armed, r.last_raised_at, i.symbol, coalesce(i.quote_unit, i.currency) as currency
         from rttm.alert_rule as r join rttm.instrument as i on i.id = r.instrument_id where r.instrument_id = any($1)`, [instrumentIds]);
      return rows.map((row) => ({
        id: row.id, organizationId: row.organization_id, instrumentId: row.instrument_id, condition: row.condition, threshold: decimal(row.threshold),
        createdAt: row.created_at, armed: row.armed, lastRaisedAt: row.last_raised_at, symbol: row.symbol, currency: row.currency,
      }));
    },
  };
}

interface WatchedRow {
  readonly id: string;
  readonly organization_id: string;
  readonly instrument_id: string;
  readonly condition: AlertCondition;
  readonly threshold: string;
  readonly created_at: Date;
  readonly armed: boolean;
  readonly last_raised_at: Date | null;
  readonly symbol: string;
  readonly currency: string;
}

/** False when the key is taken. */
export async function insertAlertRule(sql: Sql, rule: AlertRule, createdBy: string, idempotencyKey: string, contentHash: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into rttm.alert_rule (id, organization_id, instrument_id, condition, threshold, created_by, idempotency_key, content_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [rule.id, rule.organizationId, rule.instrumentId, rule.condition, text(rule.threshold), createdBy, idempotencyKey, contentHash, rule.createdAt]);
  return rowCount === 1;
}

export async function armRules(sql: Sql, ruleIds: readonly string[]): Promise<void> {
  await sql.query('update rttm.alert_rule set armed = true where id = any($1)', [ruleIds]);
}

/** False when another process raised it first. */
export async function insertAlert(sql: Sql, alert: Alert): Promise<boolean> {
  const { rowCount } = await sql.query('update rttm.alert_rule set armed = false, last_raised_at = $2 where id = $1 and armed', [alert.alertRuleId, alert.raisedAt]);
  if (rowCount === 0) return false;
  await sql.query(
    `insert into rttm.alert (id, organization_id, alert_rule_id, instrument_id, last, simulated, message, raised_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [alert.id, alert.organizationId, alert.alertRuleId, alert.instrumentId, text(alert.last), alert.simulated, alert.message, alert.raisedAt]);
  return true;
}
