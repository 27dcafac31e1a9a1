/**
 * What a portfolio is worth at one moment. Everything is in the portfolio's base currency, exact; a holding or cash of
 * another currency is refused, because adding it would need a rate.
 */
import { badInput } from '@pms/errors';
import { Decimal, money, type Money, sum, ZERO } from '@pms/money';
import { type Holding as PricedHolding, valuationOf } from './valuation.ts';

export interface Holding {
  readonly instrumentId: string;
  readonly currency: string;
  /** Negative when short. */
  readonly quantity: Decimal;
  readonly costBasis: Decimal;
  readonly realizedPnl: Decimal;
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
  readonly baseCurrency: string;
  readonly holdings: readonly Holding[];
  readonly today: ReadonlyMap<string, DayTrades>;
  readonly cash: readonly Money[];
}

export interface PositionValue {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly last: Decimal;
  readonly priceDay: string;
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
  readonly unrealizedPnl: Money;
  readonly realizedPnl: Money;
  readonly dayPnl: Money;
  readonly simulated: boolean;
  /** Without positions that are flat and did nothing on the day. */
  readonly positions: readonly PositionValue[];
}

/** `marks` has every instrument that is held or was traded on the day. `at` is used when no price says when. */
export function valuedPortfolio({ baseCurrency, holdings, today, cash }: Holdings, marks: ReadonlyMap<string, Mark>, at: string): Valuation {
  refuseForeign(baseCurrency, [...holdings.filter(({ quantity }) => !quantity.isZero()), ...cash.filter(({ amount }) => !amount.isZero())]);
  const inBase = (amount: Decimal): Money => money(amount, baseCurrency);
  const totals = valuationOf(holdings.map((holding) => priced(holding, marks.get(holding.instrumentId), today.get(holding.instrumentId))));
  const positions = totals.positions.flatMap((value, index): PositionValue[] => {
    const { quantity = ZERO } = holdings[index] ?? {};
    const mark = marks.get(value.instrumentId);
    if (mark === undefined || (quantity.isZero() && !today.has(value.instrumentId))) return [];
    return [{
      instrumentId: value.instrumentId, quantity, last: mark.last, priceDay: mark.day, simulated: mark.simulated,
      marketValue: inBase(value.marketValue), unrealizedPnl: inBase(value.unrealizedPnl), dayPnl: inBase(value.dayPnl),
    }];
  });
  const cashTotal = sum(cash.map(({ amount }) => amount));
  const times = positions.map(({ instrumentId }) => marks.get(instrumentId)?.at ?? at);
  return {
    at: times.length === 0 ? at : times.reduce((latest, time) => (time > latest ? time : latest)),
    marketValue: inBase(totals.marketValue.plus(cashTotal)), securitiesValue: inBase(totals.marketValue), cash: inBase(cashTotal),
    unrealizedPnl: inBase(totals.unrealizedPnl), realizedPnl: inBase(totals.realizedPnl), dayPnl: inBase(totals.dayPnl),
    simulated: positions.some(({ simulated }) => simulated), positions,
  };
}

function refuseForeign(baseCurrency: string, amounts: readonly { readonly currency: string }[]): void {
  for (const { currency } of amounts)
    if (currency !== baseCurrency) throw badInput(`there is no rate from ${currency} to ${baseCurrency}`, { from: currency, to: baseCurrency });
}

const ONE = new Decimal(1);

/** All in one currency, so every rate is 1. What was held at the previous close is what is held now less what the day's trades added. */
function priced({ instrumentId, quantity, costBasis, realizedPnl }: Holding, mark: Mark | undefined, trades: DayTrades = { quantity: ZERO, netAmount: ZERO }): PricedHolding {
  const before = quantity.minus(trades.quantity);
  return {
    instrumentId, quantity, costBasis, realizedPnl, last: mark?.last ?? null, rate: ONE, paidToday: trades.netAmount.neg(),
    previousClose: mark === undefined ? null : { quantity: before, price: mark.previousClose ?? mark.last, rate: ONE },
  };
}
