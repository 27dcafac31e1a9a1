/**
 * Compares what a custodian states with what the books have. Quantities and cash are exact; a difference of at most the tolerance matches.
 * Custody knows an ISIN once, however many listings the books keep of it: the listings' quantities add up. Holdings that a statement
 * gives in several parts (places of safekeeping) add up too.
 */
import { type Decimal, sum, ZERO } from '@pms/money';
import type { StatedHolding, Statement } from './statement.ts';

export type LineResult = 'MATCHED' | 'QUANTITY_DIFFERS' | 'MISSING_HERE' | 'MISSING_THERE' | 'UNKNOWN_INSTRUMENT' | 'CASH_DIFFERS';
export type BreakKind = Exclude<LineResult, 'MATCHED'>;

/** An instrument as statements may name it. */
export interface KnownInstrument {
  readonly id: string;
  /** Null where the books have not heard it. */
  readonly symbol: string | null;
  readonly isin: string | null;
}

export interface Books {
  /** By instrument, all its currencies together; zero need not be there. */
  readonly quantities: ReadonlyMap<string, Decimal>;
  /** By currency. */
  readonly cash: ReadonlyMap<string, Decimal>;
}

export interface Tolerances {
  readonly quantity: Decimal;
  readonly cash: Decimal;
}

export interface Names {
  readonly instruments: readonly KnownInstrument[];
  /** What the reconciliation maps by hand: a statement's ISIN, symbol or identifier → instrument. */
  readonly mapped: ReadonlyMap<string, string>;
}

export interface Line {
  readonly result: LineResult;
  /** What it is about, the same in every statement: `isin:…`, `instrument:…`, `unknown:…` or `cash:…`. */
  readonly subject: string;
  readonly instrumentId: string | null;
  /** As the statement names it, or as the books do where the statement does not. */
  readonly identifier: string | null;
  readonly description: string | null;
  /** Of cash. */
  readonly currency: string | null;
  readonly theirs: Decimal;
  readonly ours: Decimal;
  /** Of theirs, where the statement says so. */
  readonly available: Decimal | null;
  readonly notAvailable: Decimal | null;
}

interface Group {
  readonly subject: string;
  readonly instrumentIds: readonly string[];
  readonly holdings: StatedHolding[];
}

export function compared(statement: Statement, books: Books, names: Names, tolerances: Tolerances): Line[] {
  const find = finder(names, books);
  const groups = new Map<string, Group>();
  for (const holding of statement.holdings) {
    const found = find(holding);
    const group = groups.get(found.subject) ?? { ...found, holdings: [] };
    group.holdings.push(holding);
    groups.set(found.subject, group);
  }
  const named = new Set([...groups.values()].flatMap(({ instrumentIds }) => instrumentIds));
  const byId = new Map(names.instruments.map((instrument) => [instrument.id, instrument]));
  const missing = [...books.quantities].filter(([id, quantity]) => !named.has(id) && !quantity.isZero());
  return [
    ...[...groups.values()].map((group) => ofHoldings(group, books, tolerances)),
    ...[...Map.groupBy(missing, ([id]) => subjectOf(byId.get(id), id))].map(([subject, of]) => ofMissing(subject, of, byId, tolerances)),
    ...ofCash(statement, books, tolerances),
  ].toSorted((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
}

const subjectOf = (instrument: KnownInstrument | undefined, id: string): string => (instrument?.isin == null ? `instrument:${id}` : `isin:${instrument.isin}`);

type Found = Pick<Group, 'subject' | 'instrumentIds'>;

/** By hand first, then by ISIN, then by symbol: there, one that the books hold goes before others, and two that might be meant are none. */
function finder({ instruments, mapped }: Names, books: Books): (holding: StatedHolding) => Found {
  const byId = new Map(instruments.map((instrument) => [instrument.id, instrument]));
  const byIsin = Map.groupBy(instruments.filter(({ isin }) => isin !== null), ({ isin }) => isin);
  const bySymbol = Map.groupBy(instruments.filter(({ symbol }) => symbol !== null), ({ symbol }) => symbol);
  const of = (instrument: KnownInstrument): Found =>
    ({ subject: subjectOf(instrument, instrument.id), instrumentIds: (instrument.isin === null ? [instrument] : byIsin.get(instrument.isin) ?? [instrument]).map(({ id }) => id) });
  return ({ isin, symbol, identifier }) => {
    const texts = [isin, symbol, identifier].filter((text) => text !== null);
    const hand = texts.map((text) => byId.get(mapped.get(text) ?? '')).find((instrument) => instrument !== undefined);
    if (hand !== undefined) return of(hand);
    const [listed] = isin === null ? [] : byIsin.get(isin) ?? [];
    if (listed !== undefined) return of(listed);
    // an instrument that has another ISIN is another one, whatever its symbol
    const alike = symbol === null ? [] : (bySymbol.get(symbol) ?? []).filter((instrument) => isin === null || instrument.isin === null);
    const held = alike.filter(({ id }) => books.quantities.get(id)?.isZero() === false);
    const [only, another] = held.length > 0 ? held : alike;
    if (only !== undefined && another === undefined) return of(only);
    return { subject: `unknown:${texts[0] ?? ''}`, instrumentIds: [] };
  };
}

const within = (difference: Decimal, tolerance: Decimal): boolean => difference.abs().lessThanOrEqualTo(tolerance);
const sumOf = (values: readonly (Decimal | null)[]): Decimal | null => (values.every((value) => value === null) ? null : sum(values.map((value) => value ?? ZERO)));

function ofHoldings({ subject, instrumentIds, holdings }: Group, { quantities }: Books, tolerances: Tolerances): Line {
  const [first] = holdings as [StatedHolding, ...StatedHolding[]];
  const theirs = sum(holdings.map(({ quantity }) => quantity));
  const ours = sum(instrumentIds.map((id) => quantities.get(id) ?? ZERO));
  const held = instrumentIds.find((id) => quantities.get(id)?.isZero() === false);
  const result = resultOf({ theirs, ours }, instrumentIds.length > 0, tolerances.quantity);
  return {
    result, subject, instrumentId: held ?? instrumentIds[0] ?? null, identifier: first.isin ?? first.symbol ?? first.identifier, description: first.description, currency: null,
    theirs, ours, available: sumOf(holdings.map(({ available }) => available)), notAvailable: sumOf(holdings.map(({ notAvailable }) => notAvailable)),
  };
}

function resultOf({ theirs, ours }: Pick<Line, 'theirs' | 'ours'>, isKnown: boolean, tolerance: Decimal): LineResult {
  // a holding of nothing is nothing to know
  if (!isKnown) return theirs.isZero() ? 'MATCHED' : 'UNKNOWN_INSTRUMENT';
  if (within(theirs.minus(ours), tolerance)) return 'MATCHED';
  if (ours.isZero()) return 'MISSING_HERE';
  return theirs.isZero() ? 'MISSING_THERE' : 'QUANTITY_DIFFERS';
}

function ofMissing(subject: string, held: readonly (readonly [string, Decimal])[], byId: ReadonlyMap<string, KnownInstrument>, { quantity: tolerance }: Tolerances): Line {
  const ours = sum(held.map(([, quantity]) => quantity));
  const id = held[0]?.[0] ?? '';
  const instrument = byId.get(id);
  return {
    result: within(ours, tolerance) ? 'MATCHED' : 'MISSING_THERE', subject, instrumentId: id, identifier: instrument?.isin ?? instrument?.symbol ?? null, description: null,
    currency: null, theirs: ZERO, ours, available: null, notAvailable: null,
  };
}

function ofCash({ cash }: Statement, books: Books, { cash: tolerance }: Tolerances): Line[] {
  if (cash === null) return [];
  const stated = Map.groupBy(cash, ({ currency }) => currency);
  const currencies = new Set([...stated.keys(), ...[...books.cash].filter(([, amount]) => !amount.isZero()).map(([currency]) => currency)]);
  return [...currencies].map((currency) => {
    const theirs = sum((stated.get(currency) ?? []).map(({ amount }) => amount));
    const ours = books.cash.get(currency) ?? ZERO;
    return {
      result: within(theirs.minus(ours), tolerance) ? 'MATCHED' : 'CASH_DIFFERS', subject: `cash:${currency}`, instrumentId: null, identifier: currency, description: null,
      currency, theirs, ours, available: null, notAvailable: null,
    };
  });
}
