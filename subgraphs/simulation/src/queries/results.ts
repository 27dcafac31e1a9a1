/** A result as the API tells it: floats of the estimate as money, rounded to the currency's minor unit. */
import { Decimal, money, type Money, toMinorUnit } from '@pms/money';
import type { Simulation } from '../store/simulation-row.ts';

export interface Result {
  readonly startValue: Money;
  readonly meanTerminalValue: Money;
  readonly quantiles: readonly { readonly probability: number; readonly value: Money }[];
  readonly probabilityOfLoss: number;
  readonly risk: readonly { readonly confidence: number; readonly valueAtRisk: Money; readonly expectedShortfall: Money }[];
  readonly fan: readonly { readonly day: number; readonly low: Money; readonly median: Money; readonly high: Money }[];
}

export function resultOf({ result, currency }: Simulation): Result | null {
  if (result === null) return null;
  const amount = (value: number): Money => toMinorUnit(money(new Decimal(value), currency));
  return {
    startValue: amount(result.startValue), meanTerminalValue: amount(result.meanTerminalValue), probabilityOfLoss: result.probabilityOfLoss,
    quantiles: result.quantiles.map(({ probability, value }) => ({ probability, value: amount(value) })),
    risk: result.risk.map(({ confidence, valueAtRisk, expectedShortfall }) => ({ confidence, valueAtRisk: amount(valueAtRisk), expectedShortfall: amount(expectedShortfall) })),
    fan: result.fan.map(({ step, low, median, high }) => ({ day: step, low: amount(low), median: amount(median), high: amount(high) })),
  };
}
