/**
 * The books of one position as a whole, over any sequence of trades, amendments and cancellations, as `postTrades` keeps them: in order it applies to
 * the open lots, out of order it replays; a gain that changes is told to the journal, and closings from the first place that changed are replaced.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal, decimal, sum, ZERO } from '@pms/money';
import { termOf } from './closings.ts';
import { balances, type Entry, lotsReallocated, reversalOf, tradeBooked, trialBalance } from './journal.ts';
import { type Closing, type Fill, fillOf, type Lot, type LotMethod, replay } from './lots.ts';
import { lotName } from './named-lots.ts';
import { areNext, comparePlaces, keyOf, noPosition, type Place, placeOf, type PositionState } from './movement.ts';
import { appended, type PositionChange, replayed, type StandingTrade } from './position-change.ts';
import { openingsOf, washSales } from './wash-sales.ts';

/** A version of a trade, or its end. */
interface Fact {
  readonly trade: number;
  readonly version: number;
  readonly fill: Fill | null;
}

interface Books {
  state: PositionState;
  readonly lots: Map<string, Lot>;
  closings: Closing[];
  readonly standing: Map<number, StandingTrade>;
  /** The newest version heard of, or Infinity once cancelled. */
  readonly newest: Map<number, number>;
  readonly entries: { readonly id: string; readonly entry: Entry; readonly trade: number }[];
  refusals: number;
}

const noBooks = (): Books => ({ state: noPosition('ins_1', 'USD'), lots: new Map(), closings: [], standing: new Map(), newest: new Map(), entries: [], refusals: 0 });

function hear(books: Books, { trade, version, fill }: Fact, method: LotMethod): void {
  // a cancellation is the end, also of versions that come later
  if ((books.newest.get(trade) ?? 0) >= (fill === null ? Infinity : version)) return;
  const before = books.standing.get(trade);
  const change = changeBy(books, before, fill, method);
  if (change !== null && change.refused.size > 0) { books.refusals += 1; return; }
  books.newest.set(trade, fill === null ? Infinity : version);
  if (change === null) return;
  if (before !== undefined) takeBack(books, trade);
  if (fill !== null) {
    const closings = change.booked.get(fill.tradeId)?.closings ?? [];
    books.standing.set(trade, { instrumentId: 'ins_1', version, fill, gain: sum(closings.map(({ realizedGain }) => realizedGain)) });
    post(books, trade, tradeBooked({ fill, applied: { closings }, instrumentId: 'ins_1' }));
  }
  regain(books, change);
  keep(books, change);
}

/** Null where a trade that is cancelled was never booked. */
function changeBy(books: Books, before: StandingTrade | undefined, fill: Fill | null, method: LotMethod): PositionChange | null {
  const fills = fill === null ? [] : [fill];
  const places: Place[] = [...fills, ...(before === undefined ? [] : [before.fill])].map(placeOf);
  const [from] = places.toSorted(comparePlaces);
  if (from === undefined) return null;
  if (before === undefined && areNext(books.state.last, places)) return appended(books.state, [...books.lots.values()], fills, method);
  const movements = { standing: [...books.standing.values()].filter((each) => each !== before), actions: [], fills: fills.map((each) => ({ instrumentId: 'ins_1', fill: each })) };
  return replayed([books.state], movements, { method, from }).positions.get(keyOf(books.state)) as PositionChange;
}

function takeBack(books: Books, trade: number): void {
  const isReversed = (id: string): boolean => books.entries.some(({ entry }) => entry.reverses === id);
  for (const { id, entry } of books.entries.filter((each) => each.trade === trade && each.entry.kind !== 'REVERSAL' && !isReversed(each.id))) post(books, trade, reversalOf(id, entry));
  books.standing.delete(trade);
}

function regain(books: Books, { regained }: PositionChange): void {
  for (const { trade: { fill }, gain } of regained) {
    const id = Number(fill.tradeId.slice(5));
    const old = books.standing.get(id) as StandingTrade;
    post(books, id, lotsReallocated({ fill, change: gain.minus(old.gain), instrumentId: 'ins_1' }));
    books.standing.set(id, { ...old, gain });
  }
}

function post(books: Books, trade: number, entry: Entry): void {
  if (entry.lines.length > 0) books.entries.push({ id: `jre_${books.entries.length}`, entry, trade });
}

/** As the projections are written. */
function keep(books: Books, { after, lots, gone, closings, closedAgain }: PositionChange): void {
  books.state = after;
  if (gone === null) books.lots.clear();
  for (const id of gone ?? []) books.lots.delete(id);
  for (const lot of lots) books.lots.set(lot.id, lot);
  books.closings = [...books.closings.filter(({ closedOn, sequence, closedBy }) => closedAgain === null || comparePlaces({ tradedOn: closedOn, sequence, tradeId: closedBy }, closedAgain) < 0), ...closings];
}

const methods = fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO', 'AVERAGE');
const units = fc.bigInt({ min: 1n, max: 10n ** 20n }).map((n) => new Decimal(n.toString()).div('1e18'));
const terms = fc.record({
  side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.oneof(units, fc.integer({ min: 1, max: 20 }).map((n) => new Decimal(n))), price: units,
  fees: fc.integer({ min: 0, max: 999 }).map((n) => new Decimal(n).div(100)), day: fc.integer({ min: 1, max: 28 }), month: fc.integer({ min: 1, max: 3 }), named: fc.option(fc.nat(20), { nil: undefined, freq: 4 }),
});
type Terms = typeof terms extends fc.Arbitrary<infer T> ? T : never;
const step = fc.record({ on: fc.nat(11), cancels: fc.integer({ min: 0, max: 5 }).map((n) => n === 0), terms });

/** Trades with their versions in the order in which they were captured. Lots are named where it is asked for, wisely or not. */
function history(steps: readonly { on: number; cancels: boolean; terms: Terms }[], named: boolean): Fact[] {
  const versions = new Map<number, number>();
  return steps.flatMap(({ on, cancels, terms: { day, month, named: lot, ...rest } }, sequence): Fact[] => {
    const version = (versions.get(on) ?? 0) + 1;
    const ends = cancels && version > 1;
    versions.set(on, ends ? Infinity : version);
    if (version === Infinity) return [];
    if (ends) return [{ trade: on, version, fill: null }];
    const fill = fillOf({
      ...rest, tradeId: `trade${on}`, sequence, tradedOn: `2026-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`, currency: 'USD',
      ...(named && lot !== undefined && { named: [{ lotId: lotName(`trade${lot % 12}`), quantity: rest.quantity }] }),
    });
    return [{ trade: on, version, fill }];
  });
}

const booksOf = (facts: readonly Fact[], method: LotMethod): Books => {
  const books = noBooks();
  for (const fact of facts) hear(books, fact, method);
  return books;
};

/** Everything that is kept of a position, as text. */
const shown = ({ state, lots, closings, standing }: Books): string => JSON.stringify({
  state, lots: [...lots.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  closings: closings.map((closing) => JSON.stringify(closing)).toSorted(), gains: [...standing].map(([id, { gain, version }]) => `${id} ${version} ${gain.toFixed()}`).toSorted(),
});

const histories = fc.array(step, { minLength: 1, maxLength: 24 });

test('lots stay of one side and none is empty, whatever is traded, amended and cancelled', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const { lots, state } = booksOf(history(steps, true), method);
    for (const { quantity } of lots.values()) {
      expect(quantity.isZero()).toBe(false);
      expect(quantity.isNegative()).toBe(state.quantity.isNegative());
    }
    expect(sum([...lots.values()].map(({ quantity }) => quantity)).toFixed()).toBe(state.quantity.toFixed());
    expect(sum([...lots.values()].map(({ cost }) => cost)).toFixed()).toBe(state.cost.toFixed());
    if (state.quantity.isZero()) expect(state.cost.toFixed()).toBe('0');
  }));
});

test('cost less what was realised is the cash that was paid', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const { state, standing } = booksOf(history(steps, true), method);
    expect(state.cost.minus(state.realized).toFixed()).toBe(sum([...standing.values()].map(({ fill }) => fill.amount)).toFixed());
  }));
});

test('the journal balances, has securities at what the open lots cost, and the gains of the closings', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const { entries, state, closings } = booksOf(history(steps, true), method);
    const lines = entries.flatMap(({ entry }) => entry.lines);
    for (const { entry } of entries) for (const total of balances(entry.lines).values()) expect(total.isZero()).toBe(true);
    const balance = (name: string): string => (trialBalance(lines).find(({ account }) => account === name)?.balance ?? ZERO).toFixed();
    expect(balance('SECURITIES_AT_COST')).toBe(state.cost.toFixed());
    expect(balance('REALIZED_GAINS')).toBe(state.realized.negated().toFixed());
    expect(sum(closings.map(({ realizedGain }) => realizedGain)).toFixed()).toBe(state.realized.toFixed());
  }));
});

test('every closing remembers its lot: what was opened is what was closed of it and what is open still', () => {
  fc.assert(fc.property(histories, fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO'), (steps, method) => {
    const { lots, closings, standing } = booksOf(history(steps, true), method);
    const fills = [...standing.values()].map(({ fill }) => fill);
    for (const { openedBy, openedOn, quantity } of openingsOf(fills, closings)) {
      const of = closings.filter(({ lotId }) => lotId === openedBy);
      expect(sum([...of.map((closing) => closing.quantity), lots.get(openedBy)?.quantity ?? ZERO]).toFixed()).toBe(quantity.toFixed());
      for (const closing of of) expect(closing.openedOn).toBe(openedOn);
    }
    for (const { quantity, proceeds, cost, realizedGain } of closings) {
      expect(quantity.isZero()).toBe(false);
      expect(proceeds.minus(cost).toFixed()).toBe(realizedGain.toFixed());
    }
  }));
});

test('what is kept step by step is what replaying the trades that stand comes to', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const books = booksOf(history(steps, true), method);
    const { lots, closings } = replay([...books.standing.values()].map(({ fill }) => fill), method);
    expect(shown({ ...books, lots: new Map(lots.map((lot) => [lot.id, lot])), closings: [...closings] })).toBe(shown(books));
  }));
});

test('the order in which the same facts arrive makes no difference to lots, closings and gains', () => {
  fc.assert(fc.property(histories, methods, fc.infiniteStream(fc.nat()), (steps, method, keys) => {
    const facts = history(steps, false);
    const order = new Map(facts.map((fact) => [fact, keys.next().value as number]));
    const shuffled = booksOf(facts.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)), method);
    expect(shown(shuffled)).toBe(shown(booksOf(facts, method)));
  }));
});

test('a trade that was refused for its lots has changed nothing', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const books = noBooks();
    for (const fact of history(steps, true)) {
      const [before, refusals] = [shown(books), books.refusals];
      hear(books, fact, method);
      if (books.refusals > refusals) expect(shown(books)).toBe(before);
    }
  }));
});

test('a new trade that names lots closes these and no others', () => {
  fc.assert(fc.property(histories, fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO'), fc.nat(), (steps, method, which) => {
    const books = booksOf(history(steps, false), method);
    const open = [...books.lots.values()];
    fc.pre(open.length > 0);
    const lot = open[which % open.length] as Lot;
    const fill = fillOf({
      tradeId: 'trade99', tradedOn: '2026-04-01', sequence: 99, side: lot.quantity.isNegative() ? 'BUY' : 'SELL', quantity: lot.quantity.abs(), price: decimal('2'), fees: ZERO, currency: 'USD',
      named: [{ lotId: lotName(lot.id), quantity: lot.quantity.abs() }],
    });
    const { closings } = appended(books.state, open, [fill], method);
    expect(closings.map(({ lotId, quantity, named }) => [lotId, quantity.toFixed(), named])).toEqual([[lot.id, lot.quantity.toFixed(), true]]);
  }));
});

test('terms and wash sales follow from closings and openings alone, and keep within the losses', () => {
  fc.assert(fc.property(histories, methods, (steps, method) => {
    const { closings, standing } = booksOf(history(steps, true), method);
    for (const closing of closings) expect(termOf(closing)).toBe('SHORT_TERM'); // all within three months
    const washed = [...washSales(openingsOf([...standing.values()].map(({ fill }) => fill), closings), closings)];
    for (const [{ realizedGain }, { disallowed }] of washed) expect(disallowed.plus(realizedGain).greaterThan(0)).toBe(false);
  }));
});
