/**
 * Corporate actions as the books see them: what each says, and its place in the order of movements. An action counts at the start of its
 * ex date, before that day's trades: entitled is what was traded before. Amounts and prices are for one share, in `currency`.
 */
import type { Currency, Decimal } from '@pms/money';
import type { Ratio } from './corporate-actions.ts';
import type { Day } from './days.ts';
import type { Place } from './movement.ts';

/** Of fractions that a ratio leads to: the price of one new share that is paid for them; null where fractions are kept. */
type CashInLieu = Decimal | null;

export type Terms =
  | { readonly kind: 'CASH_DIVIDEND'; readonly perShare: Decimal; /** Of the dividend, 0 to 1. */ readonly withheld: Decimal }
  | { readonly kind: 'RETURN_OF_CAPITAL'; readonly perShare: Decimal }
  /** Also a reverse split. */
  | { readonly kind: 'SPLIT'; readonly ratio: Ratio; readonly inLieu: CashInLieu }
  /** A bonus issue: `ratio` is what one has afterwards for what one had. */
  | { readonly kind: 'STOCK_DIVIDEND'; readonly ratio: Ratio; readonly inLieu: CashInLieu }
  /** `share` of the basis goes to what is received, 0 to 1. */
  | { readonly kind: 'SPIN_OFF' | 'RIGHTS_ISSUE'; readonly into: string; readonly ratio: Ratio; readonly share: Decimal; readonly inLieu: CashInLieu }
  | { readonly kind: 'MERGER'; readonly stock: Stock | null; readonly cash: Decimal; readonly inLieu: CashInLieu; readonly taxable: boolean }
  /** `into` null: the instrument stays the same, under another name. */
  | { readonly kind: 'SYMBOL_CHANGE'; readonly into: string | null }
  | { readonly kind: 'RIGHTS_LAPSE' }
  /** `rights` are given up, of the position in `heldIn`, and `perShare` is paid for each new share. Without `heldIn`: recorded when rights were exercised in the action's currency alone. */
  | { readonly kind: 'RIGHTS_EXERCISE'; readonly into: string; readonly rights: Decimal; readonly ratio: Ratio; readonly perShare: Decimal; readonly heldIn?: Currency };

export interface Stock {
  readonly into: string;
  readonly ratio: Ratio;
  /** What one new share is worth; zero where nothing depends on it. */
  readonly price: Decimal;
}

export type ActionKind = Terms['kind'];

/** An action as it counts in one portfolio's books. */
export interface Action {
  /** Of this action in this portfolio. */
  readonly entitlementId: string;
  readonly actionId: string;
  readonly version: number;
  readonly instrumentId: string;
  readonly effectiveOn: Day;
  /** The day on which its cash moves; null where it brings none. */
  readonly payOn: Day | null;
  readonly currency: Currency;
  readonly terms: Terms;
  /** By currency in which the instrument is held beside the action's own: units of it for one of the action's, fixed when the action came to count. */
  readonly rates?: ReadonlyMap<Currency, ActionRate>;
}

export interface ActionRate {
  readonly rate: Decimal;
  /** The day of which it is: the last published one on or before the ex date. */
  readonly date: Day;
}

/** Of one day's actions those come first that count per share as it was before the others. */
const ORDER: readonly ActionKind[] = [
  'CASH_DIVIDEND', 'RETURN_OF_CAPITAL', 'RIGHTS_ISSUE', 'SPIN_OFF', 'STOCK_DIVIDEND', 'SPLIT', 'SYMBOL_CHANGE', 'MERGER', 'RIGHTS_LAPSE', 'RIGHTS_EXERCISE',
];
/** After every trade of the day: rights bought that day can be exercised. */
const END_OF_DAY = Number.MAX_SAFE_INTEGER;

/** Before the trades of its day, whose sequences are positive. The same in every portfolio. */
export const placeOfAction = ({ effectiveOn, actionId, terms: { kind } }: Pick<Action, 'effectiveOn' | 'actionId' | 'terms'>): Place =>
  ({ tradedOn: effectiveOn, sequence: kind === 'RIGHTS_EXERCISE' ? END_OF_DAY : ORDER.indexOf(kind) - ORDER.length, tradeId: actionId });

/** The instrument into which an action moves basis; null where there is none. */
export function targetOf(terms: Terms): string | null {
  switch (terms.kind) {
    case 'SPIN_OFF': case 'RIGHTS_ISSUE': case 'RIGHTS_EXERCISE': case 'SYMBOL_CHANGE': return terms.into;
    case 'MERGER': return terms.stock?.into ?? null;
    default: return null;
  }
}
