/** Rules over the last price, and when they raise an alert. Thresholds are in the unit that the instrument is quoted in. */
import { type Decimal, text } from '@pms/money';

export type AlertCondition = 'ABOVE' | 'BELOW';

export interface AlertRule {
  readonly id: string;
  readonly organizationId: string;
  readonly instrumentId: string;
  readonly condition: AlertCondition;
  readonly threshold: Decimal;
  readonly createdAt: Date;
}

/** A rule with what its raising depends on. */
export interface WatchedRule extends AlertRule {
  readonly symbol: string;
  /** The quote unit, where there is one. */
  readonly currency: string;
  /** False from the moment it raised until its condition is untrue again. */
  readonly armed: boolean;
  readonly lastRaisedAt: Date | null;
}

export interface Alert {
  readonly id: string;
  readonly organizationId: string;
  readonly alertRuleId: string;
  readonly instrumentId: string;
  readonly last: Decimal;
  readonly simulated: boolean;
  readonly message: string;
  readonly raisedAt: Date;
}

/** A raised alert as `alerts/<organization>` carries it. */
export interface AlertMessage extends Omit<Alert, 'last' | 'raisedAt'> {
  readonly last: string;
  readonly raisedAt: string;
}

/** A price that dances on the threshold raises one alert a minute, not one a tick. */
const PAUSE_MS = 60_000;

/** RAISE: tell it and disarm. REARM: the condition is untrue again. */
export type Verdict = 'RAISE' | 'REARM' | 'NOTHING';

export function judge(rule: WatchedRule, last: Decimal, now: Date): Verdict {
  const holds = rule.condition === 'ABOVE' ? last.greaterThan(rule.threshold) : last.lessThan(rule.threshold);
  if (!holds) return rule.armed ? 'NOTHING' : 'REARM';
  const paused = rule.lastRaisedAt !== null && now.getTime() - rule.lastRaisedAt.getTime() < PAUSE_MS;
  return rule.armed && !paused ? 'RAISE' : 'NOTHING';
}

export const alertMessage = (rule: WatchedRule, last: Decimal): string =>
  `${rule.symbol} is at ${text(last)} ${rule.currency}, ${rule.condition === 'ABOVE' ? 'above' : 'below'} ${text(rule.threshold)}`;
