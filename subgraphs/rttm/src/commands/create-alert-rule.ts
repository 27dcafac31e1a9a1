/** Watches an instrument's last price. Refused: unknown instruments, thresholds not above zero, a key used with other content. */
import { invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { decimal, text } from '@pms/money';
import { alertRuleCreated } from '@pms/schema/events/rttm';
import { contentHash } from '@pms/subgraph/idempotency';
import type { RttmContext } from '../context.ts';
import type { AlertCondition, AlertRule } from '../domain/alerts.ts';
import { findInstrument } from './find-instrument.ts';
import { checkKey, firstResult } from './same-request.ts';

export interface NewAlertRule {
  readonly instrumentId: string;
  readonly condition: AlertCondition;
  readonly threshold: string;
  readonly idempotencyKey: string;
}

export async function createAlertRule(ctx: RttmContext, { idempotencyKey, ...input }: NewAlertRule): Promise<AlertRule> {
  checkKey(idempotencyKey);
  const hash = contentHash(input);
  const { organizationId } = ctx.principal;
  const before = async (): Promise<AlertRule | null> => firstResult(await ctx.store.alertRuleByKey(organizationId, idempotencyKey), hash);
  const known = await before();
  if (known !== null) return known;
  if (!decimal(input.threshold).greaterThan(0)) throw invalid('a threshold is above zero', 'threshold');
  const instrument = await findInstrument(ctx, { instrumentId: input.instrumentId });
  const rule: AlertRule = {
    id: ctx.newId('alr'), organizationId, instrumentId: instrument.id, condition: input.condition, threshold: decimal(input.threshold), createdAt: ctx.now(),
  };
  const inserted = await ctx.store.work(async (unit) => {
    if (!(await unit.insertAlertRule(rule, ctx.principal.subject, idempotencyKey, hash))) return false;
    const facts = { alertRuleId: rule.id, instrumentId: rule.instrumentId, condition: rule.condition, threshold: text(rule.threshold) };
    await unit.outbox.add([event(alertRuleCreated, rule.instrumentId, facts, ctx)]);
    return true;
  });
  const first = inserted ? rule : await before();
  if (first === null) throw new Refusal('CONFLICT', 'the rule was not kept: try again', ['idempotencyKey']);
  return first;
}
