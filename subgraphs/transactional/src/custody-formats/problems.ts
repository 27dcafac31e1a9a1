/** Collects what is wrong with a statement's text, so that one reading names many faults; the reading stops at a bound. */
import type { Problem } from '../domain/custody/statement.ts';

const PROBLEMS_MAX = 100;

/** Thrown by every format for a text that it cannot read: nothing of it is used. */
export class StatementUnreadable extends Error {
  override readonly name = 'StatementUnreadable';
  readonly problems: readonly Problem[];

  constructor(found: readonly Problem[]) {
    super(found[0]?.message ?? 'the statement cannot be read');
    this.problems = found;
  }
}

export interface Problems {
  add(line: number | null, field: string | null, message: string): void;
  /** Throws what was added; nothing where nothing was. */
  check(): void;
}

export function problems(): Problems {
  const found: Problem[] = [];
  return {
    add(line, field, message) {
      found.push({ line, field, message });
      if (found.length >= PROBLEMS_MAX) throw new StatementUnreadable(found);
    },
    check() {
      if (found.length > 0) throw new StatementUnreadable(found);
    },
  };
}

/** Stops at once: what follows cannot be understood. */
export function unreadable(line: number | null, field: string | null, message: string): never {
  throw new StatementUnreadable([{ line, field, message }]);
}
