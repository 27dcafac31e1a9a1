/**
 * What a portfolio is worth at one moment, in its base currency, exact. Amounts of other currencies are converted before they are added: value and cash
 * at the last rate published on or before the day, cost and what trades moved at the rates of the trades.
 */
import { type Decimal, money, type Money, plus, sum, totalOf, ZERO } from '@pms/money';
import { baseCost, type BaseTrade } from './base-cost.ts';
import type { Converter, FxQuote } from './conversion.ts';
import { type Holding as PricedHolding, valuationOf } from './valuation.ts';

export interface Holding {
  readonly instrumentId: string;
  readonly currency: string;
  /** Negative when short. */
  readonly quantity: Decimal;
  /** In its own currency, as what was realised. */
  readonly costBasis: Decimal;
  readonly realizedPnl: Decimal;
}

/** A trade of a position in another currency than the portfolio's. */
export interface ForeignTrade extends Omit<BaseTrade, 'baseNet'> {
  readonly currency: string;
  readonly day: string;
  /** Null where the books did not tell: then the published rate of its day counts. */
  readonly baseNet: Decimal | null;
}

/** The price of an instrument as it is known at the moment of valuation. */
export interface Mark {
  readonly last: Decimal;
  /** ISO day. */
  readonly day: string;
  /** RFC 3339; the end of the day for a close. */
  readonly at: string;
  /** The last close before the day of valuation; null when there is none. */
  readonly previousClose: Decimal | null;
  readonly simulated: boolean;
}

/** What the trades of the day of valuation did to one holding. */
export interface DayTrades {
  readonly quantity: Decimal;
  /** Cash that they moved, fees included: negative for purchases. */
  readonly netAmount: Decimal;
}

export interface Holdings {
  readonly converter: Converter;
  /** Of prices and rates, at the latest. */
  readonly day: string;
  readonly dayBefore: string;
  readonly holdings: readonly Holding[];
  /** By instrument, in order. */
  readonly foreign: ReadonlyMap<string, readonly ForeignTrade[]>;
  readonly today: ReadonlyMap<string, DayTrades>;
  readonly cash: readonly Money[];
}

export interface PositionValue {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly last: Decimal;
  readonly priceDay: string;
  readonly currency: string;
  /** In its own currency. */
  readonly localValue: Money;
  readonly rate: FxQuote;
  readonly costBasis: Money;
  readonly marketValue: Money;
  readonly unrealizedPnl: Money;
  readonly dayPnl: Money;
  readonly simulated: boolean;
}

export interface Valuation {
  readonly at: string;
  readonly marketValue: Money;
  readonly securitiesValue: Money;
  readonly cash: Money;
  readonly cashByCurrency: readonly { readonly currency: string; readonly inBase: Money }[];
  readonly unrealizedPnl: Money;
  readonly realizedPnl: Money;
  readonly dayPnl: Money;
  readonly simulated: boolean;
  /** Without positions that are flat and did nothing on the day. */
  readonly positions: readonly PositionValue[];
}

/** `marks` has every instrument that is held or was traded on the day. `at` is used when no price says when. Throws MISSING_RATE where an amount of another currency has no rate. */
export function valuedPortfolio(portfolio: Holdings, marks: ReadonlyMap<string, Mark>, at: string): Valuation {
  const { holdings, today, cash, converter, day } = portfolio;
  const inBase = (amount: Decimal): Money => money(amount, converter.currency);
  const totals = valuationOf(holdings.map((holding) => priced(portfolio, holding, marks.get(holding.instrumentId))));
  const positions = totals.positions.flatMap((value, index): PositionValue[] => {
    const { quantity = ZERO, currency = converter.currency } = holdings[index] ?? {};
    const mark = marks.get(value.instrumentId);
    if (mark === undefined || (quantity.isZero() && !today.has(value.instrumentId))) return [];
    return [{
      instrumentId: value.instrumentId, quantity, last: mark.last, priceDay: mark.day, simulated: mark.simulated, currency,
      localValue: money(quantity.times(mark.last), currency), rate: converter.quote(currency, day), costBasis: inBase(value.marketValue.minus(value.unrealizedPnl)),
      marketValue: inBase(value.marketValue), unrealizedPnl: inBase(value.unrealizedPnl), dayPnl: inBase(value.dayPnl),
    }];
  });
  const cashByCurrency = cash.map((amount) => ({ currency: amount.currency, inBase: converter.convert(amount, day) }));
  const cashTotal = totalOf(converter.currency, cashByCurrency.map((each) => each.inBase));
  const times = positions.map(({ instrumentId }) => marks.get(instrumentId)?.at ?? at);
  return {
    at: times.length === 0 ? at : times.reduce((latest, time) => (time > latest ? time : latest)),
    marketValue: plus(inBase(totals.marketValue), cashTotal), securitiesValue: inBase(totals.marketValue), cash: cashTotal, cashByCurrency,
    unrealizedPnl: inBase(totals.unrealizedPnl), realizedPnl: inBase(totals.realizedPnl), dayPnl: inBase(totals.dayPnl),
    simulated: positions.some(({ simulated }) => simulated), positions,
  };
}

/** What was held at the previous close is what is held now less what the day's trades added. */
function priced(portfolio: Holdings, { instrumentId, currency, quantity, costBasis, realizedPnl }: Holding, mark: Mark | undefined): PricedHolding {
  const { converter, day, dayBefore, today } = portfolio;
  const trades = today.get(instrumentId) ?? { quantity: ZERO, netAmount: ZERO };
  const before = quantity.minus(trades.quantity);
  const open = !quantity.isZero() || !before.isZero();
  const rateOn = (on: string): Decimal => (open ? converter.quote(currency, on).rate : ZERO);
  const previousClose = mark === undefined || before.isZero() ? null : { quantity: before, price: mark.previousClose ?? mark.last, rate: rateOn(dayBefore) };
  const held = { instrumentId, quantity, last: mark?.last ?? null, rate: quantity.isZero() ? null : rateOn(day), previousClose };
  if (currency === converter.currency) return { ...held, costBasis, realizedPnl, paidToday: trades.netAmount.neg() };
  const foreign = (portfolio.foreign.get(instrumentId) ?? []).map((trade) => ({ ...trade, baseNet: trade.baseNet ?? converter.convert(money(trade.netAmount, trade.currency), trade.day).amount }));
  const { cost, realized } = baseCost(foreign, costBasis);
  return { ...held, costBasis: cost, realizedPnl: realized, paidToday: sum(foreign.filter((trade) => trade.day === day).map(({ baseNet }) => baseNet)).neg() };
}
