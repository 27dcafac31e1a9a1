/**
 * What a portfolio is worth at one moment. Everything is in the portfolio's base currency, exact; a holding or cash of
 * another currency is refused, because adding it would need a rate.
 */
import { badInput } from '@pms/errors';
import { Decimal, money, type Money, sum, ZERO } from '@pms/money';

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
export function valued({ baseCurrency, holdings, today, cash }: Holdings, marks: ReadonlyMap<string, Mark>, at: string): Valuation {
  for (const currency of [...holdings.filter(({ quantity }) => !quantity.isZero()).map((holding) => holding.currency), ...cash.filter(({ amount }) => !amount.isZero()).map((of) => of.currency)])
    if (currency !== baseCurrency) throw badInput(`there is no rate from ${currency} to ${baseCurrency}`, { from: currency, to: baseCurrency });
  const inBase = (amount: Decimal): Money => money(amount, baseCurrency);
  const seen = holdings.flatMap((holding): PositionValue[] => {
    const mark = marks.get(holding.instrumentId);
    const trades = today.get(holding.instrumentId);
    if (mark === undefined || (holding.quantity.isZero() && trades === undefined)) return [];
    const marketValue = holding.quantity.times(mark.last);
    return [{
      instrumentId: holding.instrumentId, quantity: holding.quantity, last: mark.last, priceDay: mark.day, simulated: mark.simulated,
      marketValue: inBase(marketValue), unrealizedPnl: inBase(marketValue.minus(holding.costBasis)), dayPnl: inBase(dayPnl(holding, mark, trades)),
    }];
  });
  const total = (of: (position: PositionValue) => Money): Decimal => sum(seen.map((position) => of(position).amount));
  const securities = total(({ marketValue }) => marketValue);
  const cashTotal = sum(cash.map(({ amount }) => amount));
  const times = seen.map(({ instrumentId }) => marks.get(instrumentId)?.at ?? at);
  return {
    at: times.length === 0 ? at : times.reduce((latest, time) => (time > latest ? time : latest)),
    marketValue: inBase(securities.plus(cashTotal)), securitiesValue: inBase(securities), cash: inBase(cashTotal),
    unrealizedPnl: inBase(total(({ unrealizedPnl }) => unrealizedPnl)), realizedPnl: inBase(sum(holdings.map(({ realizedPnl }) => realizedPnl))),
    dayPnl: inBase(total((position) => position.dayPnl)), simulated: seen.some(({ simulated }) => simulated), positions: seen,
  };
}

/** Value now, less the value at the previous close of what was held then, plus the cash that the day's trades moved. */
function dayPnl({ quantity }: Holding, { last, previousClose }: Mark, trades: DayTrades = { quantity: ZERO, netAmount: ZERO }): Decimal {
  const before = quantity.minus(trades.quantity);
  return quantity.times(last).minus(before.times(previousClose ?? last)).plus(trades.netAmount);
}
