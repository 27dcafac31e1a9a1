/** What a portfolio is meant to hold: weights above 0 that add up to at most 1; what is left over is meant to be cash. */
import { invalid } from '@pms/errors';
import { Decimal, isDecimalText, sum } from '@pms/money';

export interface TargetWeight {
  readonly instrumentId: string;
  /** A share of the portfolio's value: 0.25 is a quarter. */
  readonly weight: Decimal;
}

const TARGETS_MAX = 1_000;

/** `weights` as a client writes them: floats, read by their shortest decimal text, so that 0.1 is a tenth exactly. */
export function targetAllocation(weights: readonly { readonly instrumentId: string; readonly weight: number }[]): readonly TargetWeight[] {
  if (weights.length > TARGETS_MAX) throw invalid(`at most ${TARGETS_MAX} instruments can have a target`, 'targets');
  const seen = new Set<string>();
  const targets = weights.map(({ instrumentId, weight }, index): TargetWeight => {
    const exact = new Decimal(weight);
    if (!exact.greaterThan(0) || exact.greaterThan(1)) throw invalid('a weight is above 0 and at most 1', 'targets', String(index), 'weight');
    if (!isDecimalText(exact.toFixed())) throw invalid('a weight has at most 18 fractional digits', 'targets', String(index), 'weight');
    if (seen.has(instrumentId)) throw invalid('an instrument has one weight', 'targets', String(index), 'instrumentId');
    seen.add(instrumentId);
    return { instrumentId, weight: exact };
  });
  const total = sum(targets.map(({ weight }) => weight));
  if (total.greaterThan(1)) throw invalid(`the weights add up to ${total.toFixed()}, which is more than 1`, 'targets');
  return heaviestFirst(targets);
}

export const heaviestFirst = (targets: readonly TargetWeight[]): readonly TargetWeight[] =>
  targets.toSorted((a, b) => b.weight.comparedTo(a.weight) || (a.instrumentId < b.instrumentId ? -1 : 1));
