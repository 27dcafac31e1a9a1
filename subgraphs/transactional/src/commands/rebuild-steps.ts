/** One portfolio's projections, each worked out of its facts and compared with what is stored, or written. */
import type { Decimal } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { actionBooked, actionPaid } from '../domain/action-entries.ts';
import { afterLines, type Cash, noCash } from '../domain/cash.ts';
import { bookingIn } from '../domain/booked-version.ts';
import { cashLines, type Difference, differences, shown } from '../domain/rebuilt.ts';
import { shownOnTheWay } from '../domain/settlement-facts.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';

const showCash = (all: Iterable<Cash>): Map<string, string> =>
  new Map([...all].filter(({ settled, receivable, payable }) => ![settled, receivable, payable].every((amount) => amount.isZero())).map((cash) => [`cash ${cash.currency}`, shown('settled', cash.settled, 'receivable', cash.receivable, 'payable', cash.payable)]));

/** `actions` are those that count, with what they did. */
export async function rebuildCash(tx: Posting, portfolio: LockedPortfolio, verify: boolean, actions: readonly Entitlement[]): Promise<{ facts: number; differences: Difference[] }> {
  const rebuilt = new Map<string, Cash>();
  let facts = 0;
  for (const { action, outcome, paidOn } of actions) {
    const { lines } = actionBooked(action, outcome);
    const paid = paidOn === null ? [] : actionPaid(action, outcome, paidOn).lines;
    rebuilt.set(outcome.currency, afterLines(rebuilt.get(outcome.currency) ?? noCash(outcome.currency), [...lines, ...paid]));
  }
  for (let after = 0; ;) {
    const page = await tx.factPage(portfolio.id, after);
    for (const { fact, trade } of page) {
      const lines = cashLines(fact, trade === null ? null : asFill(tradeFacts.parse(trade)));
      for (const currency of new Set(lines.map((line) => line.currency))) rebuilt.set(currency, afterLines(rebuilt.get(currency) ?? noCash(currency), lines));
    }
    facts += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  if (!verify) await tx.write(tx.cashRows(portfolio, [...rebuilt.values()]));
  return { facts, differences: differences(showCash((await tx.cash(portfolio.id)).values()), showCash(rebuilt.values())) };
}

function showBooking({ fill, settlement, attempt, contractualOn, parties }: Booking): string {
  return shown(fill.quantity, 'for', fill.amount, ...(fill.cash === undefined ? [] : [fill.cash.amount, fill.cash.currency]), ...(fill.charges ?? []).flatMap(({ amount, currency, inTrade }) => ['charged', amount, currency, 'as', inTrade]), settlement.step, 'settledOn' in settlement ? settlement.settledOn : contractualOn, 'attempt', attempt,
    ...(fill.named ?? []).flatMap(({ lotId, quantity }) => [lotId, quantity]), ...(parties.counterparty === null ? [] : ['with', parties.counterparty]), ...shownOnTheWay(settlement));
}

export async function rebuildBookings(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const found: Difference[] = [];
  let count = 0;
  for (let after = 0; ;) {
    const page = await tx.bookedPage(portfolio.id, after);
    const last = page.at(-1);
    if (last === undefined) break;
    const rebuilt = page.map((version) => bookingIn(tradeFacts.parse(version.data), version));
    if (!verify) await tx.write(tx.bookingRows(portfolio, rebuilt));
    const stored = await tx.bookings(page);
    const name = ({ fill, version }: Pick<Booking, 'fill' | 'version'>): string => `trade ${fill.tradeId} version ${version}`;
    found.push(...differences(new Map(stored.map((each) => [name(each), showBooking(each)])), new Map(rebuilt.map((each) => [name(each), showBooking(each)]))));
    count += page.length;
    after = last.sequence;
  }
  const stored = await tx.bookingCount(portfolio.id);
  return stored === count ? found : [...found, { what: 'booked versions', stored: String(stored), facts: String(count) }];
}

/** The journal against the projections: cash accounts, securities at cost, realised gains; and every entry in itself. */
export async function journalDifferences(tx: Posting, portfolio: LockedPortfolio): Promise<Difference[]> {
  const journal = new Map<string, string>();
  for (const { account, currency, instrumentId, amount } of await tx.accountTotals(portfolio.id))
    if (COMPARED.has(account) && !amount.isZero()) journal.set(`journal ${account} ${currency}${instrumentId === null ? '' : ` ${instrumentId}`}`, shown(amount));
  const projected = new Map<string, string>();
  const put = (name: string, amount: Decimal): void => { if (!amount.isZero()) projected.set(`journal ${name}`, shown(amount)); };
  for (const { currency, settled, receivable, payable } of (await tx.cash(portfolio.id)).values()) {
    put(`CASH_SETTLED ${currency}`, settled);
    put(`CASH_RECEIVABLE ${currency}`, receivable);
    put(`CASH_PAYABLE ${currency}`, payable.negated());
  }
  for (const { instrumentId, currency, cost, realized } of await tx.everyPosition(portfolio.id)) {
    put(`SECURITIES_AT_COST ${currency} ${instrumentId}`, cost);
    put(`REALIZED_GAINS ${currency} ${instrumentId}`, realized.negated());
  }
  const broken = await tx.brokenEntries(portfolio.id);
  return [...differences(journal, projected), ...broken.map((id) => ({ what: `journal entry ${id}`, stored: 'one that does not balance', facts: 'that debits and credits are equal in each currency' }))];
}

const COMPARED: ReadonlySet<string> = new Set(['CASH_SETTLED', 'CASH_RECEIVABLE', 'CASH_PAYABLE', 'SECURITIES_AT_COST', 'REALIZED_GAINS']);
