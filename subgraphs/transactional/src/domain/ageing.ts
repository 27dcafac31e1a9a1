/** How late a settlement is, in calendar days since its contractual date, and in which bucket operations look at it. */
import { addDays, type Day, daysBetween } from './days.ts';

/** First and last day late of each, both included; null: without end. */
export const buckets = {
  NOT_DUE: [null, 0], DAYS_1_TO_3: [1, 3], DAYS_4_TO_7: [4, 7], DAYS_8_TO_15: [8, 15], DAYS_16_TO_30: [16, 30], OVER_30_DAYS: [31, null],
} as const satisfies Record<string, readonly [number | null, number | null]>;

export type Bucket = keyof typeof buckets;
export const bucketNames = Object.keys(buckets) as readonly Bucket[];

/** Zero until the contractual date, and on it. */
export const daysLate = (contractualOn: Day, on: Day): number => Math.max(0, daysBetween(contractualOn, on));

export const bucketOf = (contractualOn: Day, on: Day): Bucket =>
  bucketNames.find((name) => { const [, last] = buckets[name]; return last === null || daysBetween(contractualOn, on) <= last; }) ?? 'OVER_30_DAYS';

/** Contractual dates that are in the bucket on a day, both included. */
export function datesOf(bucket: Bucket, on: Day): { readonly from: Day | null; readonly to: Day | null } {
  const [first, last] = buckets[bucket];
  return { from: last === null ? null : addDays(on, -last), to: first === null ? null : addDays(on, -first) };
}
