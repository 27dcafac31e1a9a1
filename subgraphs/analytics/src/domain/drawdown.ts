/**
 * Drawdowns: how far a series of wealth stands below its highest point so far. Fractions of that peak, as negative floats:
 * −0.2 is 20 % below. Durations are in steps of the series (days, for a daily one).
 */

/** Of each point; 0 at a peak. The series must be of positive peaks. */
export function drawdownsOfWealth(wealth: readonly number[]): number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return wealth.map((each) => {
    peak = Math.max(peak, each);
    return each / peak - 1;
  });
}

/** Of a wealth of 1 compounded by returns; the start counts as a peak. One longer than `returns`. */
export function drawdowns(returns: readonly number[]): number[] {
  const wealth = [1];
  for (const each of returns) wealth.push((wealth.at(-1) ?? 1) * (1 + each));
  return drawdownsOfWealth(wealth);
}

/** Zero or negative. */
export const maxDrawdown = (returns: readonly number[]): number => Math.min(0, ...drawdowns(returns));

export const maxDrawdownOfWealth = (wealth: readonly number[]): number => Math.min(0, ...drawdownsOfWealth(wealth));

/** The longest time from a peak until its level is reached again after a fall; 0 where it never was. */
export function longestRecovery(wealth: readonly number[]): number {
  let longest = 0;
  let peakAt = 0;
  let fell = false;
  wealth.forEach((each, at) => {
    if (each < (wealth[peakAt] ?? 0)) fell = true;
    else {
      if (fell) longest = Math.max(longest, at - peakAt);
      peakAt = at;
      fell = false;
    }
  });
  return longest;
}

/** The longest time from a high until a higher one, or to the end of the series where none came; 0 where each is higher than the last. */
export function longestBetweenHighs(wealth: readonly number[]): number {
  let highAt = 0;
  let longest = 0;
  wealth.forEach((each, at) => {
    const isHigher = each > (wealth[highAt] ?? 0);
    if (!isHigher || at - highAt > 1) longest = Math.max(longest, at - highAt);
    if (isHigher) highAt = at;
  });
  return longest;
}
