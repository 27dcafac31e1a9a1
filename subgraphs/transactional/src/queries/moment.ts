/** The moment that arguments of a field ask for, and pages of what was worked out of facts for one. */
import type { Page } from '@pms/subgraph/connection';
import type { Moment } from '../store/history-reads.ts';

export interface MomentArgs {
  readonly asOf?: string | null | undefined;
  readonly knownAt?: string | null | undefined;
}

export const momentOf = ({ asOf, knownAt }: MomentArgs): Moment => ({ asOf: asOf ?? null, knownAt: knownAt ?? null });

/** As the books stand, and as they are known: what projections hold. */
export const isNow = ({ asOf, knownAt }: Moment): boolean => asOf === null && knownAt === null;

/** Of rows in the order of the list, those of the page in reading order; `compare` orders a row against a cursor's key. */
export function pageFrom<Row>(rows: readonly Row[], { from, backward, limit }: Page, compare: (row: Row, key: readonly string[]) => number): Row[] {
  const ordered = backward ? rows.toReversed() : rows;
  return ordered.filter((row) => from === null || (backward ? compare(row, from) < 0 : compare(row, from) > 0)).slice(0, limit);
}

/** Keys of text in descending order. */
export function newestFirst(key: readonly string[], other: readonly string[]): number {
  for (const [at, part] of key.entries()) {
    const against = other[at] ?? '';
    if (part !== against) return part < against ? 1 : -1;
  }
  return 0;
}
