/** Lots: reductions by method (as beancount states them), buys and disposals by account, round trips of fills, average cost. */
import { Refusal } from '@pms/errors';
import { Decimal } from '@pms/money';
import { applyFill, pool, takeLots, transferLots, unitCost } from '../../../subgraphs/transactional/src/domain/lots.ts';
import type { Closing, Fill, Lot, LotMethod, LotPick } from '../../../subgraphs/transactional/src/domain/lots.ts';
import { positionOf, splitGain } from '../../../subgraphs/transactional/src/domain/position.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase, Surroundings } from '../oracle-case.ts';

const dec = (value: number): Decimal => new Decimal(String(value));
const sumOf = (values: readonly Decimal[]): number => values.reduce((sum, each) => sum.plus(each), new Decimal(0)).toNumber();

const METHODS: Readonly<Record<string, LotMethod>> = {
  fifo_lots: 'FIFO', lifo_lots: 'LIFO', hifo_lots: 'HIFO', avg_cost: 'AVERAGE', FIFO: 'FIFO', LIFO: 'LIFO', HIFO: 'HIFO', AVERAGE: 'AVERAGE', STRICT: 'SPECIFIC',
};

function methodOf(name: string): LotMethod {
  const method = METHODS[name];
  if (!method) throw new NotCovered(`method ${name}`);
  return method;
}

interface StatedLot {
  readonly quantity: number;
  readonly symbol?: string;
  readonly unit_cost?: number;
  readonly currency?: string;
  readonly date?: string;
  readonly label?: string;
  readonly account?: string;
}

/** What our refusals are called by the source of the cases. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/no open lot matches/, 'No position matches'], [/several lots match/, 'Ambiguous matches'],
  [/not enough open lots/, 'Not enough lots to reduce'], [/several currencies/, 'Failed to categorize posting'],
];

function orRefusal(work: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: REFUSALS.find(([message]) => message.test(error.message))?.[1] ?? error.message };
  }
}

/** Lots are told apart by their label, or by their place in the list. */
const lotOf = (stated: StatedLot, sequence: number): Lot => ({
  id: stated.label ?? `#${sequence}`, openedOn: stated.date ?? '0001-01-01', sequence, currency: stated.currency ?? '',
  quantity: dec(stated.quantity), cost: dec(stated.unit_cost ?? 0).times(dec(stated.quantity)),
});

const shown = ({ id, openedOn, currency, ...lot }: Lot, symbol: string | undefined, quantity = lot.quantity): Record<string, unknown> => ({
  quantity: quantity.toNumber(), symbol, currency, date: openedOn, unit_cost: unitCost({ id, openedOn, currency, ...lot }).toNumber(),
  ...(!id.startsWith('#') && { label: id }),
});

interface Reductions {
  readonly method: string;
  readonly open_lots: readonly StatedLot[];
  readonly reduce: readonly StatedLot[];
  readonly on: string;
}

interface Step {
  readonly matched: readonly Record<string, unknown>[];
  readonly left: readonly Lot[];
}

/** More than is open, at a price: it closes what there is and opens the rest. */
function throughZero(lots: readonly Lot[], step: StatedLot, method: LotMethod, on: string): Step {
  const { quantity: stated, unit_cost: price = 0, symbol, currency = '' } = step;
  const quantity = dec(stated);
  const { lots: left, closings, opened } = applyFill(lots, { tradeId: '#fill', tradedOn: on, sequence: 0, quantity, amount: quantity.times(price), currency }, method);
  const closed = closings.map((each) => ({ quantity: -each.quantity.toNumber(), symbol, unit_cost: each.cost.div(each.quantity).toNumber(), date: each.openedOn, currency }));
  return { left, matched: [...closed, ...(opened ? [shown(opened, symbol)] : [])] };
}

function reduceBy(lots: readonly Lot[], step: StatedLot, method: LotMethod): Step {
  const { label, date, unit_cost: price, symbol } = step;
  const pick: LotPick = { ...(label && { lotId: label }), ...(date && { openedOn: date }), ...(price !== undefined && { unitCost: dec(price) }) };
  const isNarrowed = Object.keys(pick).length > 0 || method === 'SPECIFIC';
  const { taken, left } = takeLots(lots, dec(step.quantity).abs(), method, isNarrowed ? [pick] : []);
  return { left, matched: taken.map((part) => shown(part.lot, symbol, part.quantity.negated())) };
}

function reductions({ method: name, open_lots: stated, reduce, on }: Reductions): Readonly<Record<string, unknown>> {
  const method = methodOf(name);
  const held = new Map<string | undefined, readonly Lot[]>();
  stated.forEach((each, at) => held.set(each.symbol, [...(held.get(each.symbol) ?? []), lotOf(each, at)]));
  const matched: Record<string, unknown>[] = [];
  for (const step of reduce) {
    const all = held.get(step.symbol) ?? [];
    const lots = all.filter(({ currency }) => step.currency === undefined || currency === step.currency);
    const isMoreThanOpen = Math.abs(step.quantity) > sumOf(lots.map((lot) => lot.quantity.abs()));
    const isTrade = isMoreThanOpen && step.unit_cost !== undefined && method !== 'SPECIFIC';
    const done = isTrade ? throughZero(lots, step, method, on) : reduceBy(lots, step, method);
    matched.push(...done.matched);
    held.set(step.symbol, [...all.filter((lot) => !lots.includes(lot)), ...done.left]);
  }
  return { matched, remaining_lots: [...held].flatMap(([symbol, lots]) => lots.map((lot) => shown(lot, symbol))) };
}

interface Disposal {
  readonly date: string;
  readonly account?: string;
  readonly quantity: number;
  readonly price?: number;
  readonly type?: 'transfer';
  readonly from?: string;
  readonly to?: string;
}

interface Disposals {
  readonly buys: readonly (StatedLot & { readonly date: string })[];
  readonly disposals: readonly Disposal[];
  readonly scope?: string;
}

/** Lots by account, moved and sold from; one account for all where the case has one pool. */
function accountsOf({ buys, scope }: Disposals, method: LotMethod): { held: Map<string, readonly Lot[]>; transfer: (step: Disposal) => void; sell: (step: Disposal) => readonly Closing[] } {
  const isOnePool = scope?.includes('one pool') ?? false;
  const only = buys[0]?.account ?? '';
  const place = (account = only): string => (isOnePool ? 'pool' : account);
  const held = new Map<string, readonly Lot[]>();
  const lotsAt = (account: string): readonly Lot[] => held.get(account) ?? [];
  buys.forEach((buy, at) => held.set(place(buy.account), [...lotsAt(place(buy.account)), lotOf(buy, at)]));
  return {
    held,
    transfer: (step) => {
      const [from, to] = [place(step.from), place(step.to)];
      if (from === to) return;
      const moved = transferLots(lotsAt(from), lotsAt(to), dec(step.quantity), { from: method === 'AVERAGE' ? 'FIFO' : method, into: method });
      held.set(from, moved.from).set(to, moved.into);
    },
    sell: (step) => {
      const quantity = dec(step.quantity).negated();
      const fill: Fill = { tradeId: 'sale', tradedOn: step.date, sequence: 0, quantity, amount: quantity.times(step.price ?? 0), currency: '' };
      const applied = applyFill(lotsAt(place(step.account)), fill, method);
      held.set(place(step.account), applied.lots);
      return applied.closings;
    },
  };
}

function disposals(input: Disposals, method: LotMethod): Readonly<Record<string, unknown>> {
  const { held, transfer, sell } = accountsOf(input, method);
  const sales: (readonly Closing[])[] = [];
  for (const step of input.disposals) {
    if (step.type === 'transfer') transfer(step);
    else sales.push(sell(step));
  }
  const gains = sales.map((closings) => sumOf(closings.map(({ realizedGain }) => realizedGain)));
  const last = sales.at(-1) ?? [];
  return {
    realized_gain: gains.reduce((sum, each) => sum + each, 0),
    average_cost: last.length === 0 ? null : sumOf(last.map(({ cost }) => cost)) / sumOf(last.map(({ quantity }) => quantity)),
    remaining_lots: [...held].flatMap(([account, lots]) => lots.map((lot) => ({ account, date: lot.openedOn, quantity: lot.quantity.toNumber(), unit_cost: unitCost(lot).toNumber() }))),
    ...Object.fromEntries(gains.map((gain, at) => [`realized_gain_${at + 1}`, gain])),
  };
}

/** Buys and sells one after another; each step's gain is null where nothing was closed. */
function stepByStep(events: readonly { readonly type: 'buy' | 'sell'; readonly quantity: number; readonly price: number }[], method: LotMethod): Readonly<Record<string, unknown>> {
  let lots: readonly Lot[] = [];
  const after = events.map(({ type, quantity: stated, price }, at) => {
    const quantity = type === 'buy' ? dec(stated) : dec(stated).negated();
    const applied = applyFill(lots, { tradeId: `${at}`, tradedOn: '0001-01-01', sequence: at, quantity, amount: quantity.times(price), currency: '' }, method);
    ({ lots } = applied);
    const { quantity: held, costBasis } = positionOf(lots, []);
    return {
      at, quantity: held.toNumber(), total_cost: costBasis.toNumber(),
      realized_pnl: applied.closings.length === 0 ? null : sumOf(applied.closings.map(({ realizedGain }) => realizedGain)),
    };
  });
  return { after_each: after };
}

interface Transaction {
  readonly type: string;
  readonly date: string;
  readonly quantity: number;
  readonly total_amount?: number;
  readonly amount_eur?: number;
  readonly amount_usd?: number;
  readonly rate_eur_per_usd?: number;
}

const isIn = ({ type }: Transaction): boolean => type === 'buy' || type === 'delivery_in';

function book(transactions: readonly Transaction[], method: LotMethod, amountOf: (each: Transaction) => number): { lots: readonly Lot[]; closings: Closing[] } {
  let lots: readonly Lot[] = [];
  const closings: Closing[] = [];
  transactions.forEach((each, sequence) => {
    const sign = isIn(each) ? 1 : -1;
    const fill: Fill = { tradeId: `${sequence}`, tradedOn: each.date, sequence, quantity: dec(each.quantity * sign), amount: dec(amountOf(each)).times(sign), currency: '' };
    const applied = applyFill(lots, fill, method);
    ({ lots } = applied);
    closings.push(...applied.closings);
  });
  return { lots, closings };
}

/** Total amounts, fees included; `valuation` says what what is left is worth. */
function amounts({ transactions, valuation }: { readonly transactions: readonly Transaction[]; readonly valuation?: { readonly price: number } }): Readonly<Record<string, unknown>> {
  const figures = (name: string, method: LotMethod): Record<string, number> => {
    const { lots, closings } = book(transactions, method, (each) => each.total_amount ?? 0);
    const { quantity, costBasis, realizedPnl } = positionOf(lots, closings);
    return {
      [`${name}_cost`]: costBasis.toNumber(), [`${name}_realized`]: realizedPnl.toNumber(),
      [`${name}_unrealized`]: quantity.times(valuation?.price ?? 0).minus(costBasis).toNumber(),
    };
  };
  return { ...figures('fifo', 'FIFO'), ...figures('avg', 'AVERAGE') };
}

interface TwoCurrencies {
  readonly reporting_currency: 'EUR' | 'USD';
  readonly transactions: readonly Transaction[];
  readonly valuation: { readonly price_usd: number; readonly usd_per_eur: number };
}

/** Gains in the reporting currency at each trade's own rate, and the part of them that the currency made. */
function twoCurrencies({ reporting_currency: reporting, transactions, valuation }: TwoCurrencies): Readonly<Record<string, unknown>> {
  const inEuro = reporting === 'EUR';
  const figures = (name: string, method: LotMethod): Record<string, number> => {
    const own = book(transactions, method, (each) => (inEuro ? each.amount_eur : each.amount_usd) ?? 0);
    const local = book(transactions, method, (each) => each.amount_usd ?? 0);
    const [base, security] = [positionOf(own.lots, own.closings), positionOf(local.lots, local.closings)];
    const saleRate = inEuro ? dec(transactions.findLast((each) => !isIn(each))?.rate_eur_per_usd ?? 1) : new Decimal(1);
    const rate = inEuro ? new Decimal(1).div(valuation.usd_per_eur) : new Decimal(1);
    const localUnrealised = security.quantity.times(valuation.price_usd).minus(security.costBasis);
    const unrealised = security.quantity.times(valuation.price_usd).times(rate).minus(base.costBasis);
    const realisedFx = splitGain(security.realizedPnl, base.realizedPnl, saleRate).fx.toNumber();
    const unrealisedFx = splitGain(localUnrealised, unrealised, rate).fx.toNumber();
    const suffix = reporting.toLowerCase();
    return {
      [`${name}_realized_${suffix}`]: base.realizedPnl.toNumber(), [`${name}_realized_of_which_fx_${suffix}`]: realisedFx, [`fx_part_${suffix}`]: realisedFx,
      [`${name}_unrealized_${suffix}`]: unrealised.toNumber(), [`${name}_unrealized_of_which_fx_${suffix}`]: unrealisedFx, unrealized_fx_part_usd: unrealisedFx,
    };
  };
  return { ...figures('fifo', 'FIFO'), ...figures('avg', 'AVERAGE') };
}

interface Fills {
  readonly fills: readonly { readonly quantity: number; readonly price: number }[];
  readonly fees?: number;
  readonly fee_in_profit?: boolean;
}

function roundTrips({ fills, fees = 0, fee_in_profit: isFeeIn = true }: Fills): Readonly<Record<string, unknown>> {
  const trips = (method: LotMethod): { profit: number }[] => {
    let lots: readonly Lot[] = [];
    return fills.flatMap(({ quantity, price }, sequence) => {
      const amount = dec(quantity).times(dec(price)).plus(isFeeIn ? fees : 0);
      const applied = applyFill(lots, { tradeId: `${sequence}`, tradedOn: '0001-01-01', sequence, quantity: dec(quantity), amount, currency: '' }, method);
      ({ lots } = applied);
      return applied.closings.map((each) => ({
        direction: each.quantity.isNegative() ? 'Short' : 'Long', quantity: each.quantity.abs().toNumber(),
        entry: each.cost.div(each.quantity).toNumber(), exit: price, profit: each.realizedGain.toNumber(),
      }));
    });
  };
  const fifo = trips('FIFO');
  return { fifo_round_trips: fifo, lifo_round_trips: trips('LIFO'), net_profit: fifo.reduce((sum, { profit }) => sum + profit, 0) };
}

interface Activities {
  readonly activities: readonly { readonly date: string; readonly type: 'BUY' | 'SELL'; readonly quantity: number; readonly unit_price: number }[];
}

function averagePosition({ activities }: Activities): Readonly<Record<string, unknown>> {
  let lots: readonly Lot[] = [];
  activities.forEach(({ date, type, quantity: stated, unit_price: price }, sequence) => {
    const quantity = type === 'BUY' ? dec(stated) : dec(stated).negated();
    ({ lots } = applyFill(lots, { tradeId: `${sequence}`, tradedOn: date, sequence, quantity, amount: quantity.times(price), currency: '' }, 'AVERAGE'));
  });
  const { quantity, averageCost } = positionOf(lots, []);
  return { quantity: quantity.toNumber(), average_price: averageCost.toNumber(), lots: lots.length > 0 ? [shown(pool(lots), undefined)] : [] };
}

/** Which way the case states its facts. */
function byShape(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const input = given.input;
  if ('open_lots' in input) return orRefusal(() => reductions(input as unknown as Reductions));
  if ('buys' in input) return disposals(input as unknown as Disposals, methodOf(given.kind));
  if ('events' in input) return stepByStep(input['events'] as Parameters<typeof stepByStep>[0], methodOf(given.kind));
  if ('fills' in input) return roundTrips(input as unknown as Fills);
  if ('activities' in input) return averagePosition(input as unknown as Activities);
  if ('see_case' in input) return twoCurrencies({ ...around.caseOf(String(input['see_case'])).input, ...input } as unknown as TwoCurrencies);
  if ('security_currency' in input) return twoCurrencies(input as unknown as TwoCurrencies);
  if ('transactions' in input) return amounts(input as unknown as Parameters<typeof amounts>[0]);
  throw new NotCovered(`an input of ${Object.keys(input).join(', ')}`);
}

export const lotKinds: Readonly<Record<string, Evaluate>> = {
  specific_lots: byShape, fifo_lots: byShape, lifo_lots: byShape, hifo_lots: byShape, avg_cost: byShape, realized_pnl: byShape, short_position: byShape,
};
