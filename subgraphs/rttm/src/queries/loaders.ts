/** Reads that lists repeat, batched per request: one statement however many instruments a page holds. */
import DataLoader from 'dataloader';
import type { AlertRule } from '../domain/alerts.ts';
import type { CorporateAction } from '../domain/corporate-action.ts';
import type { Day } from '../domain/days.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Close } from '../domain/prices.ts';
import type { Quote } from '../domain/quote.ts';
import type { Market } from '../market.ts';
import { quotesOf } from './quotes-of.ts';

const BATCH_MAX = 1_000;

export interface Loaders {
  /** Null for one that is unknown or another organisation's. */
  readonly instrument: DataLoader<string, Instrument | null>;
  readonly quote: DataLoader<Instrument, Quote | null>;
  readonly alertRule: DataLoader<string, AlertRule | null>;
  readonly corporateAction: DataLoader<string, CorporateAction | null>;
  readonly history: DataLoader<Range, readonly Close[], string>;
}

interface Range {
  readonly instrumentId: string;
  readonly from: Day;
  readonly to: Day;
}

export function loaders(market: Market, organizationId: string): Loaders {
  const { store } = market;
  return {
    instrument: new DataLoader(async (ids) => inOrder(ids, await store.instruments(organizationId, ids)), { maxBatchSize: BATCH_MAX }),
    alertRule: new DataLoader(async (ids) => inOrder(ids, await store.alertRules(organizationId, ids)), { maxBatchSize: BATCH_MAX }),
    corporateAction: new DataLoader(async (ids) => inOrder(ids, await store.corporateActions(organizationId, ids)), { maxBatchSize: BATCH_MAX }),
    quote: new DataLoader((instruments) => quotesOf(market, organizationId, instruments), { maxBatchSize: BATCH_MAX, cache: false }),
    history: new DataLoader((ranges) => histories(store, organizationId, ranges), {
      maxBatchSize: BATCH_MAX, cacheKeyFn: ({ instrumentId, from, to }) => `${instrumentId} ${from} ${to}`,
    }),
  };
}

const inOrder = <Thing extends { readonly id: string }>(ids: readonly string[], things: readonly Thing[]): (Thing | null)[] => {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return ids.map((id) => byId.get(id) ?? null);
};

/** One statement for each pair of days that is asked for. */
async function histories(store: Market['store'], organizationId: string, ranges: readonly Range[]): Promise<(readonly Close[])[]> {
  const days = ({ from, to }: Range): string => `${from} ${to}`;
  const read = await Promise.all([...Map.groupBy(ranges, days)].map(async ([key, of]) => {
    const [{ from, to }] = of as [Range, ...Range[]];
    return [key, await store.priceHistory(organizationId, of.map(({ instrumentId }) => instrumentId), from, to)] as const;
  }));
  const byDays = new Map(read);
  return ranges.map((range) => byDays.get(days(range))?.get(range.instrumentId) ?? []);
}
