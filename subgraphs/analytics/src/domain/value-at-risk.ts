/**
 * Value at risk and expected shortfall of periodic returns. Returned as returns: a loss is negative, −0.02 is 2 % lost.
 * `confidence` is 0.95 for the worst 5 %. Gaussian figures use the population deviation (ddof 0) unless told otherwise,
 * component VaR the sample covariance (ddof 1), as PerformanceAnalytics does. Null where there are no returns.
 * Sources: Jorion 2006; Zangari 1996 and Boudt, Peterson, Croux 2008 (Cornish-Fisher); Kupiec 1995; BCBS 1996 (back-testing).
 */
import { covariance, deviation, kurtosis, mean, normalCdf, normalDensity, normalQuantile, quantile, skewness } from './statistics.ts';
import type { Series } from './statistics.ts';

/** The quantile of the returns themselves (type 7, linear interpolation). */
export const historicalVar = (returns: Series, confidence: number): number | null => quantile(returns, 1 - confidence);

/** Mean of the returns that are no better than the historical VaR. */
export function historicalShortfall(returns: Series, confidence: number): number | null {
  const limit = historicalVar(returns, confidence);
  return limit === null ? null : mean(returns.filter((each) => each <= limit));
}

/** mean + z × deviation, z the normal quantile of 1 − confidence. */
export function gaussianVar(returns: Series, confidence: number, ddof: 0 | 1 = 0): number | null {
  const spread = deviation(returns, ddof);
  return spread === null ? null : mean(returns) + normalQuantile(1 - confidence) * spread;
}

/** mean − deviation × φ(z) / (1 − confidence). */
export function gaussianShortfall(returns: Series, confidence: number, ddof: 0 | 1 = 0): number | null {
  const spread = deviation(returns, ddof);
  return spread === null ? null : mean(returns) - (spread * normalDensity(normalQuantile(1 - confidence))) / (1 - confidence);
}

/** The normal quantile, corrected for skew and excess kurtosis. */
const cornishFisherQuantile = (z: number, skew: number, excess: number): number =>
  z + ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * excess) / 24 - ((2 * z ** 3 - 5 * z) * skew ** 2) / 36;

/** Gaussian VaR with the Cornish-Fisher quantile ("modified VaR"), of the population's moments. */
export function cornishFisherVar(returns: Series, confidence: number): number | null {
  const [spread, skew, excess] = [deviation(returns, 0), skewness(returns), kurtosis(returns, 'EXCESS')];
  if (spread === null || skew === null || excess === null) return gaussianVar(returns, confidence);
  return mean(returns) + cornishFisherQuantile(normalQuantile(1 - confidence), skew, excess) * spread;
}

/** Modified expected shortfall (Boudt, Peterson and Croux), never less severe than the modified VaR. */
export function cornishFisherShortfall(returns: Series, confidence: number): number | null {
  const [spread, skew, excess] = [deviation(returns, 0), skewness(returns), kurtosis(returns, 'EXCESS')];
  if (spread === null || skew === null || excess === null) return gaussianShortfall(returns, confidence);
  const h = cornishFisherQuantile(normalQuantile(1 - confidence), skew, excess);
  const density = normalDensity(h);
  const expected =
    density +
    ((truncatedMoment(4, h) - 6 * truncatedMoment(2, h) + 3 * density) * excess) / 24 +
    ((truncatedMoment(3, h) - 3 * truncatedMoment(1, h)) * skew) / 6 +
    ((truncatedMoment(6, h) - 15 * truncatedMoment(4, h) + 45 * truncatedMoment(2, h) - 15 * density) * skew ** 2) / 72;
  return mean(returns) + spread * Math.min(-expected / (1 - confidence), h);
}

/** The I^p(h) of the expansion: the sum that integrating x^p φ(x) by parts leaves at h. */
function truncatedMoment(power: number, h: number): number {
  const isOdd = power % 2 === 1;
  const factors = Array.from({ length: Math.floor(power / 2) + (isOdd ? 1 : 0) }, (_, at) => (isOdd ? 2 * at + 1 : 2 * at + 2));
  const full = factors.reduce((product, each) => product * each, 1);
  let sum = isOdd ? -full * normalCdf(h) : full * normalDensity(h);
  let product = 1;
  factors.forEach((factor, at) => {
    product *= factor;
    sum += (full / product) * h ** (isOdd ? 2 * at + 1 : 2 * at + 2) * normalDensity(h);
  });
  return sum;
}

/** Gaussian VaR of weighted assets and each one's part of it; positive is a loss, and the parts add up to the whole. */
export function componentVar(assets: readonly Series[], weights: readonly number[], confidence: number): { readonly total: number; readonly components: readonly number[] } | null {
  const z = normalQuantile(confidence);
  const marginal = assets.map((asset) => assets.reduce((sum, other, at) => sum + (covariance(asset, other) ?? 0) * (weights[at] ?? 0), 0));
  const spread = Math.sqrt(weights.reduce((sum, weight, at) => sum + weight * (marginal[at] ?? 0), 0));
  if (assets.length === 0 || assets.length !== weights.length || !(spread > 0)) return null;
  const components = weights.map((weight, at) => weight * (z * ((marginal[at] ?? 0) / spread) - mean(assets[at] ?? [])));
  return { total: components.reduce((sum, each) => sum + each, 0), components };
}

/** Of a normal loss with zero mean: to another confidence by its z, to a longer horizon by √days. */
export const scaledVar = (value: number, z: { readonly from: number; readonly to: number }, horizonDays: number): number =>
  ((value * z.to) / z.from) * Math.sqrt(horizonDays);

/** 95 % of χ² with one degree of freedom. */
export const KUPIEC_CRITICAL_95 = 3.841458820694124;

/** Kupiec's proportion of failures: −2 ln of the likelihood ratio; above KUPIEC_CRITICAL_95 the model is rejected at 5 %. */
export function kupiec(observations: number, exceptions: number, confidence: number): number {
  const expected = 1 - confidence;
  const found = exceptions / observations;
  const log = (count: number, probability: number): number => (count === 0 ? 0 : count * Math.log(probability));
  const likelihood = (probability: number): number => log(observations - exceptions, 1 - probability) + log(exceptions, probability);
  return Math.max(0, -2 * (likelihood(expected) - likelihood(found)));
}

export type TrafficLight = 'GREEN' | 'YELLOW' | 'RED';

/** The multipliers of the yellow zone, from its fifth to its ninth exception in 250 days at 99 % (BCBS 1996). */
const YELLOW_MULTIPLIERS = [3.4, 3.5, 3.65, 3.75, 3.85];

/**
 * The zone of the Basel back-test: yellow from the count that so few exceptions have a probability of 95 %, red from
 * 99.99 %. The capital multiplier is defined for 250 observations at 99 % only; null otherwise.
 */
export function baselZone(exceptions: number, observations = 250, confidence = 0.99): { readonly zone: TrafficLight; readonly multiplier: number | null } {
  const cumulative = binomialCdf(exceptions, observations, 1 - confidence);
  const zone = cumulative < 0.95 ? 'GREEN' : cumulative < 0.9999 ? 'YELLOW' : 'RED';
  if (observations !== 250 || confidence !== 0.99) return { zone, multiplier: null };
  return { zone, multiplier: zone === 'GREEN' ? 3 : zone === 'RED' ? 4 : (YELLOW_MULTIPLIERS[exceptions - 5] ?? null) };
}

function binomialCdf(count: number, trials: number, probability: number): number {
  let term = (1 - probability) ** trials;
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term *= ((trials - k + 1) / k) * (probability / (1 - probability));
    sum += term;
  }
  return sum;
}

