/**
 * Where a portfolio's history is written before it is captured: keeps count of cash and holdings, so that nothing is planned that
 * the books would refuse. Whole shares; amounts in US dollars; commission half a cent a share, at least a dollar.
 */
import { Decimal } from '@pms/money';
import type { Close } from './history.ts';

export interface PlannedTrade {
  readonly externalId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly tradeDate: string;
  readonly commission: string;
}

export interface PlannedDeposit {
  readonly idempotencyKey: string;
  readonly amount: string;
  readonly effectiveDate: string;
}

export interface Desk {
  readonly deposits: PlannedDeposit[];
  readonly trades: PlannedTrade[];
  deposit(date: string, amount: number): void;
  /** Spends at most so much, commission included; nothing where that is less than a share. */
  buy(symbol: string, at: Close, budget: Decimal): void;
  /** A part of what is held, from 0 to 1. */
  sell(symbol: string, at: Close, part: number): void;
  cash(): Decimal;
  held(symbol: string): { readonly quantity: Decimal; readonly cost: Decimal };
}

const COMMISSION_PER_SHARE = new Decimal('0.005');
const COMMISSION_MIN = new Decimal(1);
const NOTHING = { quantity: new Decimal(0), cost: new Decimal(0) };

export const commission = (quantity: Decimal): Decimal => Decimal.max(COMMISSION_MIN, quantity.times(COMMISSION_PER_SHARE)).toDecimalPlaces(2);

/** The most whole shares that a budget buys, commission included. */
export function sharesFor(budget: Decimal, price: string): Decimal {
  const quantity = Decimal.max(0, budget.minus(COMMISSION_MIN)).div(new Decimal(price).plus(COMMISSION_PER_SHARE)).floor();
  return quantity;
}

export function desk(key: string): Desk {
  const holdings = new Map<string, typeof NOTHING>();
  const deposits: PlannedDeposit[] = [];
  const trades: PlannedTrade[] = [];
  let cash = new Decimal(0);

  const trade = (symbol: string, side: 'BUY' | 'SELL', quantity: Decimal, at: Close): Decimal => {
    const fee = commission(quantity);
    trades.push({
      externalId: `demo-${key}-${String(trades.length + 1).padStart(4, '0')}`, symbol, side, quantity: quantity.toFixed(), price: at.close, tradeDate: at.date,
      commission: fee.toFixed(),
    });
    const gross = quantity.times(at.close);
    const amount = side === 'BUY' ? gross.plus(fee) : gross.minus(fee);
    cash = side === 'BUY' ? cash.minus(amount) : cash.plus(amount);
    return amount;
  };
  const held = (symbol: string): typeof NOTHING => holdings.get(symbol) ?? NOTHING;

  return {
    deposits, trades, held,
    cash: () => cash,
    deposit(date, amount) {
      deposits.push({ idempotencyKey: `demo-${key}-deposit-${String(deposits.length + 1)}`, amount: String(amount), effectiveDate: date });
      cash = cash.plus(amount);
    },
    buy(symbol, at, budget) {
      const quantity = sharesFor(Decimal.min(budget, cash), at.close);
      if (quantity.isZero()) return;
      const cost = trade(symbol, 'BUY', quantity, at);
      const before = held(symbol);
      holdings.set(symbol, { quantity: before.quantity.plus(quantity), cost: before.cost.plus(cost) });
    },
    sell(symbol, at, part) {
      const before = held(symbol);
      const quantity = before.quantity.times(part).ceil();
      if (quantity.isZero()) return;
      trade(symbol, 'SELL', quantity, at);
      const left = before.quantity.minus(quantity);
      holdings.set(symbol, { quantity: left, cost: before.cost.times(left).div(before.quantity) });
    },
  };
}
