/** What all rules together say about a trade: one that fails rejects it, else one that asks for approval makes it wait. */
import { apply, type Book, copyOf, type Effect } from './book.ts';
import { type Check, checkOf } from './check.ts';
import { find } from './findings.ts';
import type { Situation } from './market.ts';
import type { Rule } from './rule.ts';

export type DecisionOutcome = 'VALIDATED' | 'REJECTED' | 'PENDING_APPROVAL';

export interface Assessment {
  readonly outcome: DecisionOutcome;
  readonly checks: readonly Check[];
}

/** What was decided about a version of a trade. */
export interface Decision {
  readonly tradeId: string;
  readonly version: number;
  readonly outcome: DecisionOutcome;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly comment: string | null;
}

/** Another domain's trade, as this one refers to it. */
export interface TradeReference {
  readonly id: string;
}

/** `changes` is what the trade adds to the book, and what its former version takes back. */
export function assess(rules: readonly Rule[], book: Book, changes: readonly Effect[], { trade, market }: Pick<Situation, 'trade' | 'market'>): Assessment {
  const after = copyOf(book);
  apply(after, changes);
  const checks = rules.filter(({ enabled }) => enabled).map((rule) => checkOf(rule, find(rule.demand, { trade, before: book, after, market })));
  return { outcome: outcomeOf(checks), checks };
}

function outcomeOf(checks: readonly Check[]): DecisionOutcome {
  if (checks.some(({ outcome }) => outcome === 'FAILED')) return 'REJECTED';
  return checks.some(({ outcome }) => outcome === 'NEEDS_APPROVAL') ? 'PENDING_APPROVAL' : 'VALIDATED';
}
