/** A check that did not pass, as it is listed. */
import type { CheckOutcome } from './check.ts';
import type { RuleKind } from './rule.ts';

export interface Breach {
  readonly id: string;
  readonly at: Date;
  readonly portfolioId: string;
  readonly tradeId: string;
  readonly version: number;
  /** Null for a built-in rule. */
  readonly ruleId: string | null;
  readonly rule: string;
  readonly kind: RuleKind;
  readonly outcome: CheckOutcome;
  readonly message: string;
}
