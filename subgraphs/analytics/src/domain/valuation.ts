/**
 * What positions are worth and what they have earned, in base currency. Decimal, exact until shown; a short position has a
 * negative value. A position without a price or a rate is refused, never valued at zero.
 * Gains: unrealised = value − cost, each at its own rate (value at the last, cost as booked in base), so it holds what the
 * currency did; day PnL = value now − value at the previous close − what was paid for trades since (fees included).
 */
import { badInput } from '@pms/errors';
import { Decimal, sum } from '@pms/money';

export interface Holding {
  readonly instrumentId: string;
  /** Negative for a short position. */
  readonly quantity: Decimal;
  /** What the open lots cost, in base currency; negative for a short position. */
  readonly costBasis: Decimal;
  /** Realised so far, in base currency. */
  readonly realizedPnl: Decimal;
  /** Price of one unit in the instrument's currency; null where none is known. */
  readonly last: Decimal | null;
  /** Base currency for one unit of the instrument's; null where none is known. */
  readonly rate: Decimal | null;
  /** Where the day began. Null on the position's first day, or where no earlier price is known: then it began at cost. */
  readonly previousClose: PreviousClose | null;
  /** Paid for trades since the previous close less what they fetched, in base currency, fees included. */
  readonly paidToday: Decimal;
}

export interface PreviousClose {
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** The rate of that close. */
  readonly rate: Decimal;
}

export interface Valued {
  readonly instrumentId: string;
  readonly marketValue: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly realizedPnl: Decimal;
  readonly dayPnl: Decimal;
}

export interface Valuation {
  readonly marketValue: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly realizedPnl: Decimal;
  readonly dayPnl: Decimal;
  readonly positions: readonly Valued[];
}

/** Throws BAD_USER_INPUT, naming the instrument, where an open position has no price or no rate. */
export function valued(holding: Holding): Valued {
  const { instrumentId, quantity, costBasis, realizedPnl, last, rate, previousClose: before, paidToday } = holding;
  if (!quantity.isZero() && (last === null || rate === null))
    throw badInput(`no ${last === null ? 'price' : 'exchange rate'} is known for ${instrumentId}`, { instrumentId });
  const marketValue = quantity.isZero() || last === null || rate === null ? new Decimal(0) : quantity.times(last).times(rate);
  const began = before === null ? new Decimal(0) : before.quantity.times(before.price).times(before.rate);
  return { instrumentId, marketValue, unrealizedPnl: marketValue.minus(costBasis), realizedPnl, dayPnl: marketValue.minus(began).minus(paidToday) };
}

/** A portfolio's positions, valued one by one and added up. Cash is not among them: it earns nothing by its price. */
export function valuationOf(holdings: readonly Holding[]): Valuation {
  const positions = holdings.map(valued);
  const add = (figure: (each: Valued) => Decimal): Decimal => sum(positions.map(figure));
  return {
    marketValue: add((each) => each.marketValue), unrealizedPnl: add((each) => each.unrealizedPnl),
    realizedPnl: add((each) => each.realizedPnl), dayPnl: add((each) => each.dayPnl), positions,
  };
}

/** Each value's part of the whole, as a float; null where the whole is zero. */
export function weights(values: readonly Decimal[]): readonly (number | null)[] {
  const whole = sum(values);
  return values.map((value) => (whole.isZero() ? null : value.div(whole).toNumber()));
}
