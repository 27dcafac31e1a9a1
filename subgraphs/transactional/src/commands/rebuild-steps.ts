/** One portfolio's projections, each worked out of its facts and compared with what is stored, or written. */
import { type Decimal, ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { afterLines, type Cash, noCash } from '../domain/cash.ts';
import { flat, type LotBook, lotBook } from '../domain/lot-book.ts';
import type { Closing, Lot } from '../domain/lots.ts';
import { type Key, keyOf, noPosition, type Place, type PositionChange, type PositionState } from '../domain/position-change.ts';
import { cashLines, type Difference, differences, shown } from '../domain/rebuilt.ts';
import { numbered } from '../domain/closings.ts';
import { settlementAfter } from '../domain/settlement-facts.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { BookedVersion } from '../store/rebuild-reads.ts';
import type { Booking } from '../store/rows.ts';

const showCash = (all: Iterable<Cash>): Map<string, string> =>
  new Map([...all].map((cash) => [`cash ${cash.currency}`, shown('settled', cash.settled, 'receivable', cash.receivable, 'payable', cash.payable)]));

export async function rebuildCash(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<{ facts: number; differences: Difference[] }> {
  const rebuilt = new Map<string, Cash>();
  let facts = 0;
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
  const failure = 'code' in settlement ? settlement : null;
  const part = 'part' in settlement && !settlement.part.quantity.isZero() ? ['part', settlement.part.quantity, settlement.part.amount] : [];
  return shown(fill.quantity, 'for', fill.amount, ...(fill.cash === undefined ? [] : [fill.cash.amount, fill.cash.currency]), settlement.step, 'settledOn' in settlement ? settlement.settledOn : contractualOn, 'attempt', attempt, ...part,
    ...(fill.named ?? []).flatMap(({ lotId, quantity }) => [lotId, quantity]),
    ...(parties.counterparty === null ? [] : ['with', parties.counterparty]), ...(failure === null ? [] : [failure.code, failure.failedOn, failure.matched ? 'matched' : 'unmatched']),
    ...('netSetId' in settlement && settlement.netSetId !== null ? ['net set', settlement.netSetId] : []), ...('dueOn' in settlement ? ['buy-in due', settlement.dueOn] : []));
}

export async function rebuildBookings(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const found: Difference[] = [];
  let count = 0;
  for (let after = 0; ;) {
    const page = await tx.bookedPage(portfolio.id, after);
    const last = page.at(-1);
    if (last === undefined) break;
    const rebuilt = page.map(bookingOf);
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

function bookingOf({ sequence, data, later }: BookedVersion): Booking {
  const trade = tradeFacts.parse(data);
  const { contractualSettlementDate: contractualOn } = data as { contractualSettlementDate: string };
  const fill = asFill(trade);
  const { counterparty = null, placeOfSettlement = null, custodyAccount = null } = trade;
  const { settlement, attempt } = settlementAfter({ contractualDate: contractualOn, toMatch: counterparty !== null }, fill, later);
  return { parties: { counterparty, placeOfSettlement, custodyAccount }, fill, version: trade.version, instrumentId: trade.instrumentId, gain: ZERO, settlement, attempt, contractualOn, factSequence: sequence };
}

const showPosition = ({ quantity, cost, realized, openedOn, last }: PositionState): string =>
  shown(quantity, 'cost', cost, 'realised', realized, 'since', openedOn, 'last trade', last?.tradeId ?? null);
const showLots = (key: string, lots: Iterable<Lot>): Map<string, string> =>
  new Map([...lots].map((lot) => [`lot ${key} ${lot.id}`, shown(lot.quantity, 'cost', lot.cost, 'opened', lot.openedOn, lot.sequence)]));

export async function rebuildPositions(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const method = (await tx.methodOfFacts(portfolio.id)) ?? portfolio.lotMethod;
  const found: Difference[] = method === portfolio.lotMethod ? [] : [{ what: 'lot method', stored: portfolio.lotMethod, facts: method }];
  const keys = await tx.keysOfFacts(portfolio.id);
  const known = new Set(keys.map(keyOf));
  for (const key of keys) {
    const { book, last, gains } = await replay(tx, portfolio, { key, book: lotBook(flat, method), verify });
    const after: PositionState = { ...noPosition(key.instrumentId, key.currency), quantity: book.quantity, cost: book.cost, realized: book.gained, openedOn: book.openedOn, last };
    const change: PositionChange = { after, lots: book.lots(), gone: null, booked: new Map(), closings: [], closedAgain: null, refused: new Map(), regained: [] };
    if (!verify) await tx.write(tx.positionRows(portfolio, [change]));
    const name = keyOf(key);
    const stored = (await tx.met(portfolio.id, [key])).positions.get(name);
    const lots = (await tx.lots(portfolio.id, [{ ...key, needed: null, named: [] }], method)).get(name) ?? [];
    const beyond = await tx.closingsBetween(portfolio.id, key, last, null);
    found.push(...gains, ...differences(showClosings(name, beyond), new Map()), ...differences(showLots(name, lots), showLots(name, book.lots())),
      ...differences(new Map(stored === undefined ? [] : [[`position ${name}`, showPosition(stored)]]), new Map([[`position ${name}`, showPosition(after)]])));
  }
  for (const position of await tx.everyPosition(portfolio.id))
    if (!known.has(keyOf(position))) found.push({ what: `position ${keyOf(position)}`, stored: showPosition(position), facts: null });
  for (const key of await tx.keysOfClosings(portfolio.id)) if (!known.has(keyOf(key))) found.push({ what: `closings ${keyOf(key)}`, stored: 'some', facts: null });
  return found;
}

const showClosings = (key: string, closings: readonly Closing[]): Map<string, string> =>
  new Map(numbered(closings).map(({ closing, line }) => [
    `closing ${key} ${closing.closedBy} ${line}`,
    shown(closing.quantity, 'of', closing.lotId, 'opened', closing.openedOn, 'closed', closing.closedOn, 'cost', closing.cost, 'proceeds', closing.proceeds, closing.named ? 'named' : 'chosen'),
  ]));

/** Applies the trades that stand, page by page; compares what each closed and realised with what is stored, or stores it. */
async function replay(
  tx: Posting, portfolio: LockedPortfolio, { key, book, verify }: { key: Key; book: LotBook; verify: boolean },
): Promise<{ book: LotBook; last: Place | null; gains: Difference[] }> {
  const gains: Difference[] = [];
  let last: Place | null = null;
  for (;;) {
    const page = await tx.standingFactPage(portfolio.id, key, last);
    const final = page.at(-1);
    if (final === undefined) return { book, last, gains };
    const rebuilt = new Map<string, Decimal>();
    const closings: Closing[] = [];
    for (const { place, data } of page) {
      const before = book.gained;
      closings.push(...book.apply(asFill(tradeFacts.parse(data))));
      rebuilt.set(place.tradeId, book.gained.minus(before));
    }
    const stored = await tx.bookings(page.map(({ place, version }) => ({ tradeId: place.tradeId, version })));
    const changed = stored.map((trade) => ({ trade, gain: rebuilt.get(trade.fill.tradeId) ?? ZERO })).filter(({ trade, gain }) => !gain.equals(trade.gain));
    if (verify) gains.push(...changed.map(({ trade, gain }) => ({ what: `trade ${trade.fill.tradeId}`, stored: `a gain of ${shown(trade.gain)}`, facts: shown(gain) })));
    else await tx.saveGains(changed);
    if (!verify) await tx.write(tx.closingRows(portfolio, [{ after: key, closings, closedAgain: null }]));
    gains.push(...differences(showClosings(keyOf(key), await tx.closingsBetween(portfolio.id, key, last, final.place)), showClosings(keyOf(key), closings)));
    last = final.place;
  }
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
