/**
 * A statement of one portfolio over a period: what there was, what happened, what there is. Amounts are exact and of one currency each; nothing is added
 * over currencies. It does not exist unless it adds up (`UnbalancedStatement`, a programming error): in each currency the opening cash and the movements
 * make the closing cash, and cash and cost together change by what was paid in, earned, charged and exchanged.
 */
import { type Currency, type Decimal, decimal, sum, ZERO } from '@pms/money';
import { balanceOf, type Cash, noCash } from './cash.ts';
import type { Day } from './days.ts';
import type { Account, EntryKind, Line } from './journal.ts';
import type { PositionState } from './movement.ts';

/** What a trade's entry is about. */
export interface TradeTold {
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly fees: readonly { readonly amount: { readonly amount: string; readonly currency: string } }[];
}

export interface StatedEntry {
  readonly number: number;
  readonly kind: EntryKind;
  readonly effectiveOn: Day;
  /** RFC 3339, to the microsecond. */
  readonly recordedAt: string;
  readonly reference: string;
  readonly version: number | null;
  /** The kind of the entry that it undoes. */
  readonly undoes: EntryKind | null;
  readonly trade: TradeTold | null;
  readonly lines: readonly Line[];
}

export interface Name { readonly symbol: string | null; readonly name: string | null }

/** What there is at the end of one day. */
export interface Stand {
  readonly cash: readonly Cash[];
  readonly holdings: readonly PositionState[];
}

export interface StatementOf {
  readonly portfolio: { readonly id: string; readonly name: string | null; readonly baseCurrency: Currency };
  readonly from: Day;
  readonly to: Day;
  /** RFC 3339: as the books were known then. */
  readonly knownAt: string;
  readonly opening: Stand;
  readonly closing: Stand;
  /** Of the period, in the order of their days. */
  readonly entries: readonly StatedEntry[];
  /** By instrument. */
  readonly names: ReadonlyMap<string, Name>;
}

/** What one entry did in one currency. */
export interface Movement {
  readonly entry: StatedEntry;
  readonly text: string;
  readonly instrumentId: string | null;
  readonly currency: Currency;
  /** Change of the traded balance. */
  readonly amount: Decimal;
  /** Change of settled cash. */
  readonly settled: Decimal;
  /** The traded balance after it. */
  readonly balance: Decimal;
  readonly settledBalance: Decimal;
}

export interface StatementCash { readonly currency: Currency; readonly opening: Cash; readonly closing: Cash }

/** Of the period, in one currency; what was earned, paid in or received is positive, charges and taxes are positive where they cost. */
export interface StatementTotal {
  readonly currency: Currency;
  readonly contributed: Decimal;
  readonly realizedGains: Decimal;
  readonly dividends: Decimal;
  readonly interest: Decimal;
  readonly fees: Decimal;
  readonly taxes: Decimal;
  /** What was bought of the currency less what was sold of it. */
  readonly exchanged: Decimal;
  /** Fees of the trades booked, less those taken back: they are in cost and proceeds already. */
  readonly feesInTrades: Decimal;
  readonly openingCost: Decimal;
  readonly closingCost: Decimal;
}

export interface Statement extends Omit<StatementOf, 'entries'> {
  readonly cash: readonly StatementCash[];
  readonly movements: readonly Movement[];
  readonly totals: readonly StatementTotal[];
}

/** A programming error: a statement that does not add up. */
export class UnbalancedStatement extends Error {
  override readonly name = 'UnbalancedStatement';
}

export function statementOf({ entries, ...of }: StatementOf): Statement {
  const currencies = [...new Set([
    ...[of.opening, of.closing].flatMap(({ cash, holdings }) => [...cash, ...holdings].map(({ currency }) => currency)), ...entries.flatMap(({ lines }) => lines.map(({ currency }) => currency)),
  ])].toSorted();
  const cash = currencies.map((currency) => ({ currency, opening: cashIn(of.opening, currency), closing: cashIn(of.closing, currency) }));
  const movements = movementsOf(entries, cash, of.names);
  const totals = currencies.map((currency) => totalOf(currency, entries, of));
  for (const { currency, opening, closing } of cash) addsUp(of.portfolio.id, { currency, opening, closing }, movements, totals);
  return { ...of, cash, movements, totals };
}

const cashIn = ({ cash }: Stand, currency: Currency): Cash => cash.find((each) => each.currency === currency) ?? noCash(currency);
const on = (lines: readonly Line[], currency: Currency, holds: (account: Account) => boolean): Decimal =>
  sum(lines.filter((line) => line.currency === currency && holds(line.account)).map(({ amount }) => amount));
const isCash = (account: Account): boolean => account.startsWith('CASH_');

function movementsOf(entries: readonly StatedEntry[], cash: readonly StatementCash[], names: ReadonlyMap<string, Name>): Movement[] {
  const running = new Map(cash.map(({ currency, opening }) => [currency, { balance: balanceOf(opening), settled: opening.settled }]));
  return entries.flatMap((entry) => movedIn(entry).map((currency): Movement => {
    const amount = on(entry.lines, currency, isCash);
    const settled = on(entry.lines, currency, (account) => account === 'CASH_SETTLED');
    const before = running.get(currency) ?? { balance: ZERO, settled: ZERO };
    const after = { balance: before.balance.plus(amount), settled: before.settled.plus(settled) };
    running.set(currency, after);
    const instrumentId = entry.lines.find((line) => line.instrumentId !== undefined)?.instrumentId ?? null;
    return { entry, text: textOf(entry, instrumentId, names), instrumentId, currency, amount, settled, balance: after.balance, settledBalance: after.settled };
  }));
}

/** The currencies whose cash it moved; where it moved none, that of its first line. */
function movedIn({ lines }: StatedEntry): Currency[] {
  const moved = [...new Set(lines.filter(({ account }) => isCash(account)).map(({ currency }) => currency))];
  return moved.length > 0 ? moved : lines.slice(0, 1).map(({ currency }) => currency);
}

export const nameOf = (names: ReadonlyMap<string, Name>, instrumentId: string): string => names.get(instrumentId)?.symbol ?? instrumentId;

/** In words: "Bought 10 ACME at 100". */
function textOf({ kind, undoes, trade, lines }: StatedEntry, instrumentId: string | null, names: ReadonlyMap<string, Name>): string {
  const what = instrumentId === null ? '' : ` ${nameOf(names, instrumentId)}`;
  if (kind === 'REVERSAL') return `Reversal: ${undoes === null ? 'an entry' : words(undoes, trade, what)}`;
  const text = kind === 'LOTS_REALLOCATED' ? `gain changed by ${sum(lines.filter(({ account }) => account === 'REALIZED_GAINS').map(({ amount }) => amount.negated())).toFixed()}:${what}` : words(kind, trade, what);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(kind: EntryKind, trade: TradeTold | null, what: string): string {
  const quantity = trade === null ? '' : ` ${decimal(trade.quantity).toFixed()}`;
  if (kind === 'TRADE_BOOKED' && trade !== null) return `${trade.side === 'BUY' ? 'bought' : 'sold'}${quantity}${what} at ${decimal(trade.price).toFixed()}`;
  if (kind === 'TRADE_SETTLED' && trade !== null) return `settled: ${trade.side === 'BUY' ? 'purchase' : 'sale'} of${quantity}${what}`;
  return `${kind.toLowerCase().replaceAll('_', ' ')}${what}`;
}

function totalOf(currency: Currency, entries: readonly StatedEntry[], { opening, closing }: Pick<StatementOf, 'opening' | 'closing'>): StatementTotal {
  const lines = entries.flatMap((entry) => entry.lines);
  const posted = (account: Account): Decimal => on(lines, currency, (each) => each === account);
  const cost = ({ holdings }: Stand): Decimal => sum(holdings.filter((holding) => holding.currency === currency).map((holding) => holding.cost));
  return {
    currency, contributed: posted('CAPITAL_CONTRIBUTED').negated(), realizedGains: posted('REALIZED_GAINS').negated(), dividends: posted('DIVIDENDS').negated(),
    interest: posted('INTEREST').negated(), fees: posted('FEES'), taxes: posted('TAXES'), exchanged: posted('FX').negated(), feesInTrades: sum(entries.map((entry) => feesIn(entry, currency))),
    openingCost: cost(opening), closingCost: cost(closing),
  };
}

function feesIn({ kind, undoes, trade }: StatedEntry, currency: Currency): Decimal {
  if (trade === null || (kind !== 'TRADE_BOOKED' && undoes !== 'TRADE_BOOKED')) return ZERO;
  const fees = sum(trade.fees.filter(({ amount }) => amount.currency === currency).map(({ amount }) => decimal(amount.amount)));
  return kind === 'REVERSAL' ? fees.negated() : fees;
}

function addsUp(portfolioId: string, { currency, opening, closing }: StatementCash, movements: readonly Movement[], totals: readonly StatementTotal[]): void {
  const moved = movements.filter((movement) => movement.currency === currency);
  const refuse = (what: string, left: Decimal): never => {
    throw new UnbalancedStatement(`the statement of ${portfolioId} is out by ${left.toFixed()} ${currency} in ${what}`);
  };
  const balance = balanceOf(opening).plus(sum(moved.map(({ amount }) => amount))).minus(balanceOf(closing));
  if (!balance.isZero()) refuse('cash', balance);
  const settled = opening.settled.plus(sum(moved.map((movement) => movement.settled))).minus(closing.settled);
  if (!settled.isZero()) refuse('settled cash', settled);
  const total = totals.find((each) => each.currency === currency);
  if (total === undefined) return;
  const grown = balanceOf(closing).plus(total.closingCost).minus(balanceOf(opening)).minus(total.openingCost);
  const explained = sum([total.contributed, total.realizedGains, total.dividends, total.interest, total.exchanged]).minus(total.fees).minus(total.taxes);
  if (!grown.equals(explained)) refuse('cash and holdings', grown.minus(explained));
}
