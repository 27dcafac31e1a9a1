/** A corporate action, as it was announced, as the action that positions see. Throws where what its kind needs is missing: market data sees to that. */
import { Decimal, decimal, ZERO } from '@pms/money';
import type { Action, Stock, Terms } from './action-terms.ts';
import { isPriced } from './action-effects.ts';
import { type Ratio, spunOffShare } from './corporate-actions.ts';

/** Amounts are decimal text, days ISO 8601; null where the kind has no use for it. */
export interface ToldAction {
  readonly actionId: string;
  readonly version: number;
  readonly instrumentId: string;
  readonly kind: Terms['kind'];
  readonly exDate: string;
  readonly payDate: string | null;
  readonly currency: string;
  readonly cashPerShare: string | null;
  readonly withholdingRate: string | null;
  readonly newShares: string | null;
  readonly oldShares: string | null;
  readonly newInstrumentId: string | null;
  readonly basisShare: string | null;
  readonly oldPrice: string | null;
  readonly newPrice: string | null;
  readonly cashInLieuPrice: string | null;
  readonly taxable: boolean;
  /** Of an exercise: how many rights are given up. */
  readonly rights?: string | null | undefined;
  /** Of an exercise: the currency of the position that they are given up of. */
  readonly heldIn?: string | undefined;
  /** Rates from its currency to others in which the instrument was held when it came to count here. */
  readonly rates?: readonly { readonly currency: string; readonly rate: string; readonly date: string }[] | undefined;
}

export function asAction(told: ToldAction, entitlementId: string): Action {
  const { actionId, version, instrumentId, exDate: effectiveOn, payDate, currency } = told;
  const rates = new Map((told.rates ?? []).map((known) => [known.currency, { rate: decimal(known.rate), date: known.date }]));
  const action = { entitlementId, actionId, version, instrumentId, effectiveOn, currency, terms: termsOf(told), rates };
  const bringsCash = action.terms.kind === 'CASH_DIVIDEND' || isPriced({ ...action, payOn: null });
  return { ...action, payOn: bringsCash ? (payDate ?? effectiveOn) : null };
}

/** A bonus issue says what comes on top of what is held. */
const onTop = ({ into, old }: Ratio): Ratio => ({ into: old.plus(into), old });
const stockOf = (told: ToldAction): Stock | null => (told.newInstrumentId === null ? null : { into: told.newInstrumentId, ratio: ratioOf(told), price: given(told.newPrice) });
const priceIfAny = (price: string | null): Decimal | null => (price === null ? null : decimal(price));

function termsOf(told: ToldAction): Terms {
  const { kind } = told;
  const inLieu = priceIfAny(told.cashInLieuPrice);
  switch (kind) {
    case 'CASH_DIVIDEND': return { kind, perShare: needed(told, 'cashPerShare'), withheld: given(told.withholdingRate) };
    case 'RETURN_OF_CAPITAL': return { kind, perShare: needed(told, 'cashPerShare') };
    case 'SPLIT': return { kind, ratio: ratioOf(told), inLieu };
    case 'STOCK_DIVIDEND': return { kind, ratio: onTop(ratioOf(told)), inLieu };
    case 'SPIN_OFF': case 'RIGHTS_ISSUE': return { kind, into: text(told, 'newInstrumentId'), ratio: ratioOf(told), share: shareOf(told), inLieu };
    case 'MERGER': return { kind, stock: stockOf(told), cash: given(told.cashPerShare), inLieu, taxable: told.taxable };
    case 'SYMBOL_CHANGE': return { kind, into: told.newInstrumentId };
    case 'RIGHTS_LAPSE': return { kind };
    case 'RIGHTS_EXERCISE':
      return { kind, into: text(told, 'newInstrumentId'), rights: needed(told, 'rights'), ratio: ratioOf(told), perShare: needed(told, 'cashPerShare'), ...(told.heldIn !== undefined && { heldIn: told.heldIn }) };
  }
}

const given = (value: string | null): Decimal => (value === null ? ZERO : decimal(value));
const ratioOf = (told: ToldAction): Ratio => ({ into: needed(told, 'newShares'), old: needed(told, 'oldShares') });
const needed = (told: ToldAction, name: 'cashPerShare' | 'newShares' | 'oldShares' | 'oldPrice' | 'newPrice' | 'rights'): Decimal => decimal(text(told, name));

function text(told: ToldAction, name: keyof ToldAction): string {
  const value = told[name];
  if (typeof value !== 'string') throw new Error(`corporate action ${told.actionId}, a ${told.kind}, says no ${name}`);
  return value;
}

/** As given, or by market value; none of the basis where neither is told. */
function shareOf(told: ToldAction): Decimal {
  if (told.basisShare !== null) return decimal(told.basisShare);
  if (told.oldPrice === null || told.newPrice === null) return ZERO;
  const { into, old } = ratioOf(told);
  return Decimal.min(1, spunOffShare({ parentPriceBefore: decimal(told.oldPrice), spunOffPrice: decimal(told.newPrice), sharesPerParent: into.div(old) }));
}

/** A fact about an action, as it was recorded. */
export interface ActionFact {
  readonly sequence: string;
  readonly kind: 'CORPORATE_ACTION_APPLIED' | 'CORPORATE_ACTION_REVERSED' | 'CORPORATE_ACTION_PAID';
  readonly effectiveOn: string;
  readonly data: { readonly entitlementId: string; readonly action?: ToldAction };
}

/** An action that counts in a portfolio's books, as the facts say. */
export interface StandingAction {
  readonly action: Action;
  readonly told: ToldAction;
  readonly factSequence: number;
  /** Null while its cash has not moved. */
  readonly paidOn: string | null;
}

/** What stands after the facts, which come in the order of recording. */
export function standingActions(facts: readonly ActionFact[]): StandingAction[] {
  const standing = new Map<string, StandingAction>();
  for (const { kind, sequence, effectiveOn, data: { entitlementId, action: told } } of facts) {
    const applied = standing.get(entitlementId);
    if (kind === 'CORPORATE_ACTION_REVERSED') standing.delete(entitlementId);
    else if (kind === 'CORPORATE_ACTION_APPLIED' && told !== undefined)
      standing.set(entitlementId, { action: asAction(told, entitlementId), told, factSequence: Number(sequence), paidOn: null });
    else if (applied !== undefined) standing.set(entitlementId, { ...applied, paidOn: effectiveOn });
  }
  return [...standing.values()];
}
