import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal, decimal } from '@pms/money';
import { UnbalancedEntry, balances, cashOf, deposited, dividendPaid, entry, reversalOf, tradeBooked, tradeSettled, trialBalance, withdrawn } from './journal.ts';
import type { Entry } from './journal.ts';
import { cashItemBooked } from './cash-items.ts';
import { currencyExchanged, currencySettled } from './currency-exchange.ts';
import { applyFill, fillOf } from './lots.ts';
import type { Lot } from './lots.ts';
import { positionOf } from './position.ts';

const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' });
const lines = (posted: Entry) => posted.lines.map(({ account, amount }) => `${account} ${amount.toFixed()}`);

test('a deposit debits cash and credits the capital contributed', () => {
  expect(lines(deposited({ reference: 'd1', effectiveOn: '2026-01-05', money: usd('100000') }))).toEqual(['CASH_SETTLED 100000', 'CAPITAL_CONTRIBUTED -100000']);
});

test('a purchase is payable until it settles', () => {
  const fill = fillOf({ tradeId: 't1', tradedOn: '2026-01-05', sequence: 0, side: 'BUY', quantity: decimal('100'), price: decimal('187.25'), fees: decimal('1.5'), currency: 'USD' });
  const booked = tradeBooked({ fill, applied: applyFill([], fill, 'FIFO'), instrumentId: 'ins_1' });
  expect(lines(booked)).toEqual(['SECURITIES_AT_COST 18726.5', 'CASH_PAYABLE -18726.5']);
  expect(lines(tradeSettled({ fill, settledOn: '2026-01-06' }))).toEqual(['CASH_PAYABLE 18726.5', 'CASH_SETTLED -18726.5']);
});

test('a sale takes its lots out at cost and realises the rest', () => {
  const lot: Lot = { id: 'l', openedOn: '2026-01-05', sequence: 0, quantity: decimal('10'), cost: decimal('1000'), currency: 'USD' };
  const fill = fillOf({ tradeId: 't1', tradedOn: '2026-01-06', sequence: 0, side: 'SELL', quantity: decimal('4'), price: decimal('110'), fees: decimal('1'), currency: 'USD' });
  expect(lines(tradeBooked({ fill, applied: applyFill([lot], fill, 'FIFO'), instrumentId: 'ins_1' }))).toEqual(['SECURITIES_AT_COST -400', 'REALIZED_GAINS -39', 'CASH_RECEIVABLE 439']);
});

test('a dividend is booked gross, with the tax withheld', () => {
  expect(lines(dividendPaid({ reference: 'a1', effectiveOn: '2026-01-05', money: usd('100'), tax: decimal('15'), instrumentId: 'ins_1' }))).toEqual(['CASH_SETTLED 85', 'TAXES 15', 'DIVIDENDS -100']);
});

test('interest is income, and a charge that belongs to no trade an expense', () => {
  const terms = { reference: 'm1', effectiveOn: '2026-01-31', money: usd('2.5') };
  expect([...lines(cashItemBooked('INTEREST_RECEIVED', terms)), ...lines(cashItemBooked('FEE', terms))]).toEqual(['CASH_SETTLED 2.5', 'INTEREST -2.5', 'CASH_SETTLED -2.5', 'FEES 2.5']);
  expect([...lines(cashItemBooked('TAX', terms)), ...lines(cashItemBooked('TAX_REFUND', terms))]).toEqual(['CASH_SETTLED -2.5', 'TAXES 2.5', 'CASH_SETTLED 2.5', 'TAXES -2.5']);
});

test('a currency exchange balances in each of its currencies', () => {
  const sides = { id: 'x', sold: usd('110'), bought: { amount: decimal('100'), currency: 'EUR' } };
  const posted = currencyExchanged(sides, '2026-01-05');
  expect([...balances(currencySettled(sides, '2026-01-07').lines).values()].every((total) => total.isZero())).toBe(true);
  expect([...balances(posted.lines)].map(([currency, total]) => [currency, total.toFixed()])).toEqual([['EUR', '0'], ['USD', '0']]);
});

test('an entry that does not balance in each currency, or books a part of a cent, cannot be made', () => {
  const terms = { kind: 'DEPOSIT', effectiveOn: '2026-01-05', reference: 'd1' } as const;
  expect(() => entry({ ...terms, lines: [{ account: 'CASH_SETTLED', ...usd('1') }, { account: 'CAPITAL_CONTRIBUTED', currency: 'EUR', amount: decimal('-1') }] })).toThrow(UnbalancedEntry);
  expect(() => deposited({ reference: 'd1', effectiveOn: '2026-01-05', money: usd('1.005') })).toThrow(/part of a minor unit/);
});

test('cash counts what trades owe before it is settled', () => {
  const fill = fillOf({ tradeId: 't1', tradedOn: '2026-01-05', sequence: 0, side: 'BUY', quantity: decimal('1'), price: decimal('10'), fees: decimal('0'), currency: 'USD' });
  const posted = [deposited({ reference: 'd', effectiveOn: '2026-01-05', money: usd('100') }), withdrawn({ reference: 'w', effectiveOn: '2026-01-05', money: usd('5') }), tradeBooked({ fill, applied: applyFill([], fill, 'FIFO'), instrumentId: 'i' })];
  const cash = cashOf(posted.flatMap((each) => each.lines), 'USD');
  expect([cash.settled.toFixed(), cash.balance.toFixed()]).toEqual(['95', '85']);
});

test('any trades, settled and reversed, keep the journal balanced, and securities at cost equal to the lots', () => {
  const amount = fc.integer({ min: 1, max: 10_000_000 }).map((n) => new Decimal(n).div(1000));
  const trade = fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: amount, price: amount, fees: amount, settles: fc.boolean() });
  fc.assert(fc.property(fc.array(trade, { maxLength: 20 }), fc.constantFrom('FIFO' as const, 'LIFO' as const, 'HIFO' as const, 'AVERAGE' as const), (trades, method) => {
    let lots: readonly Lot[] = [];
    const posted: Entry[] = [];
    trades.forEach(({ settles, ...terms }, sequence) => {
      const fill = fillOf({ ...terms, tradeId: `t${sequence}`, tradedOn: '2026-01-05', sequence, currency: 'USD' });
      const applied = applyFill(lots, fill, method);
      lots = applied.lots;
      posted.push(tradeBooked({ fill, applied, instrumentId: 'i' }));
      if (settles) posted.push(tradeSettled({ fill, settledOn: '2026-01-06' }));
    });
    const all = posted.flatMap((each) => each.lines);
    const total = trialBalance(all).reduce((sum, { balance }) => sum.plus(balance), new Decimal(0));
    const securities = trialBalance(all).find(({ account }) => account === 'SECURITIES_AT_COST')?.balance ?? new Decimal(0);
    expect(total.toFixed()).toBe('0');
    expect(securities.toFixed()).toBe(positionOf(lots, []).costBasis.toFixed());
    const undone = [...all, ...posted.flatMap((each, at) => reversalOf(`e${at}`, each).lines)];
    for (const { balance } of trialBalance(undone)) expect(balance.isZero()).toBe(true);
  }));
});
