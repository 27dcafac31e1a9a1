/** How a portfolio's market value is spread. */
import { type Decimal, type Money, money, sum } from '@pms/money';
import type { AnalyticsContext } from '../context.ts';
import type { PositionValue } from '../domain/portfolio-value.ts';
import type { InstrumentRow } from '../store/analytics-store.ts';
import { mustFindPortfolio } from './valuations.ts';

export type Dimension = 'INSTRUMENT' | 'ASSET_CLASS' | 'CURRENCY';

export interface Exposure {
  readonly name: string;
  readonly instrumentId: string | null;
  readonly marketValue: Money;
  readonly weight: number;
}

export async function exposure(ctx: AnalyticsContext, portfolioId: string, by: Dimension): Promise<Exposure[]> {
  const portfolio = await mustFindPortfolio(ctx, portfolioId);
  const { positions, marketValue, cash, cashByCurrency } = await ctx.loaders.valuation.load(portfolio.id);
  const held = positions.filter(({ quantity }) => !quantity.isZero());
  const instruments = new Map((await ctx.store.instruments(held.map(({ instrumentId }) => instrumentId))).map((row) => [row.id, row]));
  const nameOf = ({ instrumentId }: PositionValue): string => nameBy(by, instruments.get(instrumentId), instrumentId);
  const groups = [...Map.groupBy(held, nameOf)].map(([name, of]) => ({
    name, instrumentId: by === 'INSTRUMENT' ? of[0]?.instrumentId ?? null : null, amount: sum(of.map((position) => position.marketValue.amount)),
  }));
  const parts = by === 'CURRENCY' ? withCash(groups, cashByCurrency) : [...groups, { name: 'Cash', instrumentId: null, amount: cash.amount }];
  return parts.filter(({ amount }) => !amount.isZero()).toSorted((a, b) => b.amount.cmp(a.amount)).map(({ name, instrumentId, amount }) => ({
    name, instrumentId, marketValue: money(amount, portfolio.baseCurrency), weight: marketValue.amount.isZero() ? 0 : amount.div(marketValue.amount).toNumber(),
  }));
}

interface Part {
  readonly name: string;
  readonly instrumentId: string | null;
  readonly amount: Decimal;
}

/** Cash counts with the currency that it is in. */
const withCash = (groups: readonly Part[], cash: readonly { readonly currency: string; readonly inBase: Money }[]): Part[] =>
  [...Map.groupBy([...groups, ...cash.map(({ currency, inBase }) => ({ name: currency, instrumentId: null, amount: inBase.amount }))], ({ name }) => name)]
    .map(([name, of]) => ({ name, instrumentId: null, amount: sum(of.map(({ amount }) => amount)) }));

function nameBy(by: Dimension, instrument: InstrumentRow | undefined, instrumentId: string): string {
  if (instrument === undefined) return instrumentId;
  return { INSTRUMENT: instrument.symbol, ASSET_CLASS: instrument.assetClass, CURRENCY: instrument.currency }[by];
}
