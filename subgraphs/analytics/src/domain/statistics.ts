/**
 * Statistics of series of numbers: moments, quantiles, the normal distribution. Floats, for figures that are estimates.
 * A figure that a series does not determine (the deviation of one number, the skew of a flat series) is null, never NaN
 * or infinite. `ddof` is what is taken off the count: 1 for a sample's deviation, 0 for a population's.
 */
export type Series = readonly number[];

/** Below this part of the size of its numbers, a series' deviation is rounding noise, and the series counts as flat. */
const FLAT_RELATIVE = 1e-14;

export const total = (series: Series): number => {
  // Neumaier's compensated sum: long series of small returns keep their digits
  let sum = 0;
  let lost = 0;
  for (const each of series) {
    const next = sum + each;
    lost += Math.abs(sum) >= Math.abs(each) ? sum - next + each : each - next + sum;
    sum = next;
  }
  return sum + lost;
};

/** Zero for an empty series. */
export const mean = (series: Series): number => (series.length === 0 ? 0 : total(series) / series.length);

/** Null where there are not more numbers than `ddof`. Exactly zero for a flat series. */
export function variance(series: Series, ddof: 0 | 1 = 1): number | null {
  if (series.length <= ddof) return null;
  const centre = mean(series);
  const size = Math.max(...series.map(Math.abs));
  const found = total(series.map((each) => (each - centre) ** 2)) / (series.length - ddof);
  return Math.sqrt(found) <= size * FLAT_RELATIVE ? 0 : found;
}

export function deviation(series: Series, ddof: 0 | 1 = 1): number | null {
  const found = variance(series, ddof);
  return found === null ? null : Math.sqrt(found);
}

/** Of two series of one length; null where there are not more numbers than `ddof`. */
export function covariance(a: Series, b: Series, ddof: 0 | 1 = 1): number | null {
  if (a.length !== b.length) throw new RangeError(`series of different lengths: ${a.length} and ${b.length}`);
  if (a.length <= ddof) return null;
  const [ca, cb] = [mean(a), mean(b)];
  return total(a.map((each, at) => (each - ca) * ((b[at] ?? 0) - cb))) / (a.length - ddof);
}

/** a / b; null where either is unknown or b is zero. */
export const ratio = (a: number | null, b: number | null): number | null => (a === null || b === null || b === 0 ? null : a / b);

/** The mean of ((x − mean) / deviation)^power, of the population; null for a flat series. */
function standardMoment(series: Series, power: number): number | null {
  const spread = deviation(series, 0);
  const centre = mean(series);
  return spread ? mean(series.map((each) => ((each - centre) / spread) ** power)) : null;
}

/** Third standardised moment: of the population, or (Fisher's) estimated from a sample. Null for a flat series. */
export function skewness(series: Series, of: 'POPULATION' | 'SAMPLE' = 'POPULATION'): number | null {
  const n = series.length;
  const population = standardMoment(series, 3);
  if (of === 'POPULATION' || population === null) return population;
  return n < 3 ? null : (population * Math.sqrt(n * (n - 1))) / (n - 2);
}

/** Fourth standardised moment, 3 for a normal distribution; EXCESS has that 3 taken off. Null for a flat series. */
export function kurtosis(series: Series, of: 'POPULATION' | 'EXCESS' | 'SAMPLE' | 'SAMPLE_EXCESS' = 'POPULATION'): number | null {
  const n = series.length;
  const population = standardMoment(series, 4);
  if (of === 'POPULATION' || population === null) return population;
  if (of === 'EXCESS') return population - 3;
  if (n < 4) return null;
  const sample = (population * (n + 1) * (n - 1)) / ((n - 2) * (n - 3));
  return of === 'SAMPLE' ? sample : sample - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
}

/** Linear interpolation between order statistics (Hyndman and Fan type 7, the default of R and NumPy); null for no numbers. */
export function quantile(series: Series, probability: number): number | null {
  if (probability < 0 || probability > 1) throw new RangeError(`not a probability: ${probability}`);
  const sorted = series.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * probability;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (at - Math.floor(at));
}

export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const SERIES_TERMS_MAX = 400;
const TAIL_FROM = 5;

/** To about 1e-15: a power series near the middle, a continued fraction in the tails. */
export function normalCdf(x: number): number {
  if (Math.abs(x) > TAIL_FROM) {
    let fraction = 0;
    for (let term = 60; term > 0; term--) fraction = term / (Math.abs(x) + fraction);
    const tail = normalDensity(x) / (Math.abs(x) + fraction);
    return x > 0 ? 1 - tail : tail;
  }
  let sum = x;
  for (let term = x, n = 1; n < SERIES_TERMS_MAX && Math.abs(term) > 1e-18; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + normalDensity(x) * sum;
}

const BISECTIONS = 80;

/** The inverse of normalCdf: z(0.95) is 1.6449. Throws RangeError outside 0 to 1, both excluded. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`not a probability between 0 and 1: ${probability}`);
  let [low, high] = [-40, 40];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
