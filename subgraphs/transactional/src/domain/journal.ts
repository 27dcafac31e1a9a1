/**
 * Double-entry postings of one portfolio. A line's amount is signed: a debit is positive, a credit negative; the lines of
 * an entry add up to zero in each currency or the entry does not exist (`UnbalancedEntry`, a programming error).
 * Amounts are exact, to 18 fractional digits; those on cash accounts are whole minor units. Entries are never edited:
 * a mistake is undone by its reversal. Trade fees are part of cost and proceeds (see lots.ts), whatever their currency; FEES takes the others.
 */
import { ZERO, minorUnits, sum } from '@pms/money';
import type { Currency, Decimal, Money } from '@pms/money';
import type { Day } from './days.ts';
import { cashOfFill } from './fill-cash.ts';
import type { Applied, Fill } from './lots.ts';

/** The chart of accounts that every portfolio has, with the side on which each normally stands. */
export const accounts = {
  CASH_SETTLED: { normal: 'DEBIT', meaning: 'Cash that is there.' },
  CASH_RECEIVABLE: { normal: 'DEBIT', meaning: 'Proceeds of trades that have not settled.' },
  CASH_PAYABLE: { normal: 'CREDIT', meaning: 'What is owed for trades that have not settled.' },
  SECURITIES_AT_COST: { normal: 'DEBIT', meaning: 'Open lots at cost, fees included; short lots stand negative.' },
  REALIZED_GAINS: { normal: 'CREDIT', meaning: 'Gains realised by closing lots, after fees.' },
  FEES: { normal: 'DEBIT', meaning: 'Charges that belong to no trade.' },
  TAXES: { normal: 'DEBIT', meaning: 'Taxes withheld or paid, outside of trades.' },
  DIVIDENDS: { normal: 'CREDIT', meaning: 'Dividends, gross.' },
  INTEREST: { normal: 'CREDIT', meaning: 'Interest received, less interest paid.' },
  CAPITAL_CONTRIBUTED: { normal: 'CREDIT', meaning: 'What the investor paid in, less what was taken out.' },
  FX: { normal: 'CREDIT', meaning: 'The other side of a currency exchange, in each of its currencies.' },
} as const satisfies Record<string, { normal: 'DEBIT' | 'CREDIT'; meaning: string }>;

export type Account = keyof typeof accounts;

export interface Line {
  readonly account: Account;
  readonly currency: Currency;
  /** A debit is positive, a credit negative; never zero. */
  readonly amount: Decimal;
  /** The instrument that a line on SECURITIES_AT_COST, REALIZED_GAINS or DIVIDENDS is about. */
  readonly instrumentId?: string;
}

export type EntryKind =
  | 'DEPOSIT' | 'WITHDRAWAL' | 'TRADE_BOOKED' | 'TRADE_SETTLED' | 'LOTS_REALLOCATED' | 'DIVIDEND' | 'INTEREST' | 'FEE' | 'TAX'
  | 'CURRENCY_EXCHANGED' | 'CURRENCY_SETTLED' | 'CORPORATE_ACTION' | 'ENTITLEMENT_PAID' | 'BUY_IN' | 'REVERSAL';

/** An entry before it has an id and a recorded time, which its writer gives. */
export interface Entry {
  readonly kind: EntryKind;
  /** The day from which it counts in the books. */
  readonly effectiveOn: Day;
  /** What it records: a trade's id, a deposit's. */
  readonly reference: string;
  readonly lines: readonly Line[];
  /** The id of the entry that this one undoes. */
  readonly reverses?: string;
}

/** A programming error: an entry whose lines do not add up to zero in a currency. */
export class UnbalancedEntry extends Error {
  override readonly name = 'UnbalancedEntry';
}

/** What each currency's lines add up to; all zero for an entry that may be written. */
export function balances(lines: readonly Pick<Line, 'currency' | 'amount'>[]): ReadonlyMap<Currency, Decimal> {
  const totals = new Map<Currency, Decimal>();
  for (const { currency, amount } of lines) totals.set(currency, (totals.get(currency) ?? ZERO).plus(amount));
  return totals;
}

/** Leaves out empty lines; throws UnbalancedEntry unless each currency adds up to zero and cash is in whole minor units. */
export function entry(terms: Entry): Entry {
  const lines = terms.lines.filter(({ amount }) => !amount.isZero());
  for (const [currency, total] of balances(lines))
    if (!total.isZero()) throw new UnbalancedEntry(`${terms.kind} ${terms.reference} is out of balance by ${total.toFixed()} ${currency}`);
  for (const { account, currency, amount } of lines)
    if (account.startsWith('CASH_') && amount.decimalPlaces() > minorUnits(currency))
      throw new UnbalancedEntry(`${terms.kind} ${terms.reference} books ${amount.toFixed()} ${currency} of cash, a part of a minor unit`);
  return { ...terms, lines };
}

interface CashEvent {
  readonly reference: string;
  readonly effectiveOn: Day;
  /** Positive; a whole number of minor units. */
  readonly money: Money;
}

const line = (account: Account, { amount, currency }: Money, instrumentId?: string): Line =>
  ({ account, currency, amount, ...(instrumentId !== undefined && { instrumentId }) });

const credit = (account: Account, { amount, currency }: Money, instrumentId?: string): Line =>
  line(account, { amount: amount.negated(), currency }, instrumentId);

export const deposited = ({ reference, effectiveOn, money }: CashEvent): Entry =>
  entry({ kind: 'DEPOSIT', effectiveOn, reference, lines: [line('CASH_SETTLED', money), credit('CAPITAL_CONTRIBUTED', money)] });

export const withdrawn = ({ reference, effectiveOn, money }: CashEvent): Entry =>
  entry({ kind: 'WITHDRAWAL', effectiveOn, reference, lines: [line('CAPITAL_CONTRIBUTED', money), credit('CASH_SETTLED', money)] });

/** A cash dividend: gross to income, the tax withheld to TAXES, the rest to cash. `tax` is unsigned, in the same currency. */
export function dividendPaid({ tax, instrumentId, ...event }: CashEvent & { readonly tax: Decimal; readonly instrumentId: string }): Entry {
  const { amount, currency } = event.money;
  return entry({
    kind: 'DIVIDEND', effectiveOn: event.effectiveOn, reference: event.reference,
    lines: [
      line('CASH_SETTLED', { amount: amount.minus(tax), currency }), line('TAXES', { amount: tax, currency }),
      credit('DIVIDENDS', event.money, instrumentId),
    ],
  });
}

/**
 * A trade at its trade date, as `applyFill` booked it: securities change by cost opened less cost closed (which is the
 * cash of the fill plus the gain), the gain is realised, and the cash is owed or awaited until settlement, as are fees in
 * other currencies. Cash of another currency goes through FX, so that each currency balances.
 */
export function tradeBooked({ fill, applied, instrumentId }: {
  readonly fill: Fill; readonly applied: Pick<Applied, 'closings'>; readonly instrumentId: string;
}): Entry {
  const { currency, amount } = fill;
  const cash = cashOfFill(fill);
  const gain = sum(applied.closings.map((closing) => closing.realizedGain));
  const owed = amount.isNegative() ? 'CASH_RECEIVABLE' : 'CASH_PAYABLE';
  return entry({
    kind: 'TRADE_BOOKED', effectiveOn: fill.tradedOn, reference: fill.tradeId,
    lines: [
      line('SECURITIES_AT_COST', { amount: amount.plus(gain), currency }, instrumentId),
      credit('REALIZED_GAINS', { amount: gain, currency }, instrumentId),
      ...exchanged(fill),
      credit(owed, cash), ...(fill.charges ?? []).map((charge) => credit('CASH_PAYABLE', charge)),
    ],
  });
}

/** The other side of what of a trade is not paid in its own currency. */
function exchanged({ amount, currency, cash, charges = [] }: Fill): Line[] {
  if (cash === undefined) return [];
  const within = cash.currency === currency;
  return [credit('FX', { amount: within ? amount.minus(cash.amount) : amount, currency }), ...(within ? [] : [line('FX', cash)]), ...charges.map((charge) => line('FX', charge))];
}

/** A booked trade whose cash has moved. `fill` is the one that was booked. */
export function tradeSettled({ fill, settledOn }: { readonly fill: Pick<Fill, 'tradeId' | 'amount' | 'currency' | 'cash' | 'charges'>; readonly settledOn: Day }): Entry {
  const cash = cashOfFill(fill);
  const owed = cash.amount.isNegative() ? 'CASH_RECEIVABLE' : 'CASH_PAYABLE';
  return entry({
    kind: 'TRADE_SETTLED', effectiveOn: settledOn, reference: fill.tradeId,
    lines: [line(owed, cash), credit('CASH_SETTLED', cash), ...(fill.charges ?? []).flatMap((charge) => [line('CASH_PAYABLE', charge), credit('CASH_SETTLED', charge)])],
  });
}

/**
 * A booked trade that now realises another gain, because an earlier trade came in late or went, or the lot method changed:
 * the cost that it took from the open lots changes with it. `change` is the new gain less the old one.
 */
export function lotsReallocated({ fill, change, instrumentId }: {
  readonly fill: Pick<Fill, 'tradeId' | 'tradedOn' | 'currency'>; readonly change: Decimal; readonly instrumentId: string;
}): Entry {
  const money = { amount: change, currency: fill.currency };
  return entry({
    kind: 'LOTS_REALLOCATED', effectiveOn: fill.tradedOn, reference: fill.tradeId,
    lines: [line('SECURITIES_AT_COST', money, instrumentId), credit('REALIZED_GAINS', money, instrumentId)],
  });
}

/** Undoes an entry: the same lines with the other sign. Counts from `effectiveOn`, by default the day of what it undoes. */
export const reversalOf = (id: string, original: Entry, effectiveOn: Day = original.effectiveOn): Entry =>
  entry({
    kind: 'REVERSAL', effectiveOn, reference: original.reference, reverses: id,
    lines: original.lines.map((each) => ({ ...each, amount: each.amount.negated() })),
  });

/** Balance of each account and currency over some lines: the trial balance. Debits are positive; it adds up to zero. */
export function trialBalance(lines: readonly Line[]): readonly { readonly account: Account; readonly currency: Currency; readonly balance: Decimal }[] {
  const totals = new Map<string, { account: Account; currency: Currency; balance: Decimal }>();
  for (const { account, currency, amount } of lines) {
    const total = totals.get(`${account} ${currency}`) ?? { account, currency, balance: ZERO };
    totals.set(`${account} ${currency}`, { ...total, balance: total.balance.plus(amount) });
  }
  return [...totals.values()];
}

/** Cash of one currency: `settled` is there, `balance` counts what trades owe and are owed as well. */
export function cashOf(lines: readonly Line[], currency: Currency): { readonly settled: Decimal; readonly balance: Decimal } {
  const of = (...names: Account[]): Decimal =>
    sum(lines.filter((each) => each.currency === currency && names.includes(each.account)).map((each) => each.amount));
  const settled = of('CASH_SETTLED');
  return { settled, balance: settled.plus(of('CASH_RECEIVABLE', 'CASH_PAYABLE')) };
}
