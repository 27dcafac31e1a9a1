/** What positions and portfolios earned: by position, by period, month by month, and in cash of another currency. */
import { Decimal, toMinorUnit } from '@pms/money';
import { dayOf, epochDay } from '../../../subgraphs/analytics/src/domain/day-count.ts';
import { lastOnOrBefore, netGainBetween, performanceOfPosition } from '../../../subgraphs/analytics/src/domain/performance-of-position.ts';
import type { Activity, ValueOn } from '../../../subgraphs/analytics/src/domain/performance-of-position.ts';
import { gainOf, resultOfPeriod } from '../../../subgraphs/analytics/src/domain/period-result.ts';
import type { Fact } from '../../../subgraphs/analytics/src/domain/period-result.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase } from '../oracle-case.ts';

const dec = (value: number): Decimal => new Decimal(String(value));
const dated = (stated: Readonly<Record<string, number>>): { date: string; value: Decimal }[] => Object.entries(stated).map(([date, value]) => ({ date, value: dec(value) }));
const addDays = (day: string, days: number): string => dayOf(epochDay(day) + days);

interface Activities {
  readonly activities: readonly { readonly date: string; readonly type: Activity['kind']; readonly quantity: number; readonly unit_price: number; readonly fee: number }[];
  readonly as_of: string;
  readonly closing_prices: Readonly<Record<string, number>>;
}

/** The day whose close a running day, week, month or year starts from. */
const starts = (asOf: string): Readonly<Record<string, string>> => ({
  '1d': addDays(asOf, -1), wtd: addDays(asOf, -1 - ((epochDay(asOf) + 3) % 7)), mtd: addDays(`${asOf.slice(0, 7)}-01`, -1), ytd: addDays(`${asOf.slice(0, 4)}-01-01`, -1),
});

function positionPnl({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { activities: stated, as_of: asOf, closing_prices: closes } = input as unknown as Activities;
  const activities = stated.map(({ date, type, quantity, unit_price: price, fee }): Activity => ({ date, kind: type, quantity: dec(quantity), unitPrice: dec(price), fee: dec(fee) }));
  // where no close is known, the price of a trade is the last one
  const traded = activities.filter(({ kind }) => kind === 'BUY' || kind === 'SELL').map(({ date, unitPrice }) => ({ date, value: unitPrice }));
  const priceOn = lastOnOrBefore([...traded, ...dated(closes)]);
  const rates = Object.entries(input).find(([key]) => key.startsWith('fx_'))?.[1] as Readonly<Record<string, number>> | undefined;
  const rateOn: ValueOn = rates ? lastOnOrBefore(dated(rates)) : () => new Decimal(1);
  const local = performanceOfPosition(activities, asOf, priceOn);
  const base = performanceOfPosition(activities, asOf, priceOn, rateOn);
  const current = rateOn(asOf);
  const since = Object.entries(starts(asOf)).map(([name, from]) => [`net_${name}`, netGainBetween(activities, from, asOf, priceOn, rateOn).toNumber()]);
  return {
    quantity: local.quantity.toNumber(), average_price: local.averagePrice.toNumber(), invested: local.invested.toNumber(), value: local.value.toNumber(), fees: local.fees.toNumber(),
    dividend: local.dividends.toNumber(), gross: local.gross.toNumber(), net: local.net.toNumber(), time_weighted_investment: local.averageInvested.toNumber(),
    gross_pct: local.grossRate, net_pct: local.netRate, gross_pct_local: local.grossRate, net_pct_local: local.netRate, gross_pct_with_fx: base.grossRate, net_pct_with_fx: base.netRate,
    value_base: base.value.toNumber(), gross_with_fx: base.gross.toNumber(), net_with_fx: base.net.toNumber(), invested_with_fx: base.invested.toNumber(), fee_base: base.fees.toNumber(),
    gross_at_current_fx: local.gross.times(current).toNumber(), net_at_current_fx: local.net.times(current).toNumber(), invested_at_current_fx: local.invested.times(current).toNumber(),
    ...Object.fromEntries(since),
  };
}

interface Report {
  readonly report_from: string;
  readonly report_to: string;
  readonly events?: readonly { readonly date: string; readonly type: string; readonly amount: number }[];
  readonly position?: { readonly bought: string; readonly quantity: number };
  readonly sell?: { readonly date: string; readonly quantity: number; readonly amount: number; readonly fee?: number; readonly tax?: number };
  readonly withdrawal?: { readonly date: string; readonly amount: number };
  readonly dividend?: { readonly date: string; readonly net: number; readonly tax?: number; readonly fee?: number };
  readonly delivery_in?: { readonly date: string; readonly quantity: number; readonly amount: number; readonly tax?: number; readonly fee?: number };
  readonly prices?: readonly { readonly date: string; readonly price: number }[];
}

const INSTRUMENT = 'the security';

function eventFact({ date, type, amount }: { readonly date: string; readonly type: string; readonly amount: number }): Fact {
  const value = dec(amount);
  switch (type) {
    case 'deposit':
      return { date, kind: 'DEPOSIT', amount: value };
    case 'withdrawal':
    case 'removal':
      return { date, kind: 'WITHDRAWAL', amount: value };
    case 'interest':
    case 'dividend':
      return { date, kind: 'EARNED', gross: value };
    case 'interest_charge':
      return { date, kind: 'EARNED', gross: value.negated() };
    case 'fee':
    case 'fees':
      return { date, kind: 'CHARGED', fee: value };
    case 'tax':
    case 'taxes':
      return { date, kind: 'CHARGED', tax: value };
    default:
      throw new NotCovered(`event ${type}`);
  }
}

interface Charged {
  readonly fee?: number;
  readonly tax?: number;
}

const charges = ({ fee = 0, tax = 0 }: Charged): { readonly fee: Decimal; readonly tax: Decimal } => ({ fee: dec(fee), tax: dec(tax) });
const both = ({ fee = 0, tax = 0 }: Charged): Decimal => dec(fee).plus(dec(tax));

/** Amounts of sales and dividends are net of their charges, those of deliveries hold them. */
function factsOf({ events = [], position, sell, withdrawal, dividend, delivery_in: delivery }: Report, priceOn: ValueOn): Fact[] {
  const facts = events.map(eventFact);
  if (position) {
    const quantity = dec(position.quantity);
    facts.push({ date: position.bought, kind: 'DELIVERED_IN', instrumentId: INSTRUMENT, quantity, gross: quantity.times(priceOn(position.bought)) });
  }
  if (sell) facts.push({ date: sell.date, kind: 'SOLD', instrumentId: INSTRUMENT, quantity: dec(sell.quantity), gross: dec(sell.amount).plus(both(sell)), ...charges(sell) });
  if (withdrawal) facts.push({ date: withdrawal.date, kind: 'WITHDRAWAL', amount: dec(withdrawal.amount) });
  if (dividend) facts.push({ date: dividend.date, kind: 'EARNED', gross: dec(dividend.net).plus(both(dividend)), ...charges(dividend) });
  if (delivery)
    facts.push({ date: delivery.date, kind: 'DELIVERED_IN', instrumentId: INSTRUMENT, quantity: dec(delivery.quantity), gross: dec(delivery.amount).minus(both(delivery)), ...charges(delivery) });
  return facts;
}

function breakdown({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const report = input as unknown as Report;
  const { prices = [], delivery_in: delivery } = report;
  const stated = prices.map(({ date, price }) => ({ date, value: dec(price) }));
  const fallback = delivery ? [{ date: delivery.date, value: dec(delivery.amount).minus(both(delivery)).div(delivery.quantity) }] : [];
  const priceOn = lastOnOrBefore(stated.length > 0 ? stated : fallback);
  const facts = factsOf(report, priceOn);
  const found = resultOfPeriod(facts, report.report_from, report.report_to, () => priceOn);
  const delivered = facts.find(({ kind }) => kind === 'DELIVERED_IN');
  return {
    initial: found.initial.toNumber(), transfers: found.transfers.toNumber(), capital_gains: found.capitalGains.toNumber(), realized: found.realizedGains.toNumber(),
    earnings: found.earnings.toNumber(), earnings_gross: found.earnings.toNumber(), fees: found.fees.toNumber(), taxes: found.taxes.toNumber(), final: found.final.toNumber(),
    gross_value: delivered && 'gross' in delivered ? delivered.gross.toNumber() : undefined,
  };
}

interface TradeStated {
  readonly date: string;
  readonly buy?: number;
  readonly sell?: number;
  readonly price: number;
  readonly fee: number;
}

/** The gain of each month and of the year, from trades, prices and a dividend. */
function monthly({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { trades, last, prices, dividend } = input as unknown as {
    trades: TradeStated[]; last?: TradeStated; prices: { date: string; price: number }[]; dividend?: { date: string; gross: number; fee: number };
  };
  const all = [...trades, ...(last ? [last] : [])];
  const facts: Fact[] = all.map(({ date, buy, sell = 0, price, fee }) => ({
    date, kind: buy === undefined ? 'SOLD' : 'BOUGHT', instrumentId: INSTRUMENT, quantity: dec(buy ?? sell), gross: dec(buy ?? sell).times(dec(price)), fee: dec(fee),
  }));
  if (dividend) facts.push({ date: dividend.date, kind: 'EARNED', gross: dec(dividend.gross), fee: dec(dividend.fee) });
  const priceOn = lastOnOrBefore([...all, ...prices].map(({ date, price }) => ({ date, value: dec(price) })));
  const between = (from: string, to: string): number => gainOf(resultOfPeriod(facts, from, to, () => priceOn)).toNumber();
  const months = [...new Set([...facts, ...prices].map(({ date }) => date.slice(0, 7)))].toSorted();
  const [first = '', end = ''] = [months[0], months.at(-1)];
  const every = Array.from({ length: (Number(end.slice(0, 4)) - Number(first.slice(0, 4))) * 12 + Number(end.slice(5)) - Number(first.slice(5)) + 1 }, (_, at) => {
    const month = Number(first.slice(0, 4)) * 12 + Number(first.slice(5)) - 1 + at;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
  const endOf = (month: string): string => addDays(`${addDays(`${month}-01`, 31).slice(0, 7)}-01`, -1);
  const years = [...new Set(every.map((month) => month.slice(0, 4)))];
  return {
    monthly: Object.fromEntries(every.map((month) => [month, between(addDays(`${month}-01`, -1), endOf(month))])),
    ...Object.fromEntries(years.map((year) => [year, between(addDays(`${year}-01-01`, -1), `${year}-12-31`)])),
  };
}

/** Cash of another currency: each change at its day's rate is a unit bought at a price. */
function foreignCash({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { balances, as_of: asOf } = input as unknown as { balances: { date: string; value: number }[]; as_of: string };
  const rates = Object.entries(input).find(([key]) => key.startsWith('fx_'))?.[1] as Readonly<Record<string, number>>;
  const activities = balances.map(({ date, value }, at): Activity => {
    const change = dec(value).minus(balances[at - 1]?.value ?? 0);
    return { date, kind: change.isNegative() ? 'SELL' : 'BUY', quantity: change.abs(), unitPrice: new Decimal(1), fee: new Decimal(0) };
  });
  const one: ValueOn = () => new Decimal(1);
  const [base, local] = [performanceOfPosition(activities, asOf, one, lastOnOrBefore(dated(rates))), performanceOfPosition(activities, asOf, one)];
  return {
    value_base: base.value.toNumber(), net_worth: base.value.toNumber(), invested_with_fx: base.invested.toNumber(), fx_gain: base.gross.toNumber(), local_gain: local.gross.toNumber(),
  };
}

/** Cash of the base currency counts in what a portfolio is worth, and earns nothing. */
const cash: Evaluate = ({ input }) => {
  const { cash: balance, holding: { quantity, unit_price: paid, price } } = input as unknown as { cash: number; holding: { quantity: number; unit_price: number; price: number } };
  const bought: Activity = { date: '2000-01-01', kind: 'BUY', quantity: dec(quantity), unitPrice: dec(paid), fee: new Decimal(0) };
  const { value, net } = performanceOfPosition([bought], '2000-01-02', () => dec(price));
  return { value_measured: value.toNumber(), net_worth: value.plus(balance).toNumber(), net_performance: net.toNumber() };
};

/** What lots cost in euro, each at the rate of its own trade, booked to the cent. */
const costInEuro: Evaluate = ({ input }) => {
  const lots = input['lots'] as { amount_eur?: number; amount_usd?: number; usd_per_eur?: number }[];
  const costs = lots.map(({ amount_eur: euro, amount_usd: dollars = 0, usd_per_eur: rate = 1 }) => toMinorUnit({ amount: euro === undefined ? dec(dollars).div(dec(rate)) : dec(euro), currency: 'EUR' }).amount);
  return { cost_eur: costs.map((each) => each.toNumber()), total_eur: costs.reduce((sum, each) => sum.plus(each), new Decimal(0)).toNumber() };
};

export const resultKinds: Readonly<Record<string, Evaluate>> = {
  position_pnl: positionPnl, pnl_breakdown: breakdown, pnl_series: monthly, fx_cash: foreignCash, cash, fx_cost: costInEuro,
};
