/**
 * A portfolio's value at the end of each day, from its trades, its other cash and the closes of what it held.
 * Statistics, hence floats, in the base currency: what is of another currency is worth what it is at the rate of the day. A day without a close has the last one before it, and before the first
 * close the price of the last trade.
 */
export interface SeriesTrade {
  readonly instrumentId: string;
  /** ISO day. */
  readonly day: string;
  /** Negative for a sale. */
  readonly quantity: number;
  readonly price: number;
  readonly currency: string;
  /** What cash it moves: negative for a purchase. */
  readonly cash: { readonly currency: string; readonly amount: number };
}

/** What a corporate action did to a holding and to cash on its ex date. */
export interface SeriesEffect {
  readonly instrumentId: string;
  readonly day: string;
  readonly quantity: number;
  /** In `currency`. */
  readonly netAmount: number;
  readonly currency: string;
}

/** A price from before the day is worth `factor` of it in shares from the day on. */
export interface SeriesSplit {
  readonly instrumentId: string;
  readonly day: string;
  readonly factor: number;
}

export interface SeriesFlow {
  readonly day: string;
  /** Negative for a withdrawal. */
  readonly amount: number;
  readonly currency: string;
  /** Comes from outside, or goes there; fees, interest, dividends and exchanges do not. */
  readonly external: boolean;
}

export interface SeriesClose {
  readonly day: string;
  readonly close: number;
}

export interface DailyValue {
  readonly day: string;
  readonly value: number;
  readonly inflow: number;
  /** Positive. */
  readonly outflow: number;
}

export interface SeriesFacts {
  readonly trades: readonly SeriesTrade[];
  readonly flows: readonly SeriesFlow[];
  readonly effects: readonly SeriesEffect[];
  readonly splits: readonly SeriesSplit[];
  /** Per instrument, rising by day. */
  readonly closes: ReadonlyMap<string, readonly SeriesClose[]>;
  /** Base currency for one unit, as of a day; throws MISSING_RATE. */
  rateOn(currency: string, day: string): number;
}

interface Held {
  quantity: number;
  price: number;
  next: number;
  readonly currency: string;
}

/** Every day on which something happened or a price was recorded, rising, from the first fact to `until`. */
export function dailySeries({ trades, flows, effects, splits, closes, rateOn }: SeriesFacts, until: string): DailyValue[] {
  const tradesOf = Map.groupBy(trades, ({ day }) => day);
  const effectsOf = Map.groupBy(effects, ({ day }) => day);
  const splitsOf = Map.groupBy(splits, ({ day }) => day);
  const flowsOf = Map.groupBy(flows, ({ day }) => day);
  const first = [...tradesOf.keys(), ...flowsOf.keys()].reduce<string | null>((least, day) => (least === null || day < least ? day : least), null);
  if (first === null) return [];
  const days = new Set([...tradesOf.keys(), ...flowsOf.keys(), ...[...effectsOf.keys(), ...splitsOf.keys()].filter((day) => day >= first)]);
  for (const ofInstrument of closes.values()) for (const { day } of ofInstrument) if (day >= first) days.add(day);
  days.add(until);
  const held = new Map<string, Held>();
  const cash = new Map<string, number>();
  const worth = (amount: number, currency: string, day: string): number => (Math.abs(amount) < NOTHING ? 0 : amount * rateOn(currency, day));
  return [...days].filter((day) => day <= until).toSorted().map((day) => {
    const ofDay = flowsOf.get(day) ?? [];
    begin(splitsOf.get(day) ?? [], effectsOf.get(day) ?? [], held, cash);
    for (const trade of tradesOf.get(day) ?? []) apply(trade, held, cash);
    for (const { amount, currency } of ofDay) cash.set(currency, (cash.get(currency) ?? 0) + amount);
    const value = worthOf(day, { cash, held, closes, worth });
    const external = ofDay.filter((flow) => flow.external).map(({ amount, currency }) => worth(amount, currency, day));
    return {
      day, value,
      inflow: external.reduce((total, amount) => total + Math.max(amount, 0), 0),
      outflow: external.reduce((total, amount) => total + Math.max(-amount, 0), 0),
    };
  });
}

/** Corporate actions count at the start of the day, before its trades; a close of the day itself is of new shares already. */
function begin(splits: readonly SeriesSplit[], effects: readonly SeriesEffect[], held: Map<string, Held>, cash: Map<string, number>): void {
  for (const { instrumentId, factor } of splits) {
    const holding = held.get(instrumentId);
    if (holding !== undefined) holding.price *= factor;
  }
  for (const { instrumentId, day, quantity, netAmount, currency } of effects)
    apply({ instrumentId, day, quantity, price: 0, currency, cash: { currency, amount: netAmount } }, held, cash);
}

interface Kept {
  readonly cash: ReadonlyMap<string, number>;
  readonly held: ReadonlyMap<string, Held>;
  readonly closes: SeriesFacts['closes'];
  worth(amount: number, currency: string, day: string): number;
}

function worthOf(day: string, { cash, held, closes, worth }: Kept): number {
  let value = 0;
  for (const [currency, amount] of cash) value += worth(amount, currency, day);
  for (const [instrumentId, holding] of held) value += worth(holding.quantity * priceOn(day, holding, closes.get(instrumentId) ?? []), holding.currency, day);
  return value;
}

/** What is left of floats that add up to nothing. */
const NOTHING = 1e-9;

function apply({ instrumentId, quantity, price, currency, cash: moved }: SeriesTrade, held: Map<string, Held>, cash: Map<string, number>): void {
  const holding = held.get(instrumentId) ?? { quantity: 0, price, next: 0, currency };
  holding.quantity = Math.abs(holding.quantity + quantity) < 1e-12 ? 0 : holding.quantity + quantity;
  if (holding.next === 0 && price !== 0) holding.price = price; // no close yet: the trade's own price stands in
  held.set(instrumentId, holding);
  cash.set(moved.currency, (cash.get(moved.currency) ?? 0) + moved.amount);
}

/** Moves the holding's place in its closes forward to the day; days are asked in rising order. */
function priceOn(day: string, holding: { price: number; next: number }, closes: readonly SeriesClose[]): number {
  for (let close = closes[holding.next]; close !== undefined && close.day <= day; close = closes[holding.next]) {
    holding.price = close.close;
    holding.next += 1;
  }
  return holding.price;
}
