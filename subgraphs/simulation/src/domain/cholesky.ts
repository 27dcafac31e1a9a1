/**
 * The lower triangle L of a covariance matrix, with L × Lᵀ the matrix. Assets that add nothing of their own (a duplicate, a
 * flat series) get a zero row instead of a failure, since a covariance estimated from fewer days than assets has no rank to
 * spare. Refuses a matrix that is not a covariance.
 */
import { badInput } from '@pms/errors';

/** What may be left of a variance, as a part of it, before it counts as none: rounding. */
const SINGULAR_RELATIVE = 1e-12;
/** How far below zero that rest may be before the matrix counts as no covariance. */
const NEGATIVE_RELATIVE = 1e-8;

export function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  matrix.forEach((row, i) => {
    const made: number[] = [];
    lower.push(made);
    for (let j = 0; j <= i; j++) {
      const other = lower[j] ?? [];
      let rest = row[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (made[k] ?? 0) * (other[k] ?? 0);
      if (i === j) made.push(pivot(rest, row[i] ?? 0));
      else made.push(other[j] ? rest / (other[j] ?? 1) : 0);
    }
  });
  return lower;
}

function pivot(rest: number, variance: number): number {
  if (!(variance >= 0) || rest < -NEGATIVE_RELATIVE * variance) throw badInput('not a covariance matrix: it is not positive semi-definite');
  return rest <= SINGULAR_RELATIVE * variance ? 0 : Math.sqrt(rest);
}
