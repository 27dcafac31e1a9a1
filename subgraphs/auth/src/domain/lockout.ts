/**
 * How failed attempts to sign in slow down the next ones. A few are free; each one after that locks for twice as long as
 * the last, up to a bound; attempts that lie long enough back are forgotten. Times are instants, durations milliseconds.
 */
export interface Attempts {
  readonly failures: number;
  readonly lastAt: Date;
  readonly lockedUntil: Date | null;
}

export interface LockPolicy {
  readonly failuresFree: number;
  readonly firstLockMs: number;
  readonly lockMaxMs: number;
  readonly forgetAfterMs: number;
}

/** One account, or one service client from one address. */
export const accountPolicy: LockPolicy = { failuresFree: 5, firstLockMs: 30_000, lockMaxMs: 900_000, forgetAfterMs: 3_600_000 };

/** One address, whatever accounts it tries: many people can sit behind one. */
export const addressPolicy: LockPolicy = { failuresFree: 50, firstLockMs: 30_000, lockMaxMs: 900_000, forgetAfterMs: 900_000 };

export function afterFailure(before: Attempts | null, at: Date, policy: LockPolicy): Attempts {
  const forgotten = before === null || at.getTime() - before.lastAt.getTime() > policy.forgetAfterMs;
  const failures = forgotten ? 1 : before.failures + 1;
  const over = failures - policy.failuresFree;
  // 2 ** over passes any bound soon, and never overflows to something small
  const lockMs = over < 0 ? 0 : Math.min(policy.lockMaxMs, policy.firstLockMs * 2 ** over);
  return { failures, lastAt: at, lockedUntil: lockMs === 0 ? null : new Date(at.getTime() + lockMs) };
}

/** Null when an attempt may be made now. */
export const lockOf = (attempts: Attempts | null, at: Date): Date | null =>
  attempts?.lockedUntil != null && attempts.lockedUntil > at ? attempts.lockedUntil : null;
