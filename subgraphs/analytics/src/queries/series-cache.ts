/**
 * Daily values of portfolios, kept as long as the facts that they were made of. A portfolio's revision rises with each
 * fact about it and with each new close of what it holds, so an entry is never older than the tables.
 */
import { RATE_AGE_DAYS_MAX } from '@pms/money/fx';
import { LRUCache } from 'lru-cache';
import { converter, questions } from '../domain/conversion.ts';
import { type DailyValue, dailySeries, type SeriesClose } from '../domain/daily-series.ts';
import { addDays } from './days.ts';
import type { AnalyticsStore, CloseRow, PortfolioRow } from '../store/analytics-store.ts';

const PORTFOLIOS_MAX = 500;
const DAY_FIRST = '1900-01-01';

export interface Series {
  readonly days: readonly DailyValue[];
  /** The first day with a simulated close; null when all are real. */
  readonly simulatedFrom: string | null;
}

export interface SeriesCache {
  of(portfolio: PortfolioRow, until: string): Promise<Series>;
}

export function seriesCache(store: AnalyticsStore): SeriesCache {
  const kept = new LRUCache<string, { readonly revision: bigint; readonly until: string; readonly series: Promise<Series> }>({ max: PORTFOLIOS_MAX });
  return {
    of(portfolio, until) {
      const known = kept.get(portfolio.id);
      if (known?.revision === portfolio.revision && known.until === until) return known.series;
      const series = computed(store, portfolio, until);
      kept.set(portfolio.id, { revision: portfolio.revision, until, series });
      series.catch(() => kept.delete(portfolio.id));
      return series;
    },
  };
}

/** Throws MISSING_RATE where an amount of another currency is to be valued on a day without a rate. */
async function computed(store: AnalyticsStore, { id, organizationId, baseCurrency }: PortfolioRow, until: string): Promise<Series> {
  const [trades, flows, effects] = await Promise.all([store.trades(id, until), store.flows(id, until), store.effects(id, until)]);
  const instrumentIds = [...new Set([...trades, ...effects].map(({ instrumentId }) => instrumentId))];
  const currencies = [...flows, ...trades, ...effects, ...trades.map(({ cashCurrency: currency }) => ({ currency }))].map(({ currency }) => currency);
  const first = [trades[0]?.day, flows[0]?.day].filter((day) => day !== undefined).toSorted()[0] ?? DAY_FIRST;
  const [closes, published, splits] = await Promise.all([
    store.closesBetween(instrumentIds, trades[0]?.day ?? DAY_FIRST, until), store.seriesOf(organizationId, questions(currencies, baseCurrency, [until]), addDays(first, -RATE_AGE_DAYS_MAX)),
    store.splits(instrumentIds),
  ]);
  const into = converter(baseCurrency, published);
  const days = dailySeries({
    trades: trades.map((row) => ({ instrumentId: row.instrumentId, day: row.day, quantity: +row.quantity, price: +row.price, currency: row.currency, cash: { currency: row.cashCurrency, amount: +row.cashAmount } })),
    flows: flows.map(({ amount, ...flow }) => ({ ...flow, amount: +amount })),
    effects: effects.map(({ instrumentId, day, quantity, netAmount, currency }) => ({ instrumentId, day, quantity: +quantity, netAmount: +netAmount, currency })),
    splits: splits.map(({ instrumentId, exDate, intoShares, oldShares }) => ({ instrumentId, day: exDate, factor: oldShares.div(intoShares).toNumber() })),
    closes: byInstrument(closes),
    rateOn: remembered((currency, day) => (currency === baseCurrency ? 1 : into.quote(currency, day).rate.toNumber())),
  }, until);
  const simulated = closes.filter((close) => close.simulated).map(({ day }) => day).toSorted();
  return { days, simulatedFrom: simulated[0] ?? null };
}

/** A rate is asked for once a currency and day. */
function remembered(rateOn: (currency: string, day: string) => number): (currency: string, day: string) => number {
  const known = new Map<string, number>();
  return (currency, day) => {
    const rate = known.get(`${currency} ${day}`) ?? rateOn(currency, day);
    known.set(`${currency} ${day}`, rate);
    return rate;
  };
}

const byInstrument = (closes: readonly CloseRow[]): ReadonlyMap<string, readonly SeriesClose[]> =>
  new Map([...Map.groupBy(closes, ({ instrumentId }) => instrumentId)].map(([id, of]) => [id, of.map(({ day, close }) => ({ day, close: +close }))]));
