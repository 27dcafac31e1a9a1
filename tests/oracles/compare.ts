/**
 * Compares what a case expects with what we worked out, number by number within the case's tolerance. Lists of records (lots,
 * points of a series) match whatever their order; records may say more than is expected of them.
 */
import type { OracleCase } from './oracle-case.ts';

type Tolerance = OracleCase['tolerance'];

/** Words about a figure, not figures; and what a source groups in its own way beside what it states exactly. */
const COMMENTARY = new Set(['meaning', 'property', 'adjusted_close_rule', 'profits_asserted_in_source', 'strict_root']);

/** One line for each difference; none where all is as expected. */
export function differences(expected: OracleCase['expected'], actual: Readonly<Record<string, unknown>>, tolerance: Tolerance): string[] {
  return Object.keys(expected).filter((key) => !COMMENTARY.has(key)).flatMap((key) => differ(key, expected[key], actual[key], tolerance));
}

function differ(path: string, expected: unknown, actual: unknown, tolerance: Tolerance): string[] {
  if (typeof expected === 'number' && typeof actual === 'number')
    return isWithin(expected, actual, tolerance) ? [] : [`${path}: ${expected} expected, ${actual} found`];
  if (Array.isArray(expected) && Array.isArray(actual)) return differInList(path, expected, actual, tolerance);
  if (isRecord(expected) && isRecord(actual))
    return Object.keys(expected).flatMap((key) => differ(`${path}.${key}`, expected[key], actual[key], tolerance));
  return expected === actual ? [] : [`${path}: ${JSON.stringify(expected)} expected, ${JSON.stringify(actual)} found`];
}

function differInList(path: string, expected: readonly unknown[], actual: readonly unknown[], tolerance: Tolerance): string[] {
  if (!expected.some(isRecord)) {
    const lengths = expected.length === actual.length ? [] : [`${path}: ${expected.length} expected, ${actual.length} found`];
    return [...lengths, ...expected.flatMap((each, at) => differ(`${path}[${at}]`, each, actual[at], tolerance))];
  }
  const left = [...actual];
  const missing = expected.filter((each) => {
    const at = left.findIndex((candidate) => differ('', each, candidate, tolerance).length === 0);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((each) => `${path}: ${JSON.stringify(each)} not found`), ...left.map((each) => `${path}: ${JSON.stringify(each)} not expected`)];
}

/** Exact figures may be floats in the source: they are the same if they print the same to 15 digits. */
function isWithin(expected: number, actual: number, { abs, rel, exact }: Tolerance): boolean {
  if (expected === actual) return true;
  if (exact) return expected.toPrecision(15) === actual.toPrecision(15);
  const error = Math.abs(expected - actual);
  return error <= Math.max(abs ?? 0, (rel ?? 0) * Math.abs(expected)) + Number.EPSILON * Math.abs(expected);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
