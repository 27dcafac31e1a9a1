/**
 * Daily values of portfolios, kept as long as the facts that they were made of. A portfolio's revision rises with each
 * fact about it and with each new close of what it holds, so an entry is never older than the tables.
 */
import { LRUCache } from 'lru-cache';
import { type DailyValue, dailySeries, type SeriesClose } from '../domain/daily-series.ts';
import type { AnalyticsStore, CloseRow, PortfolioRow } from '../store/analytics-store.ts';

const PORTFOLIOS_MAX = 500;
const DAY_FIRST = '1900-01-01';

export interface Series {
  readonly days: readonly DailyValue[];
  /** The first day with a simulated close; null when all are real. */
  readonly simulatedFrom: string | null;
  /** Currencies of flows and trades other than the base currency; where there are any, the days are empty. */
  readonly foreign: readonly string[];
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

async function computed(store: AnalyticsStore, { id, baseCurrency }: PortfolioRow, until: string): Promise<Series> {
  const [trades, flows, effects] = await Promise.all([store.trades(id, until), store.flows(id, until), store.effects(id, until)]);
  const instrumentIds = [...new Set([...trades, ...effects].map(({ instrumentId }) => instrumentId))];
  const [closes, instruments, splits] = await Promise.all([
    store.closesBetween(instrumentIds, trades[0]?.day ?? DAY_FIRST, until), store.instruments(instrumentIds), store.splits(instrumentIds),
  ]);
  const foreign = [...new Set([...flows, ...instruments, ...effects].map(({ currency }) => currency))].filter((currency) => currency !== baseCurrency);
  if (foreign.length > 0) return { days: [], simulatedFrom: null, foreign };
  const days = dailySeries({
    trades: trades.map((row) => ({ instrumentId: row.instrumentId, day: row.day, quantity: +row.quantity, price: +row.price, netAmount: +row.netAmount })),
    flows: flows.map(({ day, amount }) => ({ day, amount: +amount })),
    effects: effects.map(({ instrumentId, day, quantity, netAmount }) => ({ instrumentId, day, quantity: +quantity, netAmount: +netAmount })),
    splits: splits.map(({ instrumentId, exDate, intoShares, oldShares }) => ({ instrumentId, day: exDate, factor: oldShares.div(intoShares).toNumber() })),
    closes: byInstrument(closes),
  }, until);
  const simulated = closes.filter((close) => close.simulated).map(({ day }) => day).toSorted();
  return { days, simulatedFrom: simulated[0] ?? null, foreign };
}

const byInstrument = (closes: readonly CloseRow[]): ReadonlyMap<string, readonly SeriesClose[]> =>
  new Map([...Map.groupBy(closes, ({ instrumentId }) => instrumentId)].map(([id, of]) => [id, of.map(({ day, close }) => ({ day, close: +close }))]));
