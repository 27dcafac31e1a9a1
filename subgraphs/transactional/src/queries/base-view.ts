/**
 * Positions and cash in the portfolio's base currency, now or at a moment: cost at each trade's own rate, value at the last close and the last rate
 * published on or before the day, with the days of both. Throws MISSING_RATE where a rate is needed and none is known; never takes it for 1 or 0.
 */
import { type Decimal, money, type Money, sum, toStored, totalOf, ZERO } from '@pms/money';
import { convert, type Rate } from '@pms/money/fx';
import type { ShownHolding, TransactionalContext } from '../context.ts';
import { addGains, type BaseView, baseView, costOfLots, noGain, splitOf, type SplitGain } from '../domain/base-view.ts';
import { balanceOf } from '../domain/cash.ts';
import type { Day } from '../domain/days.ts';
import { foreignCash, type ForeignCash } from '../domain/foreign-cash.ts';
import { keyOf } from '../domain/movement.ts';
import type { BaseOf } from '../store/base-view-reads.ts';
import type { Moment } from '../store/history-reads.ts';
import type { Close } from '../store/prices.ts';
import { dayOf } from './day.ts';
import { lotsOf } from './open-lots.ts';
import type { Replay } from './positions.ts';

/** A rate, and the pair that it is of. */
export interface FxQuote extends Rate {
  readonly base: string;
  readonly quote: string;
}

type Ctx = Pick<TransactionalContext, 'loaders' | 'now'>;

const isNow = ({ asOf, knownAt }: Moment): boolean => asOf === null && knownAt === null;

export async function baseOf({ loaders }: Ctx, portfolioId: string): Promise<BaseOf> {
  const known = await loaders.bases.load(portfolioId);
  if (known === null) throw new Error(`portfolio ${portfolioId} has a position and is not known`);
  return known;
}

/** From the position's currency into the base currency. */
export async function rateOf(ctx: Ctx, { position, portfolioId, moment }: ShownHolding): Promise<FxQuote> {
  const { baseCurrency } = await baseOf(ctx, portfolioId);
  return quoteOf(ctx, moment, position.currency, baseCurrency);
}

async function quoteOf(ctx: Ctx, moment: Moment, base: string, quote: string): Promise<FxQuote> {
  return { base, quote, ...(await ctx.loaders.rates(moment).load({ base, quote, on: dayOf(ctx, moment) })) };
}

/** A lot that was opened by a trade carries its id, with something behind it where a corporate action made it another. */
const tradeOf = (lotId: string): string => lotId.split('/')[0] ?? lotId;

export async function costInBase(ctx: Ctx, holding: ShownHolding): Promise<Money> {
  const { position, portfolioId, moment } = holding;
  const { baseCurrency, lotMethod } = await baseOf(ctx, portfolioId);
  if (position.currency === baseCurrency) return money(position.cost, baseCurrency);
  if (!isNow(moment) || lotMethod === 'AVERAGE') return money((await viewOf(ctx, holding, baseCurrency)).cost, baseCurrency);
  const lots = await lotsOf(ctx, holding);
  const found = await Promise.all(lots.map(async ({ id, openedOn }) => [id, (await ctx.loaders.tradeRate.load({ tradeId: tradeOf(id), currency: baseCurrency }))
    ?? (await ctx.loaders.rates(moment).load({ base: position.currency, quote: baseCurrency, on: openedOn })).rate] as const));
  const rates = new Map(found);
  return money(costOfLots(lots, (id) => rates.get(id) as Decimal), baseCurrency);
}

export async function realizedInBase(ctx: Ctx, holding: ShownHolding): Promise<SplitGain> {
  const { baseCurrency } = await baseOf(ctx, holding.portfolioId);
  const { realized, currency } = holding.position;
  // what earned nothing in its own currency may have earned something in ours
  if (currency === baseCurrency) return { ...noGain, total: realized, price: realized };
  return (await viewOf(ctx, holding, baseCurrency)).realized;
}

/** Replayed: what was realised needs every closing, and a pool's base cost every trade that went into it. */
async function viewOf(ctx: Ctx, { position, portfolioId, moment }: ShownHolding, baseCurrency: string): Promise<BaseView> {
  const replay = (await ctx.loaders.replays(moment).load(portfolioId)).find(({ change }) => keyOf(change.after) === keyOf(position));
  if (replay === undefined) return { cost: ZERO, realized: noGain };
  const { fills, change: { closings, lots }, method } = replay;
  const asked = [...fills.map(({ tradeId, tradedOn }) => [tradeId, tradedOn] as const), ...lots.map(({ id, openedOn }) => [id, openedOn] as const),
    ...closings.flatMap(({ lotId, openedOn, closedBy, closedOn }) => [[lotId, openedOn], [closedBy, closedOn]] as const)];
  const own = ownRates(replay, baseCurrency);
  const days = [...new Set(asked.flatMap(([id, day]) => (own(id) === undefined ? [day] : [])))];
  const rates = new Map(await Promise.all(days.map(async (on) => [on, toStored((await ctx.loaders.rates(moment).load({ base: position.currency, quote: baseCurrency, on })).rate)] as const)));
  return baseView({ fills, closings, lots }, method, (id, day) => own(id) ?? (rates.get(day) as Decimal));
}

const ownRates = ({ rates }: Replay, baseCurrency: string) => (id: string): Decimal | undefined => {
  const own = rates.get(tradeOf(id));
  return own?.currency === baseCurrency ? own.rate : undefined;
};

/** The last close on or before the day; null where none is known. */
export const closeOf = ({ loaders }: Ctx, { position, moment }: ShownHolding): Promise<Close | null> => loaders.closes(moment).load(position.instrumentId);

/** In the position's currency; zero for a flat position, null where no close is known. */
export async function valueOf(ctx: Ctx, holding: ShownHolding): Promise<Money | null> {
  const { quantity, currency } = holding.position;
  if (quantity.isZero()) return money(ZERO, currency);
  const close = await closeOf(ctx, holding);
  return close === null ? null : money(toStored(quantity.times(close.close)), currency);
}

export async function valueInBase(ctx: Ctx, holding: ShownHolding): Promise<Money | null> {
  const value = await valueOf(ctx, holding);
  if (value === null || value.amount.isZero()) return value === null ? null : money(ZERO, (await baseOf(ctx, holding.portfolioId)).baseCurrency);
  return stored(convert(value, await rateOf(ctx, holding)));
}

const stored = ({ amount, currency }: Money): Money => money(toStored(amount), currency);

export async function unrealizedInBase(ctx: Ctx, holding: ShownHolding): Promise<SplitGain | null> {
  if (holding.position.quantity.isZero()) return noGain;
  const [value, inBase] = await Promise.all([valueOf(ctx, holding), valueInBase(ctx, holding)]);
  if (value === null || inBase === null) return null;
  const [cost, { rate }] = await Promise.all([costInBase(ctx, holding), rateOf(ctx, holding)]);
  return splitOf(value.amount.minus(holding.position.cost), inBase.amount.minus(cost.amount), rate);
}

/** Cash of a currency that is not the portfolio's, and what holding it has earned. */
export interface ForeignCashAt extends ForeignCash {
  readonly currency: string;
  readonly baseCurrency: string;
  readonly moment: Moment;
}

export async function foreignCashAt(ctx: Ctx, portfolioId: string, moment: Moment): Promise<ForeignCashAt[]> {
  const known = await ctx.loaders.bases.load(portfolioId);
  if (known === null) return [];
  const { baseCurrency } = known;
  const byCurrency = Map.groupBy(await ctx.loaders.cashMoves(moment).load(portfolioId), ({ currency }) => currency);
  return Promise.all([...byCurrency].map(async ([currency, moves]) => {
    const days = [...new Set(moves.filter(({ base }) => base === null).map(({ day }) => day))];
    const rates = new Map(await Promise.all(days.map(async (on) => [on, (await ctx.loaders.rates(moment).load({ base: currency, quote: baseCurrency, on })).rate] as const)));
    return { currency, baseCurrency, moment, ...foreignCash(moves, (day) => rates.get(day) as Decimal) };
  }));
}

export const cashRate = (ctx: Ctx, { currency, baseCurrency, moment }: ForeignCashAt): Promise<FxQuote> => quoteOf(ctx, moment, currency, baseCurrency);

export async function cashInBase(ctx: Ctx, cash: ForeignCashAt): Promise<Money> {
  if (cash.balance.isZero()) return money(ZERO, cash.baseCurrency);
  return stored(convert(money(cash.balance, cash.currency), await cashRate(ctx, cash)));
}

export interface BaseTotals {
  readonly currency: string;
  readonly day: Day;
  readonly costBasis: Money;
  readonly securities: Money;
  readonly cash: Money;
  readonly unrealized: SplitGain;
  readonly realized: SplitGain;
  readonly cashFx: Decimal;
  /** Instruments without a close: they are in no total but cost and realised gains. */
  readonly unpriced: readonly string[];
}

/** Null for a portfolio that is not known. What is added is in the base currency, or the addition throws. */
export async function baseTotals(ctx: Ctx, portfolioId: string, moment: Moment): Promise<BaseTotals | null> {
  const known = await ctx.loaders.bases.load(portfolioId);
  if (known === null) return null;
  const { baseCurrency: currency } = known;
  const [holdings, cash, foreign] = await Promise.all([ctx.loaders.holdings(moment).load(portfolioId), ctx.loaders.cash(moment).load(portfolioId), foreignCashAt(ctx, portfolioId, moment)]);
  const held = await Promise.all(holdings.map(async (holding) => {
    const shown: ShownHolding = { ...holding, portfolioId, moment };
    const [cost, value, unrealized, realized] = await Promise.all([costInBase(ctx, shown), valueInBase(ctx, shown), unrealizedInBase(ctx, shown), realizedInBase(ctx, shown)]);
    return { instrumentId: holding.position.instrumentId, cost, value, unrealized, realized };
  }));
  const own = cash.filter((of) => of.currency === currency).map((of) => money(balanceOf(of), currency));
  const converted = await Promise.all(foreign.map(async (of) => ({ value: await cashInBase(ctx, of), of })));
  return {
    currency, day: dayOf(ctx, moment), costBasis: totalOf(currency, held.map(({ cost }) => cost)), securities: totalOf(currency, held.flatMap(({ value }) => value ?? [])),
    cash: totalOf(currency, [...own, ...converted.map(({ value }) => value)]),
    unrealized: addGains(held.flatMap(({ unrealized }) => unrealized ?? [])), realized: addGains(held.map(({ realized }) => realized)),
    cashFx: sum(converted.map(({ value, of }) => of.realized.plus(value.amount).minus(of.cost))),
    unpriced: held.filter(({ value }) => value === null).map(({ instrumentId }) => instrumentId),
  };
}
