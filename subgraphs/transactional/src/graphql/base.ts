/** What positions and cash are in the portfolio's base currency, as it is shown. */
import { money, toStored } from '@pms/money';
import type { SplitGain as Split } from '../domain/base-view.ts';
import { baseOf, cashInBase, cashRate, closeOf, costInBase, type FxQuote, rateOf, realizedInBase, unrealizedInBase, valueInBase, valueOf } from '../queries/base-view.ts';
import type { BaseTotalsResolvers, ForeignCashResolvers, PositionResolvers } from './types.generated.ts';

const shown = ({ rate, ...quote }: FxQuote): FxQuote => ({ ...quote, rate: toStored(rate) });

const split = ({ total, price, fx }: Split, currency: string) => ({ total: money(total, currency), price: money(price, currency), fx: money(fx, currency) });

/** Fields of a position. */
export const InBase: Pick<PositionResolvers, 'price' | 'marketValue' | 'unrealizedPnl' | 'fxRate' | 'costBasisBase' | 'marketValueBase' | 'unrealizedPnlBase' | 'realizedPnlBase'> = {
  async price(holding, _, ctx) {
    const close = await closeOf(ctx, holding);
    return close === null ? null : { amount: money(close.close, holding.position.currency), date: close.date };
  },
  marketValue: (holding, _, ctx) => valueOf(ctx, holding),
  async unrealizedPnl(holding, _, ctx) {
    const value = await valueOf(ctx, holding);
    return value === null ? null : money(value.amount.minus(holding.position.cost), value.currency);
  },
  fxRate: async (holding, _, ctx) => shown(await rateOf(ctx, holding)),
  costBasisBase: (holding, _, ctx) => costInBase(ctx, holding),
  marketValueBase: (holding, _, ctx) => valueInBase(ctx, holding),
  async unrealizedPnlBase(holding, _, ctx) {
    const gain = await unrealizedInBase(ctx, holding);
    return gain === null ? null : split(gain, (await baseOf(ctx, holding.portfolioId)).baseCurrency);
  },
  realizedPnlBase: async (holding, _, ctx) => split(await realizedInBase(ctx, holding), (await baseOf(ctx, holding.portfolioId)).baseCurrency),
};

export const ForeignCash: ForeignCashResolvers = {
  balance: ({ balance, currency }) => money(balance, currency),
  fxRate: async (cash, _, ctx) => shown(await cashRate(ctx, cash)),
  balanceBase: (cash, _, ctx) => cashInBase(ctx, cash),
  costBase: ({ cost, baseCurrency }) => money(cost, baseCurrency),
  realizedFxGain: ({ realized, baseCurrency }) => money(realized, baseCurrency),
  unrealizedFxGain: async (cash, _, ctx) => money((await cashInBase(ctx, cash)).amount.minus(cash.cost), cash.baseCurrency),
};

export const BaseTotals: BaseTotalsResolvers = {
  date: ({ day }) => day,
  netAssets: ({ securities, cash, currency }) => money(securities.amount.plus(cash.amount), currency),
  marketValue: ({ securities }) => securities,
  unrealizedPnl: ({ unrealized, currency }) => split(unrealized, currency),
  realizedPnl: ({ realized, currency }) => split(realized, currency),
  cashFxGain: ({ cashFx, currency }) => money(cashFx, currency),
  unpriced: ({ unpriced }) => unpriced.map((id) => ({ id })),
};
