/**
 * What trades do to a position of one instrument and currency. Trades count in the order of trading: by trade date, then
 * by the moment of capture, then by id, whatever order they arrive in. Those that arrive in that order are applied to the open
 * lots; as soon as one belongs earlier, or an earlier one is taken back, the position is replayed from all trades that stand,
 * and the gains of later trades may change with it.
 */
import { type Decimal, ZERO } from '@pms/money';
import type { Currency } from '@pms/money';
import type { Day } from './days.ts';
import { flat, type LotBook, lotBook } from './lot-book.ts';
import type { Closing, Fill, Lot, LotMethod } from './lots.ts';

/** A fill's place in the order of trading. */
export interface Place {
  readonly tradedOn: Day;
  readonly sequence: number;
  readonly tradeId: string;
}

/** What a position is known by within its portfolio: an instrument traded in two currencies has two positions. */
export interface Key {
  readonly instrumentId: string;
  readonly currency: Currency;
}

export const keyOf = ({ instrumentId, currency }: Key): string => `${instrumentId} ${currency}`;

export interface PositionState extends Key {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  /** Since the position was first opened. */
  readonly realized: Decimal;
  /** Null while flat. */
  readonly openedOn: Day | null;
  /** The last trade in the order of trading; null where none stands. */
  readonly last: Place | null;
}

/** A version of a trade that stands in the books. */
export interface StandingTrade {
  readonly instrumentId: string;
  readonly version: number;
  readonly fill: Fill;
  /** What it realised, as the journal has it. */
  readonly gain: Decimal;
}

export interface PositionChange {
  readonly after: PositionState;
  readonly lots: readonly Lot[];
  /** Lots that are no more; null: all that are not among `lots`. */
  readonly gone: readonly string[] | null;
  /** By trade: what each of the new trades closed, and the position as it stood then. */
  readonly booked: ReadonlyMap<string, { readonly closings: readonly Closing[]; readonly after: PositionState }>;
  /** What was closed anew: by the new trades, or, where `closedAgain` is not null, by all trades from that place on. */
  readonly closings: readonly Closing[];
  /** Closings from here on take the place of those that were there; null: the new ones come after all that were there. */
  readonly closedAgain: Place | null;
  /** New trades that name lots which they cannot close, and why; they have changed nothing. */
  readonly refused: ReadonlyMap<string, string>;
  /** Trades booked earlier that now realise another gain. */
  readonly regained: readonly { readonly trade: StandingTrade; readonly gain: Decimal }[];
}

export const noPosition = (instrumentId: string, currency: Currency): PositionState =>
  ({ instrumentId, currency, quantity: ZERO, cost: ZERO, realized: ZERO, openedOn: null, last: null });

export function comparePlaces(a: Place, b: Place): number {
  if (a.tradedOn !== b.tradedOn) return a.tradedOn < b.tradedOn ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  return a.tradeId < b.tradeId ? -1 : a.tradeId > b.tradeId ? 1 : 0;
}

/** True when each of the trades comes after the one before it, and the first after all that stand. */
export function areNext(last: Place | null, places: readonly Place[]): boolean {
  let before = last;
  for (const place of places) {
    if (before !== null && comparePlaces(place, before) <= 0) return false;
    before = place;
  }
  return true;
}

export const placeOf = ({ tradedOn, sequence, tradeId }: Fill): Place => ({ tradedOn, sequence, tradeId });

const stateAfter = (before: PositionState, book: LotBook, realized: Decimal, last: Place | null): PositionState =>
  ({ instrumentId: before.instrumentId, currency: before.currency, quantity: book.quantity, cost: book.cost, realized, openedOn: book.openedOn, last });

/** Applies trades that come after all that stand (`areNext`) to the open lots, of which those that are `reachable` are enough. */
export function appended(before: PositionState, open: readonly Lot[], fills: readonly Fill[], method: LotMethod): PositionChange {
  const book = lotBook({ ...before, lots: open }, method);
  let after = before;
  const booked = new Map<string, { closings: readonly Closing[]; after: PositionState }>();
  const refused = new Map<string, string>();
  for (const fill of fills) {
    const refusal = book.refusal(fill);
    if (refusal !== null) {
      refused.set(fill.tradeId, refusal);
      continue;
    }
    const closings = book.apply(fill);
    after = stateAfter(before, book, before.realized.plus(book.gained), placeOf(fill));
    booked.set(fill.tradeId, { closings, after });
  }
  const closings = [...booked.values()].flatMap((each) => each.closings);
  return { after, lots: book.changed(), gone: book.gone(), booked, closings, closedAgain: null, refused, regained: [] };
}

/** Before every trade. */
export const beginning: Place = { tradedOn: '0001-01-01', sequence: 0, tradeId: '' };

/**
 * Replays the position from the trades that stand and those that come to them. The new ones are told with the position as it is after all of them.
 * Nothing has changed before `from`: what was closed there is not told again.
 */
export function replayed(before: PositionState, standing: readonly StandingTrade[], fills: readonly Fill[], { method, from }: { readonly method: LotMethod; readonly from: Place }): PositionChange {
  const earlier = new Map(standing.map((trade) => [trade.fill.tradeId, trade]));
  const ordered = [...standing.map(({ fill }) => fill), ...fills].toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b)));
  const book = lotBook(flat, method);
  const closingsOf = new Map<string, readonly Closing[]>();
  const regained: { trade: StandingTrade; gain: Decimal }[] = [];
  const closedAnew: Closing[] = [];
  const refused = new Map<string, string>();
  let final: Fill | undefined;
  for (const fill of ordered) {
    const gainedBefore = book.gained;
    const trade = earlier.get(fill.tradeId);
    const refusal = trade === undefined ? book.refusal(fill) : null;
    if (refusal !== null) {
      refused.set(fill.tradeId, refusal);
      continue;
    }
    final = fill;
    const closings = book.apply(fill);
    if (comparePlaces(placeOf(fill), from) >= 0) closedAnew.push(...closings);
    if (trade === undefined) closingsOf.set(fill.tradeId, closings);
    else if (!book.gained.minus(gainedBefore).equals(trade.gain)) regained.push({ trade, gain: book.gained.minus(gainedBefore) });
  }
  const after = stateAfter(before, book, book.gained, final === undefined ? null : placeOf(final));
  const booked = new Map([...closingsOf].map(([tradeId, closings]) => [tradeId, { closings, after }]));
  return { after, lots: book.lots(), gone: null, booked, closings: closedAnew, closedAgain: from, refused, regained };
}
