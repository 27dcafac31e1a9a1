import { expect, test } from 'vitest';
import { afterFailure, type Attempts, type LockPolicy, lockOf } from './lockout.ts';

const policy: LockPolicy = { failuresFree: 3, firstLockMs: 1_000, lockMaxMs: 5_000, forgetAfterMs: 60_000 };
const at = (ms: number): Date => new Date(ms);
const failing = (times: number): Attempts => {
  let attempts: Attempts | null = null;
  for (let n = 0; n < times; n += 1) attempts = afterFailure(attempts, at(0), policy);
  return attempts as Attempts;
};

test('the first failures are free', () => {
  expect(lockOf(failing(2), at(0))).toBeNull();
  expect(lockOf(null, at(0))).toBeNull();
});

test('each failure after that locks for twice as long, up to the bound', () => {
  expect([3, 4, 5, 6, 2_000].map((times) => failing(times).lockedUntil?.getTime())).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
});

test('a lock ends by itself, and the next failure locks longer', () => {
  expect(lockOf(failing(3), at(999))).toEqual(at(1_000));
  expect(lockOf(failing(3), at(1_000))).toBeNull();
  expect(afterFailure(failing(3), at(2_000), policy).lockedUntil).toEqual(at(4_000));
});

test('failures that lie far back are forgotten', () => {
  expect(afterFailure(failing(5), at(60_001), policy)).toEqual({ failures: 1, lastAt: at(60_001), lockedUntil: null });
});
