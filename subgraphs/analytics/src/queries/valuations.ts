/** Values portfolios, many in a constant number of statements. */
import { decimal } from '@pms/money';
import { awaitKnown } from '@pms/subgraph/await-known';
import { notFound } from '@pms/errors';
import type { AnalyticsContext, Measuring } from '../context.ts';
import { type Converter, converter, questions } from '../domain/conversion.ts';
import { type Holdings, type Mark, type Valuation, valuedPortfolio } from '../domain/portfolio-value.ts';
import { type Adjustment, adjustmentBy } from '../domain/splits.ts';
import type { PortfolioRow } from '../store/analytics-store.ts';
import { dayBefore, dayOf, endOfDay, NO_END } from './days.ts';

/** Throws NOT_FOUND for a portfolio that is unknown or another organisation's; one that was opened just now is waited for. */
export async function mustFindPortfolio(ctx: AnalyticsContext, id: string): Promise<PortfolioRow> {
  const found = await awaitKnown(id, ctx.now, async () => {
    const row = await ctx.loaders.portfolio.load(id);
    if (row === null) ctx.loaders.portfolio.clear(id);
    return row;
  });
  if (found === null) throw notFound('portfolio', id);
  return found;
}

/** What is needed to value a portfolio but the prices that move. */
export interface Prepared extends Holdings {
  /** Prices by instrument, where no quote is newer; in shares of the day. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** For prices of earlier days. */
  readonly adjust: Adjustment;
}

/** `day` null: now. */
export async function prepared({ store, now }: Measuring, portfolios: readonly PortfolioRow[], day: string | null): Promise<ReadonlyMap<string, Prepared>> {
  const ids = portfolios.map(({ id }) => id);
  const today = day ?? dayOf(now());
  const [held, trades, cash, foreign] = await Promise.all([
    day === null ? store.holdings(ids) : store.holdingsAt(ids, day), store.tradesOn(ids, today), store.cashAt(ids, day ?? NO_END), store.foreignTrades(ids, day ?? NO_END),
  ]);
  const instrumentIds = [...new Set([...held.values()].flat().map(({ instrumentId }) => instrumentId))];
  const yesterday = dayBefore(today);
  const [last, previous, traded, splits] = await Promise.all([
    store.closesOn(instrumentIds, today), store.closesOn(instrumentIds, yesterday), store.lastTradePrices(ids, today), store.splits(instrumentIds),
  ]);
  const adjust = adjustmentBy(splits);
  const before = new Map(previous.map(({ instrumentId, close, day: on }) => [instrumentId, decimal(close).times(adjust(instrumentId, on, yesterday))]));
  const marks = new Map<string, Mark>();
  for (const { instrumentId, price, day: on } of traded)
    marks.set(instrumentId, { last: decimal(price).times(adjust(instrumentId, on, today)), day: on, at: endOfDay(on), previousClose: null, simulated: false });
  for (const { instrumentId, close, day: on, simulated } of last)
    marks.set(instrumentId, { last: decimal(close).times(adjust(instrumentId, on, today)), day: on, at: endOfDay(on), previousClose: before.get(instrumentId) ?? null, simulated });
  const converters = await convertersOf(store, portfolios, { today, held, cash, foreign });
  return new Map(portfolios.map(({ id }) => {
    const holdings = held.get(id) ?? [];
    return [id, {
      converter: converters.get(id) as Converter, day: today, dayBefore: yesterday, holdings, today: trades.get(id) ?? new Map(), cash: cash.get(id) ?? [], marks, adjust,
      foreign: new Map(holdings.map(({ instrumentId }) => [instrumentId, foreign.get(`${id} ${instrumentId}`) ?? []])),
    }];
  }));
}

interface Amounts {
  readonly today: string;
  readonly held: ReadonlyMap<string, readonly { readonly currency: string }[]>;
  readonly cash: ReadonlyMap<string, readonly { readonly currency: string }[]>;
  readonly foreign: ReadonlyMap<string, readonly { readonly portfolioId: string; readonly currency: string; readonly day: string; readonly baseNet: unknown }[]>;
}

/** By portfolio; all rates of an organisation in one statement, none where nothing is foreign. */
async function convertersOf(store: Measuring['store'], portfolios: readonly PortfolioRow[], { today, held, cash, foreign }: Amounts): Promise<ReadonlyMap<string, Converter>> {
  const untold = Map.groupBy([...foreign.values()].flat().filter(({ baseNet }) => baseNet === null), ({ portfolioId }) => portfolioId);
  const made = await Promise.all([...Map.groupBy(portfolios, ({ organizationId }) => organizationId)].map(async ([organizationId, of]) => {
    const asked = of.flatMap(({ id, baseCurrency }) => [
      ...questions([...(held.get(id) ?? []), ...(cash.get(id) ?? [])].map(({ currency }) => currency), baseCurrency, [today, dayBefore(today)]),
      ...(untold.get(id) ?? []).map(({ currency, day }) => ({ base: currency, quote: baseCurrency, on: day })),
    ]);
    const published = await store.published(organizationId, asked);
    return of.map(({ id, baseCurrency }) => [id, converter(baseCurrency, published)] as const);
  }));
  return new Map(made.flat());
}

/** With the newest quotes; of a quote and a close of the same day the quote counts. */
export function atQuotes({ quotes, now }: Pick<Measuring, 'quotes' | 'now'>, holdings: Prepared): Valuation {
  const marks = new Map(holdings.marks);
  for (const { instrumentId } of holdings.holdings) {
    const quote = quotes.last(instrumentId);
    const mark = marks.get(instrumentId);
    if (quote === null || (mark !== undefined && mark.day > quote.time.slice(0, 10))) continue;
    marks.set(instrumentId, {
      last: decimal(quote.last).times(holdings.adjust(instrumentId, quote.time.slice(0, 10), dayOf(now()))), day: quote.time.slice(0, 10), at: quote.time, simulated: quote.simulated,
      previousClose: mark?.previousClose ?? (quote.previousClose === null ? null : decimal(quote.previousClose)),
    });
  }
  return valuedPortfolio(holdings, marks, now().toISOString());
}

export async function valuationOf(ctx: AnalyticsContext, portfolioId: string, asOf: string | null): Promise<Valuation> {
  const portfolio = await mustFindPortfolio(ctx, portfolioId);
  if (asOf === null || asOf >= dayOf(ctx.now())) return ctx.loaders.valuation.load(portfolio.id);
  const holdings = (await prepared(ctx, [portfolio], asOf)).get(portfolio.id);
  if (holdings === undefined) throw notFound('portfolio', portfolioId);
  return valuedPortfolio(holdings, holdings.marks, endOfDay(asOf));
}
