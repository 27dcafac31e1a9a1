/** What one rule says about one trade, and the figures it says it from. What cannot be decided is never silently allowed. */
import type { Rule, RuleKind, Severity } from './rule.ts';

export type CheckOutcome = 'PASSED' | 'FAILED' | 'WARNED' | 'NEEDS_APPROVAL';

export interface Check {
  readonly rule: string;
  readonly kind: RuleKind;
  /** Null for a built-in rule. */
  readonly ruleId: string | null;
  readonly outcome: CheckOutcome;
  readonly message: string;
  /** By name; decimals as text. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Before the rule's severity is considered. */
export interface Finding {
  readonly holds: 'YES' | 'NO' | 'UNKNOWN';
  readonly message: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export const checkOf = ({ name, demand, id, builtIn, severity }: Rule, { holds, message, inputs }: Finding): Check => ({
  rule: name, kind: demand.kind, ruleId: builtIn ? null : id, outcome: outcomeOf(holds, severity), message, inputs,
});

const broken: Readonly<Record<Severity, CheckOutcome>> = { BLOCK: 'FAILED', WARN: 'WARNED', NEEDS_APPROVAL: 'NEEDS_APPROVAL' };

/** A rule that cannot be decided asks a person, unless it would only have warned. */
function outcomeOf(holds: Finding['holds'], severity: Severity): CheckOutcome {
  if (holds === 'YES') return 'PASSED';
  if (holds === 'NO') return broken[severity];
  return severity === 'WARN' ? 'WARNED' : 'NEEDS_APPROVAL';
}
