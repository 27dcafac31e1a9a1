/**
 * Where a portfolio's change of worth in a period came from, in one currency. Decimal. The period runs from the close of `from`
 * to the close of `to`; what was held at its start counts as bought there at that close, so the realised gains of a period do not
 * depend on what happened before it. The parts add up:
 *   final = initial + transfers + capital gains + realised gains + earnings − fees − taxes.
 * Gains are before fees and taxes; dividends and interest are gross of the tax withheld. Sales take the oldest units first.
 * Positions are long; a sale of more than is held is refused.
 */
import { invalid } from '@pms/errors';
import { Decimal, ZERO, sum } from '@pms/money';
import type { Day } from './day-count.ts';
import type { ValueOn } from './performance-of-position.ts';

interface Charges {
  readonly fee?: Decimal;
  readonly tax?: Decimal;
}

/** Amounts are unsigned. `gross` is before fee and tax: of a purchase what the units cost, of a sale what they fetched. */
export type Fact =
  | { readonly date: Day; readonly kind: 'DEPOSIT' | 'WITHDRAWAL'; readonly amount: Decimal }
  | ({ readonly date: Day; readonly kind: 'EARNED'; readonly gross: Decimal } & Charges)
  | ({ readonly date: Day; readonly kind: 'CHARGED' } & Charges)
  /** Units bought for cash, sold for cash, or moved in or out together with their worth. */
  | ({ readonly date: Day; readonly kind: 'BOUGHT' | 'SOLD' | 'DELIVERED_IN' | 'DELIVERED_OUT'; readonly instrumentId: string; readonly quantity: Decimal; readonly gross: Decimal } & Charges);

export interface PeriodResult {
  readonly initial: Decimal;
  /** Deposits and deliveries in, less withdrawals and deliveries out. */
  readonly transfers: Decimal;
  /** Of what is still held. */
  readonly capitalGains: Decimal;
  readonly realizedGains: Decimal;
  readonly earnings: Decimal;
  readonly fees: Decimal;
  readonly taxes: Decimal;
  readonly final: Decimal;
}

interface Unit {
  readonly quantity: Decimal;
  readonly cost: Decimal;
}

interface State {
  cash: Decimal;
  transfers: Decimal;
  realized: Decimal;
  earnings: Decimal;
  fees: Decimal;
  taxes: Decimal;
  readonly held: Map<string, readonly Unit[]>;
}

const fresh = (cash: Decimal, held: ReadonlyMap<string, readonly Unit[]>): State =>
  ({ cash, held: new Map(held), transfers: ZERO, realized: ZERO, earnings: ZERO, fees: ZERO, taxes: ZERO });

function takeOldest(units: readonly Unit[], quantity: Decimal): { readonly cost: Decimal; readonly left: readonly Unit[] } {
  let wanted = quantity;
  let cost = ZERO;
  const left: Unit[] = [];
  for (const unit of units) {
    const part = Decimal.min(wanted, unit.quantity);
    const partCost = part.equals(unit.quantity) ? unit.cost : unit.cost.times(part).div(unit.quantity);
    wanted = wanted.minus(part);
    cost = cost.plus(partCost);
    if (!part.equals(unit.quantity)) left.push({ quantity: unit.quantity.minus(part), cost: unit.cost.minus(partCost) });
  }
  if (!wanted.isZero()) throw invalid('more was sold than was held', 'quantity');
  return { cost, left };
}

function trade(state: State, fact: Extract<Fact, { instrumentId: string }>, charges: Decimal): void {
  const units = state.held.get(fact.instrumentId) ?? [];
  const comesIn = fact.kind === 'BOUGHT' || fact.kind === 'DELIVERED_IN';
  const moved = comesIn ? fact.gross.plus(charges) : fact.gross.minus(charges);
  if (fact.kind === 'BOUGHT') state.cash = state.cash.minus(moved);
  if (fact.kind === 'SOLD') state.cash = state.cash.plus(moved);
  if (fact.kind === 'DELIVERED_IN') state.transfers = state.transfers.plus(moved);
  if (fact.kind === 'DELIVERED_OUT') state.transfers = state.transfers.minus(moved);
  if (comesIn) state.held.set(fact.instrumentId, [...units, { quantity: fact.quantity, cost: fact.gross }]);
  else {
    const { cost, left } = takeOldest(units, fact.quantity);
    state.realized = state.realized.plus(fact.gross).minus(cost);
    state.held.set(fact.instrumentId, left);
  }
}

function apply(state: State, fact: Fact): void {
  if ('amount' in fact) {
    const signed = fact.kind === 'DEPOSIT' ? fact.amount : fact.amount.negated();
    state.cash = state.cash.plus(signed);
    state.transfers = state.transfers.plus(signed);
    return;
  }
  const [fee, tax] = [fact.fee ?? ZERO, fact.tax ?? ZERO];
  state.fees = state.fees.plus(fee);
  state.taxes = state.taxes.plus(tax);
  if ('instrumentId' in fact) return trade(state, fact, fee.plus(tax));
  const earned = fact.kind === 'EARNED' ? fact.gross : ZERO;
  state.earnings = state.earnings.plus(earned);
  state.cash = state.cash.plus(earned).minus(fee).minus(tax);
}

const quantityOf = (units: readonly Unit[]): Decimal => sum(units.map(({ quantity }) => quantity));

/** Facts in any order; `priceOn` gives an instrument's last price on or before a day, and is asked only for what is held. */
export function resultOfPeriod(facts: readonly Fact[], from: Day, to: Day, priceOn: (instrumentId: string) => ValueOn): PeriodResult {
  const ordered = facts.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const before = fresh(ZERO, new Map());
  for (const fact of ordered) if (fact.date <= from) apply(before, fact);
  const opening = [...before.held].map(([id, units]): [string, Unit[]] => {
    const quantity = quantityOf(units);
    return [id, quantity.isZero() ? [] : [{ quantity, cost: quantity.times(priceOn(id)(from)) }]];
  });
  const state = fresh(before.cash, new Map(opening));
  for (const fact of ordered) if (fact.date > from && fact.date <= to) apply(state, fact);
  const closing = [...state.held].filter(([, units]) => units.length > 0).map(([id, units]) => ({ cost: sum(units.map(({ cost }) => cost)), worth: quantityOf(units).times(priceOn(id)(to)) }));
  const worth = sum(closing.map((each) => each.worth));
  return {
    initial: before.cash.plus(sum(opening.flatMap(([, units]) => units.map(({ cost }) => cost)))), transfers: state.transfers, realizedGains: state.realized,
    capitalGains: worth.minus(sum(closing.map(({ cost }) => cost))), earnings: state.earnings, fees: state.fees, taxes: state.taxes, final: state.cash.plus(worth),
  };
}

/** What was earned in all: the change of worth that is not a transfer. */
export const gainOf = ({ capitalGains, realizedGains, earnings, fees, taxes }: PeriodResult): Decimal =>
  capitalGains.plus(realizedGains).plus(earnings).minus(fees).minus(taxes);
