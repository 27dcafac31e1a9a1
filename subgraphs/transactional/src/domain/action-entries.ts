/** What an action in one portfolio posts to the journal, and its outcome as it is kept: amounts as decimal text. */
import { decimal, type Decimal, text } from '@pms/money';
import type { Action } from './action-terms.ts';
import type { Day } from './days.ts';
import { balances, entry, type Entry, type Line } from './journal.ts';
import type { Outcome } from './position-books.ts';

/** All cash that an action brings, after tax; negative where it is owed. */
export const cashOfOutcome = ({ income, tax, capital }: Outcome): Decimal => income.minus(tax).plus(capital);

/**
 * At the ex date: securities change by what their cost changed, gains and dividends are earned, and the cash is awaited or owed until the
 * pay date. Without lines where the action did nothing that is measured in money. What is held in another currency than the cash goes through FX, so that each
 * currency balances.
 */
export function actionBooked({ entitlementId, instrumentId, effectiveOn, terms: { kind } }: Action, outcome: Outcome): Entry {
  const { currency, income, tax, parts } = outcome;
  const cash = cashOfOutcome(outcome);
  const lines: readonly Line[] = [
    ...parts.flatMap((part): Line[] => [
      { account: 'SECURITIES_AT_COST', currency: part.currency, amount: part.cost, instrumentId: part.instrumentId },
      { account: 'REALIZED_GAINS', currency: part.currency, amount: part.gain.negated(), instrumentId: part.instrumentId },
    ]),
    { account: 'DIVIDENDS', currency, amount: income.negated(), instrumentId },
    { account: 'TAXES', currency, amount: tax },
    { account: awaited(cash), currency, amount: cash },
  ];
  const exchanged = parts.some((part) => part.currency !== currency) ? exchangedIn(lines) : [];
  return entry({ kind: kind === 'CASH_DIVIDEND' ? 'DIVIDEND' : 'CORPORATE_ACTION', effectiveOn, reference: entitlementId, lines: [...lines, ...exchanged] });
}

/** The other side of what does not balance in its own currency. */
const exchangedIn = (lines: readonly Line[]): Line[] => [...balances(lines)].map(([currency, total]): Line => ({ account: 'FX', currency, amount: total.negated() }));

const awaited = (cash: Decimal): 'CASH_RECEIVABLE' | 'CASH_PAYABLE' => (cash.lessThan(0) ? 'CASH_PAYABLE' : 'CASH_RECEIVABLE');

/** At the pay date: what was awaited is there, or what was owed is paid. */
export function actionPaid({ entitlementId }: Pick<Action, 'entitlementId'>, outcome: Outcome, paidOn: Day): Entry {
  const cash = cashOfOutcome(outcome);
  const { currency } = outcome;
  return entry({
    kind: 'ENTITLEMENT_PAID', effectiveOn: paidOn, reference: entitlementId,
    lines: [{ account: 'CASH_SETTLED', currency, amount: cash }, { account: awaited(cash), currency, amount: cash.negated() }],
  });
}

/** An outcome as JSON. */
export interface KeptOutcome {
  readonly entitled: string;
  readonly currency: string;
  readonly income: string;
  readonly tax: string;
  readonly capital: string;
  readonly parts: readonly { readonly instrumentId: string; readonly currency: string; readonly quantity: string; readonly cost: string; readonly gain: string }[];
  readonly problem: string | null;
}

export const keptOutcome = ({ entitled, currency, income, tax, capital, parts, problem }: Outcome): KeptOutcome => ({
  entitled: text(entitled), currency, income: text(income), tax: text(tax), capital: text(capital), problem,
  parts: parts.map((part) => ({ instrumentId: part.instrumentId, currency: part.currency, quantity: text(part.quantity), cost: text(part.cost), gain: text(part.gain) }))
    .toSorted((a, b) => (a.instrumentId + a.currency < b.instrumentId + b.currency ? -1 : 1)),
});

/** Without what it closed. */
export const outcomeOf = ({ entitled, currency, income, tax, capital, parts, problem }: KeptOutcome): Outcome => ({
  entitled: decimal(entitled), currency, closed: [], income: decimal(income), tax: decimal(tax), capital: decimal(capital), problem,
  parts: parts.map((part) => ({ ...part, quantity: decimal(part.quantity), cost: decimal(part.cost), gain: decimal(part.gain) })),
});

/** One line of text that is the same for the same outcome. */
export function shownOutcome(outcome: Outcome): string {
  const { entitled, currency, income, tax, capital, parts, problem } = keptOutcome(outcome);
  return [entitled, currency, income, tax, capital, ...parts.flatMap((part) => [part.instrumentId, part.currency, part.quantity, part.cost, part.gain]), problem ?? ''].join(' ');
}

export const isSameOutcome = (a: Outcome, b: Outcome): boolean => shownOutcome(a) === shownOutcome(b);
/** Nobody held anything that it is about. */
export const isEmptyOutcome = ({ entitled, parts }: Outcome): boolean => entitled.isZero() && parts.length === 0;
