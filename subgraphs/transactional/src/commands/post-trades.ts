/**
 * Books trades of one portfolio and takes earlier ones back, in one transaction: facts, journal, lots, positions, cash and events
 * together. Lots are worked out in memory and each kind of row is written once, so a run of hundreds costs little more than one.
 */
import type { Origin } from '@pms/events/envelope';
import { sum, text } from '@pms/money';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { bookingRefused, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import type { BooksContext } from '../context.ts';
import { abroad, cashOfFill } from '../domain/fill-cash.ts';
import { reversalOf, tradeBooked as tradeEntry } from '../domain/journal.ts';
import { reachable } from '../domain/lot-book.ts';
import type { Fill } from '../domain/lots.ts';
import { areNext, beginning, comparePlaces, type Key, keyOf, noPosition, type Place, placeOf, type PositionState } from '../domain/movement.ts';
import { appended, type Changes, type PositionChange } from '../domain/position-change.ts';
import { booked } from '../domain/settlement-facts.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio, Met, RecordedEntry } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';
import { postedOf, revisedCustody, revisedOf, told } from './action-postings.ts';
import { applyDueActions, revise } from './apply-actions.ts';
import { baseAmounts, type InBase, toldInBase } from './base-amounts.ts';
import { withFeeRates } from './fee-rates.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { reallocate } from './reallocate.ts';
import { groupOf, nothing, replayGroup } from './replay-positions.ts';
import { brokenNets, cancelledSettlements, returned, undoneData } from './undo-settlement.ts';

export interface ToBook {
  readonly trade: TradeFacts;
  readonly origin: Origin;
}

export interface ToReverse {
  readonly booking: Booking;
  readonly because: 'AMENDED' | 'CANCELLED';
  readonly origin: Origin;
}

/** One trade's turn: what it takes back, then what it books. */
export interface Turn {
  readonly reverse: ToReverse | null;
  readonly book: ToBook | null;
}

/** Each trade may have one turn. Returns those that were taken: a trade whose lots cannot be closed, or one of whose fees has no rate, is refused, and the version before it stays. */
export async function postTrades(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, given: readonly Turn[]): Promise<readonly Turn[]> {
  const { turns: asked, unrated } = await withFeeRates(tx, portfolio, given);
  const { cash, positions, markets, hasActions } = await tx.met({ portfolioId: portfolio.id, keys: [...runOf(asked).keys.values()] });
  const { turns, run, after, refusals } = await accepted(tx, portfolio, asked, { positions, hasActions });
  const changes = after.positions;
  const revised = revisedOf(after.entitlements, after);
  const reversing = turns.flatMap(({ reverse }) => (reverse === null ? [] : [reverse.booking]));
  const posted = await tx.unreversed(reversing.map(({ fill, version }) => ({ tradeId: fill.tradeId, version })));
  const facts = await tx.factData(portfolio.id, reversing.map(({ factSequence }) => factSequence));
  const bases = await baseAmounts(tx, portfolio, foreignOf(portfolio, turns, { run, changes }));
  const ledger = await openLedger(ctx, tx, portfolio, cash);
  tellRefusals(ledger, [...unrated.flatMap(({ turn: { book }, reason }) => (book === null ? [] : [{ book, reason }])), ...refusals]);
  const bookings: Booking[] = [];
  const goBack = (reverse: ToReverse): void =>
    takeBack(ledger, reverse, posted.get(reverse.booking.fill.tradeId) ?? [], { trade: facts.get(reverse.booking.factSequence) as TradeFacts, changes });
  for (const { reverse, book } of turns) {
    if (reverse !== null) goBack(reverse);
    if (book !== null) bookings.push(enter(ctx, ledger, book, { fill: run.fills.get(book.trade.tradeId) as Fill, markets, changes, base: bases.get(book.trade.tradeId) }));
  }
  const origin = turns.at(-1)?.book?.origin ?? turns.at(-1)?.reverse?.origin;
  if (origin !== undefined) await followUp(tx, ledger, { after, revised, origin });
  await tx.saveSettlements([...cancelledSettlements(reversing), ...(await brokenNets(tx, ledger, reversing, { on: ctx.now().toISOString().slice(0, 10), origin }))]);
  await removeVoid(tx, portfolio, [...changes.values()]);
  await ledger.save([
    ...tx.bookingRows(portfolio, bookings), ...tx.entitlementRows(portfolio, revised), ...tx.positionRows(portfolio, [...changes.values()]), ...tx.closingRows(portfolio, [...changes.values()]),
    ...tx.custodyRows(portfolio, [...returned(reversing), ...revisedCustody(after.entitlements, revised)]),
  ]);
  // a trade that comes late may be from before an action that nobody here was entitled to until now
  if (origin !== undefined && hasActions)
    await applyDueActions(ctx, tx, { ...portfolio, lastFact: ledger.lastFact(), lastEntry: ledger.lastEntry() }, { asOf: ctx.now().toISOString().slice(0, 10), origin });
  return turns;
}

/** New trades in another currency than the portfolio's, with what they close. */
const foreignOf = ({ baseCurrency }: LockedPortfolio, turns: readonly Turn[], { run, changes }: { run: Run; changes: PositionChanges }) => turns.flatMap(({ book }) => {
  if (book === null || book.trade.currency === baseCurrency) return [];
  const { closings } = changeOf(changes, book.trade).booked.get(book.trade.tradeId) as { closings: NewClosings };
  return [{ trade: book.trade, fill: run.fills.get(book.trade.tradeId) as Fill, closings }];
});

/** What earlier trades realise, and what corporate actions did, may be something else now. */
async function followUp(tx: Posting, ledger: Ledger, { after, revised, origin }: { after: After; revised: readonly Entitlement[]; origin: Origin }): Promise<void> {
  const positions = [...after.positions.values()];
  if (positions.some(({ regained }) => regained.length > 0)) reallocate(ledger, positions, origin);
  if (revised.length > 0) revise(ledger, { before: after.entitlements, revised, posted: await postedOf(tx, revised), changes: after, origin });
}

async function removeVoid(tx: Posting, portfolio: LockedPortfolio, changes: readonly PositionChange[]): Promise<void> {
  await tx.saveGains(changes.flatMap((change) => change.regained));
  await tx.removeLots(portfolio, changes);
  await tx.removeClosings(portfolio, changes);
}

interface Refused {
  readonly book: ToBook;
  readonly reason: string;
}

function tellRefusals(ledger: Ledger, refusals: readonly Refused[]): void {
  for (const { book: { trade, origin }, reason } of refusals)
    ledger.tell(bookingRefused, { tradeId: trade.tradeId, version: trade.version, portfolioId: trade.portfolioId, reason }, origin);
}

interface Accepted {
  readonly turns: readonly Turn[];
  readonly run: Run;
  readonly after: After;
  readonly refusals: readonly Refused[];
}

/** What stood when the run came. */
type Before = Pick<Met, 'positions' | 'hasActions'>;

/** What a refused version would have replaced stands again, which may cost another trade its lots: asked again until none is refused. */
async function accepted(tx: Posting, portfolio: LockedPortfolio, asked: readonly Turn[], before: Before): Promise<Accepted> {
  const refusals: Refused[] = [];
  for (let turns = asked; ;) {
    const run = runOf(turns);
    const after = await positionChanges(tx, portfolio, run, before);
    const refused = new Map([...after.positions.values()].flatMap((change) => [...change.refused]));
    if (refused.size === 0) return { turns, run, after, refusals };
    for (const { book } of turns) {
      const reason = refused.get(book?.trade.tradeId ?? '');
      if (book !== null && reason !== undefined) refusals.push({ book, reason });
    }
    turns = turns.filter(({ book }) => !refused.has(book?.trade.tradeId ?? ''));
  }
}

/** What a run touches, position by position. */
interface Run {
  readonly keys: ReadonlyMap<string, Key>;
  /** By trade. */
  readonly fills: ReadonlyMap<string, Fill>;
  readonly fillsOf: ReadonlyMap<string, readonly Fill[]>;
  /** Trades that are taken back, and where they were. */
  readonly reversedOf: ReadonlyMap<string, ReadonlyMap<string, Place>>;
}

function runOf(turns: readonly Turn[]): Run {
  const keys = new Map<string, Key>();
  const fills = new Map<string, Fill>();
  const fillsOf = new Map<string, Fill[]>();
  const reversedOf = new Map<string, Map<string, Place>>();
  for (const { reverse, book } of turns) {
    if (reverse !== null) {
      const key = { instrumentId: reverse.booking.instrumentId, currency: reverse.booking.fill.currency };
      keys.set(keyOf(key), key);
      reversedOf.set(keyOf(key), (reversedOf.get(keyOf(key)) ?? new Map<string, Place>()).set(reverse.booking.fill.tradeId, placeOf(reverse.booking.fill)));
    }
    if (book !== null) {
      const key = { instrumentId: book.trade.instrumentId, currency: book.trade.currency };
      const fill = asFill(book.trade);
      keys.set(keyOf(key), key);
      fills.set(fill.tradeId, fill);
      const of = fillsOf.get(keyOf(key));
      if (of === undefined) fillsOf.set(keyOf(key), [fill]);
      else of.push(fill);
    }
  }
  return { keys, fills, fillsOf, reversedOf };
}

/** Positions after a run, and the actions that a replay of them may have changed. */
type After = Changes & { readonly entitlements: readonly Entitlement[] };

/** Trades that come after all that stands are applied to the open lots; other positions are replayed, with those that depend on them. */
async function positionChanges(tx: Posting, portfolio: LockedPortfolio, run: Run, { positions: before, hasActions }: Before): Promise<After> {
  const method = portfolio.lotMethod;
  const keys = [...run.keys.values()];
  const stateOf = (key: Key): PositionState => before.get(keyOf(key)) ?? noPosition(key.instrumentId, key.currency);
  const fillsOf = (key: Key): readonly Fill[] => run.fillsOf.get(keyOf(key)) ?? [];
  // a position that nothing has moved yet knows nothing of the actions that came to count without it
  const isKnown = (key: Key): boolean => !hasActions || stateOf(key).last !== null;
  const isNext = (key: Key): boolean => !run.reversedOf.has(keyOf(key)) && isKnown(key) && areNext(stateOf(key).last, fillsOf(key));
  const others = keys.filter((key) => !isNext(key));
  const group = others.length === 0 ? null : await groupOf(tx, portfolio, others.map(({ instrumentId }) => instrumentId));
  const isReplayed = ({ instrumentId }: Key): boolean => group?.instrumentIds.includes(instrumentId) === true;
  const inOrder = keys.filter((key) => !isReplayed(key));
  const namedBy = (key: Key): string[] => fillsOf(key).flatMap(({ named = [] }) => named.map(({ lotId }) => lotId));
  const lots = await tx.lots(portfolio.id, inOrder.map((key) => ({ ...key, needed: reachable(stateOf(key).quantity, fillsOf(key), method), named: namedBy(key) })), method);
  const positions = new Map(inOrder.map((key) => [keyOf(key), appended(stateOf(key), lots.get(keyOf(key)) ?? [], fillsOf(key), method)]));
  if (group === null) return { positions, outcomes: new Map(), entitlements: [] };
  const replaying = keys.filter(isReplayed);
  const gone = new Map(replaying.flatMap((key) => [...(run.reversedOf.get(keyOf(key)) ?? [])]));
  const fills = replaying.flatMap((key) => fillsOf(key).map((fill) => ({ instrumentId: key.instrumentId, fill })));
  const [from = beginning] = [...fills.map(({ fill }) => placeOf(fill)), ...gone.values()].toSorted(comparePlaces);
  const changes = await replayGroup(tx, portfolio, group, { ...nothing, keys: replaying, goneTrades: new Set(gone.keys()), fills, from });
  return { positions: new Map([...positions, ...changes.positions]), outcomes: changes.outcomes, entitlements: group.entitlements };
}

type PositionChanges = ReadonlyMap<string, PositionChange>;

const changeOf = (changes: PositionChanges, key: Key): PositionChange => changes.get(keyOf(key)) as PositionChange;

function takeBack(ledger: Ledger, { booking, because, origin }: ToReverse, posted: readonly RecordedEntry[], { trade, changes }: { trade: TradeFacts; changes: PositionChanges }): void {
  const { fill, version, instrumentId } = booking;
  const factSequence = ledger.record({
    kind: 'TRADE_REVERSED', effectiveOn: fill.tradedOn, tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence,
    data: { because, ...undoneData(booking) },
  }, origin);
  // the delivery first, if there was one: the newest is undone first
  for (const { id, entry } of posted.toReversed()) ledger.post(reversalOf(id, entry), { factSequence, version, origin });
  const netAmount = text(fill.amount.negated());
  const cash = cashOfFill(fill);
  ledger.tell(tradeReversed, {
    ...trade, ...abroad(fill), netAmount, realizedPnl: text(booking.gain), position: told(changeOf(changes, { instrumentId, currency: fill.currency }).after), because,
  }, origin);
  for (const { currency, amount } of [cash, ...(fill.charges ?? [])]) ledger.tellCash({ kind: 'REVERSAL', currency, amount: text(amount), effectiveDate: fill.tradedOn, tradeId: fill.tradeId }, origin);
}

function enter(
  ctx: BooksContext, ledger: Ledger, { trade, origin }: ToBook, { fill, markets, changes, base }: { fill: Fill; markets: ReadonlyMap<string, string | null>; changes: PositionChanges; base: InBase | undefined },
): Booking {
  const mic = markets.get(trade.instrumentId);
  // market data tells of an instrument a moment before or after its first trade: the booking is tried again
  if (mic === undefined) throw new Error(`instrument ${trade.instrumentId} is not known yet`);
  const { closings, after } = changeOf(changes, trade).booked.get(trade.tradeId) as { closings: NewClosings; after: PositionState };
  const gain = sum(closings.map(({ realizedGain }) => realizedGain));
  const contractualSettlementDate = ctx.settlementDate({ mic, currency: trade.currency, cash: trade.settlement?.currency }, trade.tradeDate);
  const inBase = base && toldInBase(base);
  const factSequence = ledger.record({
    kind: 'TRADE_BOOKED', effectiveOn: trade.tradeDate, tradeId: trade.tradeId, version: trade.version, instrumentId: trade.instrumentId, currency: trade.currency,
    dayOrder: fill.sequence, data: { ...trade, contractualSettlementDate, ...inBase },
  }, origin);
  ledger.post(tradeEntry({ fill, applied: { closings }, instrumentId: trade.instrumentId }), { factSequence, version: trade.version, origin });
  const netAmount = text(fill.amount.negated());
  const cash = cashOfFill(fill);
  ledger.tell(tradeBooked, { ...trade, ...abroad(fill), ...inBase, contractualSettlementDate, netAmount, realizedPnl: text(gain), position: told(after) }, origin);
  for (const { currency, amount } of [cash, ...(fill.charges ?? [])]) ledger.tellCash({ kind: 'TRADE', currency, amount: text(amount.negated()), effectiveDate: trade.tradeDate, tradeId: trade.tradeId }, origin);
  const { counterparty = null, placeOfSettlement = null, custodyAccount = null } = trade;
  return {
    fill, version: trade.version, instrumentId: trade.instrumentId, gain, factSequence, contractualOn: contractualSettlementDate, attempt: 1,
    parties: { counterparty, placeOfSettlement, custodyAccount },
    settlement: booked({ contractualDate: contractualSettlementDate, toMatch: counterparty !== null }, `${trade.tradeId}/${trade.version}`),
  };
}

type NewClosings = Parameters<typeof tradeEntry>[0]['applied']['closings'];
