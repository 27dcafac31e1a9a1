/** When which fault strikes: worked out from the seed before anything begins. Every kind comes once before any comes again. */
import type { Fault } from '../faults/fault.ts';
import type { Random } from './random.ts';

const QUIET_MS = 1_500;
const GAP_MS_MIN = 800;
const GAP_MS_MAX = 5_000;

export interface Strike {
  readonly atMs: number;
  readonly fault: Fault;
  /** What it draws from. */
  readonly random: Random;
}

export function scheduled(random: Random, kinds: readonly Fault[], lengthMs: number): Strike[] {
  const strikes: Strike[] = [];
  let left: Fault[] = [];
  for (let atMs = QUIET_MS; kinds.length > 0 && atMs < lengthMs; atMs += random.whole(GAP_MS_MIN, GAP_MS_MAX)) {
    if (left.length === 0) left = [...kinds];
    const [fault] = left.splice(random.whole(0, left.length - 1), 1);
    if (fault !== undefined) strikes.push({ atMs, fault, random: random.fork(`strike ${String(strikes.length)}`) });
  }
  return strikes;
}
