/** Single captures that come at once, of whichever client and organisation, in one transaction. */
import { actingFor } from '@pms/events/acting';
import { activeSpan, carried } from '@pms/telemetry/tracing';
import type { Request, Written } from './capture-request.ts';
import { groupCommit } from './group-commit.ts';
import { writeCaptures, type Writing } from './write-captures.ts';

const GROUP_MAX = 500;
const BESIDE_AFTER_MS = 5;
const GROUPS_AT_ONCE_MAX = 4;

/** SQLSTATE classes of what a row can be guilty of: data exceptions and integrity violations. */
const OF_A_ROW = /^2[23]/;

export function groupedCaptures(writing: Writing): (request: Request) => Promise<Written> {
  const submit = groupCommit<Request, Written>({
    // what a group does is part of the first request's trace; the others' events go on in their own
    write: ([first, ...others]) => actingFor([first, ...others].flatMap((request) => request?.organizationId ?? []), () =>
      writeCaptures(writing, first === undefined ? [] : [{ ...first, trace: undefined }, ...others])),
    isOfAnItem: (error) => error instanceof Error && 'code' in error && typeof error.code === 'string' && OF_A_ROW.test(error.code),
    groupMax: GROUP_MAX, besideAfterMs: BESIDE_AFTER_MS, groupsAtOnceMax: GROUPS_AT_ONCE_MAX,
  });
  return (request) => {
    const span = activeSpan();
    return submit(span === null ? request : { ...request, trace: carried(span) });
  };
}
