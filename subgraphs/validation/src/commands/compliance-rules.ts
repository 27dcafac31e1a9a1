/** Adds and changes rules; both are told, with who did it and why. */
import { invalid, Refusal } from '@pms/errors';
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { assetClasses } from '@pms/schema/events/rttm';
import { complianceRuleCreated, complianceRuleUpdated } from '@pms/schema/events/validation';
import { contentHash } from '@pms/subgraph/idempotency';
import type { ValidationContext } from '../context.ts';
import { checkSeverity, demandOf, type Parameters, parametersOf, type Rule, type RuleKind, type Severity } from '../domain/rule.ts';
import { knownPortfolio } from './references.ts';

export interface NewRule {
  readonly name: string;
  readonly kind: RuleKind;
  readonly severity: Severity;
  readonly portfolioId?: string | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly parameters?: Parameters | null | undefined;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export interface RuleChange {
  readonly ruleId: string;
  readonly name?: string | null | undefined;
  readonly severity?: Severity | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly parameters?: Parameters | null | undefined;
  readonly reason?: string | null | undefined;
}

const NAME_LENGTH_MAX = 200;

export async function createComplianceRule(ctx: ValidationContext, input: NewRule): Promise<Rule> {
  checkSeverity(input.kind, input.severity);
  const at = ctx.now();
  const { organizationId, subject } = ctx.principal;
  const rule: Rule = {
    id: ctx.newId('rul'), name: nameOf(input.name), demand: demandOf(input.kind, input.parameters ?? {}, assetClasses), severity: input.severity,
    portfolioId: input.portfolioId == null ? null : (await knownPortfolio(ctx, input.portfolioId)).id,
    enabled: input.enabled ?? true, builtIn: false, updatedAt: at, updatedBy: subject,
  };
  const hash = contentHash({ ...input, reason: null });
  const earlier = await ctx.store.transaction(async (tx) => {
    const found = await tx.insertRule({ organizationId, subject }, rule, { idempotencyKey: input.idempotencyKey ?? null, contentHash: hash }, at);
    if (found === null) await tx.outbox.add([event(complianceRuleCreated, rule.id, factsOf(rule), makerOf(ctx, input.reason))]);
    return found;
  });
  if (earlier === null) return rule;
  if (earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'another rule was created with this idempotencyKey', ['idempotencyKey']);
  return (await ctx.store.ownRules(organizationId)).find(({ id }) => id === earlier.id) ?? rule;
}

export async function updateComplianceRule(ctx: ValidationContext, input: RuleChange): Promise<Rule> {
  const at = ctx.now();
  const { organizationId, subject } = ctx.principal;
  if (input.ruleId.startsWith('built-in:')) throw invalid('a built-in rule does not change: create a rule of its kind, which takes its place', 'ruleId');
  return ctx.store.transaction(async (tx) => {
    const before = await tx.ruleForUpdate(organizationId, input.ruleId);
    if (before === null) throw new Refusal('NOT_FOUND', 'there is no such rule', ['ruleId']);
    const after = { ...changed(before, input), updatedAt: at, updatedBy: subject };
    checkSeverity(after.demand.kind, after.severity);
    await tx.saveRule(after, { organizationId, subject }, at);
    await tx.outbox.add([event(complianceRuleUpdated, after.id, { ...factsOf(after), before: replaced(factsOf(before), factsOf(after)) }, makerOf(ctx, input.reason))]);
    return after;
  });
}

const changed = (rule: Rule, { name, severity, enabled, parameters }: RuleChange): Rule => ({
  ...rule, name: name == null ? rule.name : nameOf(name), severity: severity ?? rule.severity, enabled: enabled ?? rule.enabled,
  demand: parameters == null ? rule.demand : demandOf(rule.demand.kind, parameters, assetClasses),
});

function nameOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > NAME_LENGTH_MAX) throw invalid(`a name has 1 to ${NAME_LENGTH_MAX} characters`, 'name');
  return trimmed;
}

const factsOf = ({ id, name, demand, severity, portfolioId, enabled }: Rule) =>
  ({ ruleId: id, name, kind: demand.kind, severity, parameters: { ...parametersOf(demand) }, portfolioId, enabled });

const makerOf = ({ origin, newId, now }: ValidationContext, reason: string | null | undefined) => ({ origin: { ...origin, reason: reason ?? undefined }, newId, now });
