import { Decimal, decimal, ZERO } from '@pms/money';
import { expect, test } from 'vitest';
import { type Book, effectOf, negated, type Terms } from './book.ts';
import { assess } from './decision.ts';
import type { Market } from './market.ts';
import { inScope, type Rule } from './rule.ts';

const book = (cash: string, holdings: Record<string, string> = {}): Book =>
  ({ cash: new Map([['USD', decimal(cash)]]), holdings: new Map(Object.entries(holdings).map(([id, quantity]) => [id, decimal(quantity)])) });
const trade = (over: Partial<Terms> = {}): Terms =>
  ({ portfolioId: 'prt', instrumentId: 'acme', side: 'BUY', quantity: new Decimal(1), price: new Decimal(100), currency: 'USD', tradeDate: '2026-01-05', fees: ZERO, ...over });
const market = (closes: Record<string, string> = {}): Market => ({
  baseCurrency: 'USD', instruments: new Map([['acme', { symbol: 'ACME', assetClass: 'EQUITY', currency: 'USD', quoteUnit: null }]]), restricted: new Set(),
  closeAt: (id) => (closes[id] === undefined ? null : { close: decimal(closes[id]), day: '2026-01-02' }),
});
const rule = (over: Partial<Rule>): Rule =>
  ({ id: 'rul', name: 'Rule', demand: { kind: 'SUFFICIENT_CASH' }, severity: 'BLOCK', portfolioId: null, enabled: true, builtIn: false, updatedAt: null, updatedBy: null, ...over });
const outcome = (rules: readonly Rule[], of: Book, terms: Terms, closes: Record<string, string> = {}) =>
  assess(rules, of, [effectOf(terms)], { trade: terms, market: market(closes) }).outcome;

test('a purchase takes its gross amount and its fees, rounded as it will be booked', () => {
  expect(effectOf(trade({ quantity: decimal('3'), price: decimal('33.335'), fees: decimal('1') })).cash.toFixed()).toBe('-101');
  expect(effectOf(trade({ side: 'SELL', quantity: decimal('3'), price: decimal('33.335'), fees: decimal('1') })).cash.toFixed()).toBe('99');
});

test('cash may be used to the last cent', () => {
  expect(outcome([rule({})], book('100'), trade())).toBe('VALIDATED');
  expect(outcome([rule({})], book('99.99'), trade())).toBe('REJECTED');
});

test('a sale out of an overdrawn account makes nothing worse', () => {
  expect(outcome([rule({})], book('-500', { acme: '5' }), trade({ side: 'SELL' }))).toBe('VALIDATED');
});

test('a rule that fails weighs more than one that asks for approval, and that more than one that warns', () => {
  const limit = { amount: new Decimal(50), currency: 'USD' };
  const asks = rule({ demand: { kind: 'APPROVAL_ABOVE_NOTIONAL', limit }, severity: 'NEEDS_APPROVAL' });
  const warns = rule({ demand: { kind: 'MAX_TRADE_NOTIONAL', limit }, severity: 'WARN' });
  expect(outcome([warns], book('100'), trade())).toBe('VALIDATED');
  expect(outcome([warns, asks], book('100'), trade())).toBe('PENDING_APPROVAL');
  expect(outcome([warns, asks, rule({})], book('99'), trade())).toBe('REJECTED');
});

test('disabled rules are not asked', () => {
  expect(assess([rule({ enabled: false })], book('0'), [effectOf(trade())], { trade: trade(), market: market() })).toEqual({ outcome: 'VALIDATED', checks: [] });
});

test('an assessment leaves the book as it was', () => {
  const before = book('100', { acme: '1' });
  outcome([rule({})], before, trade());
  expect(before).toEqual(book('100', { acme: '1' }));
});

test('an amendment to the same terms changes nothing, whatever the cash', () => {
  const effect = effectOf(trade());
  expect(assess([rule({})], book('-1'), [negated(effect), effect], { trade: trade(), market: market() }).outcome).toBe('VALIDATED');
});

test('a weight at its limit is allowed, above it is not', () => {
  const weight = rule({ demand: { kind: 'MAX_POSITION_WEIGHT', maxWeight: decimal('0.5') } });
  const closes = { acme: '100' };
  expect(outcome([weight], book('1000'), trade({ quantity: decimal('5') }), closes)).toBe('VALIDATED');
  expect(outcome([weight], book('1000'), trade({ quantity: decimal('5.01') }), closes)).toBe('REJECTED');
  expect(outcome([weight], book('1000', { other: '1' }), trade(), closes)).toBe('PENDING_APPROVAL'); // no close of the other holding
});

test('own rules take the place of built-in ones of their kind where they apply', () => {
  const own = rule({ portfolioId: 'prt_1', enabled: false });
  const kinds = (portfolioId: string | null) => inScope([own], portfolioId).map(({ demand, builtIn }) => `${demand.kind}${builtIn ? '' : ' (own)'}`);
  expect(kinds('prt_1')).toEqual(['NO_SHORT_SELLING', 'RESTRICTED_LIST', 'SUFFICIENT_CASH (own)']);
  expect(kinds('prt_2')).toEqual(['SUFFICIENT_CASH', 'NO_SHORT_SELLING', 'RESTRICTED_LIST']);
});
