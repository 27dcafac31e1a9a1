/** What is noted once an operation is ready to run: which it is, what it costs, and whether its plan was there already. */
import type { Principal } from '@pms/identity/principal';
import type { Seen, SeenOperation } from './seen.ts';
import { childOf } from './trace.ts';

/** By a header, or by an extension of the request. */
export const wantsPlan = (seen: Seen, extensions: Readonly<Record<string, unknown>> | undefined): boolean => seen.planAsked || extensions?.['plan'] === true;

/** Its fetches are timed from here on. */
export function keepTimings(seen: Seen): void {
  seen.timings = new Map();
}

/** How a plan came about. */
export interface Planning {
  readonly planner: string;
  readonly ms: number;
  /** `performance.now()` when it was done. */
  readonly at: number;
}

/** Before anything of it can be refused. */
export function noteOperation(seen: Seen, operation: SeenOperation, principal: Principal | null): void {
  seen.operation = operation;
  seen.principal = principal;
}

/** `since` is when its plan was asked for. */
export function notePlan(seen: Seen, planning: Planning, since: number): void {
  seen.planFound = planning.at < since;
  seen.planMs = seen.planFound ? 0 : planning.ms;
  if (seen.trace === null) return;
  const attributes = { 'pms.plan.found': seen.planFound, 'pms.planner': planning.planner };
  childOf(seen.trace, 'plan', { attributes, since }).span.end();
}
