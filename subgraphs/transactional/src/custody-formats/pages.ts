/** Puts the pages of statements together. Refuses a page that is missing, out of order, or of another statement: half a statement would show what is not there as missing. */
import { unreadable } from './problems.ts';

export interface Page<T> {
  readonly line: number;
  /** From 1. */
  readonly number: number;
  readonly last: boolean;
  /** The same on all pages of one statement. */
  readonly statement: string;
  readonly content: T;
}

export function joined<T>(pages: readonly Page<T>[]): T[][] {
  const statements: T[][] = [];
  let open: Page<T> | null = null;
  for (const page of pages) {
    if (open === null) {
      if (page.number !== 1) unreadable(page.line, 'page', `page 1 is missing: the first one is page ${page.number}`);
      statements.push([]);
    } else if (page.statement !== open.statement || page.number !== open.number + 1)
      unreadable(page.line, 'page', `page ${open.number + 1} of the statement is missing`);
    statements.at(-1)?.push(page.content);
    open = page.last ? null : page;
  }
  if (open !== null) unreadable(open.line, 'page', `page ${open.number + 1} of the statement is missing: page ${open.number} says that more follow`);
  return statements;
}
