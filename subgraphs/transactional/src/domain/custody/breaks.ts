/**
 * What a statement does to the breaks of its account: a difference opens one, or shows an open one again; a subject that agrees closes its own.
 * Only the latest statement of an account says how its breaks stand. A later version of the same day leaves what a person resolved
 * resolved, as long as it shows the same difference.
 */
import type { Decimal } from '@pms/money';
import type { Day } from '../days.ts';
import type { BreakKind, Line } from './matching.ts';

export type BreakStatus = 'OPEN' | 'INVESTIGATING' | 'RESOLVED';

/** Why a break was closed: by a person, or because a later statement agrees (MATCHED). */
export type Resolution = 'BOOKS_CORRECTED' | 'CUSTODIAN_CORRECTED' | 'TIMING' | 'ACCEPTED' | 'MATCHED';

export type NoteKind = 'OPENED' | 'SEEN_AGAIN' | 'ASSIGNED' | 'COMMENTED' | 'RESOLVED' | 'MATCHED';

export interface StandingBreak {
  readonly id: string;
  readonly subject: string;
  readonly kind: BreakKind;
  readonly theirs: Decimal;
  readonly ours: Decimal;
  readonly status: BreakStatus;
  readonly seenOn: Day;
}

export interface BreakChanges {
  readonly opened: readonly (Line & { readonly result: BreakKind })[];
  /** Open breaks that the statement shows again, with what it says now. */
  readonly seen: readonly { readonly break: StandingBreak; readonly line: Line & { readonly result: BreakKind }; readonly changed: boolean }[];
  /** Open breaks whose subject agrees now, or that the statement no longer has a subject for. */
  readonly matched: readonly StandingBreak[];
}

const differs = (line: Line): line is Line & { readonly result: BreakKind } => line.result !== 'MATCHED';
const sameDifference = (broken: StandingBreak, line: Line): boolean => broken.theirs.equals(line.theirs) && broken.ours.equals(line.ours);

/**
 * `standing` are the account's open breaks, and those resolved that a statement of `statedOn` showed last. Cash is left alone by a statement
 * that says nothing of it.
 */
export function breakChanges(standing: readonly StandingBreak[], lines: readonly Line[], statedOn: Day): BreakChanges {
  const open = new Map(standing.filter(({ status }) => status !== 'RESOLVED').map((broken) => [broken.subject, broken]));
  const resolved = standing.filter(({ status, seenOn }) => status === 'RESOLVED' && seenOn === statedOn);
  const different = new Map(lines.filter(differs).map((line) => [line.subject, line]));
  const saysCash = lines.some(({ subject }) => subject.startsWith('cash:'));
  return {
    opened: [...different.values()].filter((line) => !open.has(line.subject) && !resolved.some((broken) => broken.subject === line.subject && sameDifference(broken, line))),
    seen: [...open.values()].flatMap((broken) => {
      const line = different.get(broken.subject);
      return line === undefined ? [] : [{ break: broken, line, changed: !sameDifference(broken, line) || broken.kind !== line.result }];
    }),
    matched: [...open.values()].filter(({ subject }) => !different.has(subject) && (saysCash || !subject.startsWith('cash:'))),
  };
}
