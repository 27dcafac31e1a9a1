/**
 * A corporate action as it is announced: what each kind has to say, may say, and what is refused. Amounts and prices are for one share, in the
 * action's currency, exact; ratios are `newShares` for `oldShares` held.
 */
import { invalid } from '@pms/errors';
import { decimal, text } from '@pms/money';

export const kinds = [
  'CASH_DIVIDEND', 'STOCK_DIVIDEND', 'SPLIT', 'SPIN_OFF', 'MERGER', 'SYMBOL_CHANGE', 'RETURN_OF_CAPITAL', 'RIGHTS_ISSUE', 'RIGHTS_LAPSE',
] as const;
export type Kind = (typeof kinds)[number];

type Given<T> = T | null | undefined;

/** What is announced; left out what the kind has no use for. */
export interface Terms {
  readonly exDate: string;
  readonly recordDate?: Given<string>;
  readonly payDate?: Given<string>;
  readonly currency?: Given<string>;
  readonly cashPerShare?: Given<string>;
  readonly withholdingRate?: Given<string>;
  readonly newShares?: Given<string>;
  readonly oldShares?: Given<string>;
  readonly newInstrumentId?: Given<string>;
  readonly basisShare?: Given<string>;
  readonly oldPrice?: Given<string>;
  readonly newPrice?: Given<string>;
  readonly cashInLieuPrice?: Given<string>;
  readonly taxable?: Given<boolean>;
  readonly newSymbol?: Given<string>;
  readonly newName?: Given<string>;
  readonly subscriptionPrice?: Given<string>;
  readonly subscribedInstrumentId?: Given<string>;
  readonly subscribedShares?: Given<string>;
  readonly subscribedRights?: Given<string>;
  readonly expiresOn?: Given<string>;
}

/** Every term, null where there is none. */
export type Facts = { readonly [Name in Exclude<keyof Terms, 'exDate' | 'currency' | 'taxable'>]: string | null } & {
  readonly exDate: string; readonly currency: string; readonly taxable: boolean; readonly kind: Kind;
};

export interface CorporateAction {
  readonly id: string;
  readonly organizationId: string;
  readonly instrumentId: string;
  readonly version: number;
  readonly cancelled: boolean;
  readonly facts: Facts;
  readonly announcedAt: Date;
}

type Term = keyof Omit<Terms, 'exDate' | 'recordDate' | 'payDate' | 'currency' | 'taxable'>;

interface Needs {
  readonly needed: readonly Term[];
  readonly allowed: readonly Term[];
}

const RATIO = ['newShares', 'oldShares'] as const;
const BASIS = ['basisShare', 'oldPrice', 'newPrice'] as const;
const SUBSCRIPTION = ['subscriptionPrice', 'subscribedInstrumentId', 'subscribedShares', 'subscribedRights', 'expiresOn'] as const;

const NEEDS: Readonly<Record<Kind, Needs>> = {
  CASH_DIVIDEND: { needed: ['cashPerShare'], allowed: ['withholdingRate'] },
  STOCK_DIVIDEND: { needed: RATIO, allowed: ['cashInLieuPrice'] },
  SPLIT: { needed: RATIO, allowed: ['cashInLieuPrice'] },
  SPIN_OFF: { needed: [...RATIO, 'newInstrumentId'], allowed: [...BASIS, 'cashInLieuPrice'] },
  MERGER: { needed: [], allowed: [...RATIO, 'newInstrumentId', 'newPrice', 'cashPerShare', 'cashInLieuPrice'] },
  SYMBOL_CHANGE: { needed: [], allowed: ['newSymbol', 'newName', 'newInstrumentId'] },
  RETURN_OF_CAPITAL: { needed: ['cashPerShare'], allowed: [] },
  RIGHTS_ISSUE: { needed: [...RATIO, 'newInstrumentId'], allowed: [...BASIS, ...SUBSCRIPTION, 'cashInLieuPrice'] },
  RIGHTS_LAPSE: { needed: [], allowed: [] },
};

const TERMS: readonly Term[] = ['cashPerShare', 'withholdingRate', ...RATIO, 'newInstrumentId', ...BASIS, 'cashInLieuPrice', 'newSymbol', 'newName', ...SUBSCRIPTION];
const POSITIVE: readonly Term[] = ['cashPerShare', ...RATIO, 'oldPrice', 'subscribedShares', 'subscribedRights'];
const SHARES: readonly Term[] = ['withholdingRate', 'basisShare'];
const DECIMALS: readonly Term[] = [...POSITIVE, ...SHARES, 'newPrice', 'cashInLieuPrice', 'subscriptionPrice'];
const NAME_CHARACTERS_MAX = 200;
const SYMBOL = /^[A-Z0-9.\-/^]{1,20}$/;

/** Throws the Refusal INVALID that names the field. `instrument`: the one that the action is about. */
export function announced(kind: Kind, terms: Terms, instrument: { readonly id: string; readonly currency: string }): Facts {
  const { needed, allowed } = NEEDS[kind];
  for (const name of TERMS) {
    const isGiven = terms[name] != null;
    if (needed.includes(name) && !isGiven) throw invalid(`a ${kind} says its ${name}`, name);
    if (isGiven && !needed.includes(name) && !allowed.includes(name)) throw invalid(`a ${kind} has no ${name}`, name);
  }
  if (terms.taxable === true && kind !== 'MERGER') throw invalid(`a ${kind} is not taxable by itself`, 'taxable');
  checkAmounts(terms);
  checkTogether(kind, terms);
  return { kind, ...named(terms), currency: currencyOf(kind, terms, instrument.currency), exDate: terms.exDate, taxable: terms.taxable === true, ...without(terms, instrument.id) };
}

function checkAmounts(terms: Terms): void {
  for (const name of POSITIVE) if (terms[name] != null && !decimal(terms[name]).greaterThan(0)) throw invalid(`${name} is greater than zero`, name);
  for (const name of SHARES) if (terms[name] != null && (decimal(terms[name]).lessThan(0) || decimal(terms[name]).greaterThan(1))) throw invalid(`${name} is from 0 to 1`, name);
  for (const name of ['newPrice', 'cashInLieuPrice', 'subscriptionPrice'] as const)
    if (terms[name] != null && decimal(terms[name]).lessThan(0)) throw invalid(`${name} is not negative`, name);
}

/** What depends on what. */
function checkTogether(kind: Kind, terms: Terms): void {
  const has = (name: Term): boolean => terms[name] != null;
  if (has('newShares') !== has('oldShares')) throw invalid('a ratio is newShares for oldShares', has('newShares') ? 'oldShares' : 'newShares');
  if (kind === 'SPIN_OFF' || kind === 'RIGHTS_ISSUE') checkBasis(kind, has);
  if (kind === 'MERGER') checkMerger(has, terms.taxable === true);
  if (kind === 'SYMBOL_CHANGE') checkNames(terms);
  if (kind === 'RIGHTS_ISSUE' && SUBSCRIPTION.some(has) && !SUBSCRIPTION.filter((name) => name !== 'subscribedInstrumentId').every(has))
    throw invalid('rights that can be exercised say subscriptionPrice, subscribedShares for subscribedRights, and expiresOn', 'subscriptionPrice');
}

function checkBasis(kind: Kind, has: (name: Term) => boolean): void {
  if (has('basisShare') && (has('oldPrice') || has('newPrice'))) throw invalid('the basis is shared as given or by market value, not both', 'basisShare');
  if (has('oldPrice') !== has('newPrice')) throw invalid('market values are oldPrice and newPrice', has('oldPrice') ? 'newPrice' : 'oldPrice');
  if (kind === 'SPIN_OFF' && !has('basisShare') && !has('oldPrice')) throw invalid('say how the basis is shared: basisShare, or oldPrice and newPrice', 'basisShare');
}

function checkMerger(has: (name: Term) => boolean, taxable: boolean): void {
  if (has('newInstrumentId') !== has('newShares')) throw invalid('shares of a merger are newShares of newInstrumentId for oldShares', 'newInstrumentId');
  if (!has('newInstrumentId') && !has('cashPerShare')) throw invalid('a merger brings shares, cash or both', 'newInstrumentId');
  if (has('newInstrumentId') && (taxable || has('cashPerShare')) && !has('newPrice')) throw invalid('what one new share is worth decides which gain is recognised', 'newPrice');
  if (!has('newInstrumentId') && (has('newPrice') || has('cashInLieuPrice'))) throw invalid('without new shares there is no price of them', has('newPrice') ? 'newPrice' : 'cashInLieuPrice');
}

function checkNames({ newSymbol, newName, newInstrumentId }: Terms): void {
  if (newInstrumentId != null && (newSymbol != null || newName != null)) throw invalid('a new instrument has its own symbol and name', 'newInstrumentId');
  if (newInstrumentId == null && newSymbol == null && newName == null) throw invalid('say the new symbol, the new name or the new instrument', 'newSymbol');
  if (newSymbol != null && !SYMBOL.test(newSymbol)) throw invalid('a symbol has 1 to 20 of A-Z, 0-9, ".", "-", "/" and "^"', 'newSymbol');
  if (newName != null && (newName.trim() === '' || newName.length > NAME_CHARACTERS_MAX)) throw invalid(`a name has 1 to ${NAME_CHARACTERS_MAX} characters`, 'newName');
}

/** Only a dividend and a subscription may be paid in another currency: whatever else is priced changes what the shares held cost. */
function currencyOf(kind: Kind, { currency }: Terms, own: string): string {
  if (currency == null || currency === own) return own;
  if (kind === 'CASH_DIVIDEND' || kind === 'RIGHTS_ISSUE') return currency;
  throw invalid(`the instrument is traded in ${own}: only a dividend and a subscription may be paid in another currency`, 'currency');
}

const named = ({ recordDate = null, payDate = null }: Terms): Pick<Facts, 'recordDate' | 'payDate'> => ({ recordDate, payDate });

function without(terms: Terms, instrumentId: string): Pick<Facts, Term> {
  const facts = Object.fromEntries(TERMS.map((name) => [name, terms[name] == null ? null : DECIMALS.includes(name) ? text(decimal(terms[name])) : terms[name]])) as Pick<Facts, Term>;
  if (facts.newInstrumentId === instrumentId) throw invalid('it is received for the instrument, and so another one', 'newInstrumentId');
  return facts.subscriptionPrice === null ? facts : { ...facts, subscribedInstrumentId: facts.subscribedInstrumentId ?? instrumentId };
}
