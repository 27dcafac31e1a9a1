/** Statements against books: what matches, what breaks, and what a later statement makes of a break. */
import { decimal, sum, ZERO } from '@pms/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakChanges, type StandingBreak } from './breaks.ts';
import { type Books, compared, type KnownInstrument } from './matching.ts';
import type { StatedHolding, Statement } from './statement.ts';

const apple: KnownInstrument = { id: 'ins_apple', symbol: 'AAPL', isin: 'US0378331005' };
const appleInFrankfurt: KnownInstrument = { id: 'ins_apc', symbol: 'APC', isin: 'US0378331005' };
const acme: KnownInstrument = { id: 'ins_acme', symbol: 'ACME', isin: null };
const instruments = [apple, appleInFrankfurt, acme];
const held = (quantity: string, over: Partial<StatedHolding> = {}): StatedHolding =>
  ({ isin: null, symbol: null, identifier: null, description: null, available: null, notAvailable: null, price: null, quantity: decimal(quantity), ...over });
const statement = (holdings: readonly StatedHolding[], cash: Statement['cash'] = null): Statement => ({ account: '1', statedOn: '2026-11-20', basis: 'SETTLED', reference: null, holdings, cash });
const books = (quantities: Record<string, string>, cash: Record<string, string> = {}): Books => ({
  quantities: new Map(Object.entries(quantities).map(([id, quantity]) => [id, decimal(quantity)])), cash: new Map(Object.entries(cash).map(([id, amount]) => [id, decimal(amount)])),
});
const compare = (of: Statement, against: Books, over: { readonly mapped?: Record<string, string>; readonly quantity?: string; readonly cash?: string } = {}) =>
  compared(of, against, { instruments, mapped: new Map(Object.entries(over.mapped ?? {})) }, { quantity: decimal(over.quantity ?? '0'), cash: decimal(over.cash ?? '0') });
const told = (lines: ReturnType<typeof compare>) => lines.map(({ result, subject, theirs, ours }) => [result, subject, theirs.toFixed(), ours.toFixed()]);

test('a holding matches by ISIN over all its listings, however many parts the statement has', () => {
  const lines = compare(statement([held('60', { isin: 'US0378331005' }), held('50', { isin: 'US0378331005' })]), books({ ins_apple: '100', ins_apc: '10' }));
  expect(told(lines)).toEqual([['MATCHED', 'isin:US0378331005', '110', '110']]);
});

test('each kind of break is told from the others', () => {
  const lines = compare(
    statement([held('90', { isin: 'US0378331005' }), held('5', { symbol: 'ACME' }), held('7', { identifier: '594918104' })], [{ currency: 'USD', amount: decimal('100.01') }]),
    books({ ins_apple: '100', ins_other: '3' }, { USD: '100', EUR: '5' }));
  expect(told(lines)).toEqual([
    ['CASH_DIFFERS', 'cash:EUR', '0', '5'], ['CASH_DIFFERS', 'cash:USD', '100.01', '100'], ['MISSING_HERE', 'instrument:ins_acme', '5', '0'],
    ['MISSING_THERE', 'instrument:ins_other', '0', '3'], ['QUANTITY_DIFFERS', 'isin:US0378331005', '90', '100'], ['UNKNOWN_INSTRUMENT', 'unknown:594918104', '7', '0']]);
});

test('a difference of the tolerance matches, and one above it does not', () => {
  const of = statement([held('100.01', { symbol: 'ACME' })], [{ currency: 'USD', amount: decimal('10.5') }]);
  const against = books({ ins_acme: '100' }, { USD: '10' });
  expect(told(compare(of, against, { quantity: '0.01', cash: '0.5' })).map(([result]) => result)).toEqual(['MATCHED', 'MATCHED']);
  expect(told(compare(of, against, { quantity: '0.009', cash: '0.49' })).map(([result]) => result)).toEqual(['CASH_DIFFERS', 'QUANTITY_DIFFERS']);
});

test('a name mapped by hand goes before all others', () => {
  expect(told(compare(statement([held('1', { isin: 'US0378331005' }), held('2', { identifier: 'X1' })]), books({}), { mapped: { X1: 'ins_acme' } }))).toEqual([
    ['MISSING_HERE', 'instrument:ins_acme', '2', '0'], ['MISSING_HERE', 'isin:US0378331005', '1', '0']]);
});

test('a symbol stands for an instrument unless the ISIN beside it is another one', () => {
  expect(told(compare(statement([held('1', { symbol: 'AAPL', isin: 'US5949181045' })]), books({ ins_apple: '1' })))).toEqual([
    ['MISSING_THERE', 'isin:US0378331005', '0', '1'], ['UNKNOWN_INSTRUMENT', 'unknown:US5949181045', '1', '0']]);
  expect(told(compare(statement([held('1', { symbol: 'ACME', isin: 'US5949181045' })]), books({ ins_acme: '1' })))).toEqual([['MATCHED', 'instrument:ins_acme', '1', '1']]);
});

test('of two instruments with one symbol, the one that is held is meant; else none', () => {
  const two = [acme, { id: 'ins_acme2', symbol: 'ACME', isin: null }];
  const lines = (against: Books) => compared(statement([held('1', { symbol: 'ACME' })]), against, { instruments: two, mapped: new Map() }, { quantity: ZERO, cash: ZERO });
  expect(told(lines(books({ ins_acme2: '1' })))).toEqual([['MATCHED', 'instrument:ins_acme2', '1', '1']]);
  expect(told(lines(books({})))).toEqual([['UNKNOWN_INSTRUMENT', 'unknown:ACME', '1', '0']]);
});

test('a statement that says nothing of cash breaks none', () => {
  expect(compare(statement([]), books({}, { USD: '5' }))).toEqual([]);
});

test('nothing of either side is lost, in whatever order holdings come', () => {
  const names = fc.constantFrom({ isin: 'US0378331005' }, { symbol: 'ACME' }, { identifier: 'X1' }, { identifier: 'X2' });
  const holdings = fc.array(fc.record({ name: names, quantity: fc.integer({ min: -50, max: 50 }) }), { maxLength: 12 });
  const ours = fc.dictionary(fc.constantFrom('ins_apple', 'ins_apc', 'ins_acme'), fc.integer({ min: -50, max: 50 }).map(String));
  fc.assert(fc.property(holdings, ours, (given, quantities) => {
    const of = given.map(({ name, quantity }) => held(String(quantity), name));
    const lines = compare(statement(of), books(quantities));
    expect(sum(lines.map(({ theirs }) => theirs)).toFixed()).toBe(sum(of.map(({ quantity }) => quantity)).toFixed());
    expect(sum(lines.map((line) => line.ours)).toFixed()).toBe(sum(Object.values(quantities).map(decimal)).toFixed());
    expect(new Set(lines.map(({ subject }) => subject)).size).toBe(lines.length);
    const key = (all: typeof lines) => all.map(({ result, subject, theirs }) => `${result} ${subject} ${theirs.toFixed()}`);
    expect(key(compare(statement(of.toReversed()), books(quantities)))).toEqual(key(lines));
  }));
});

const standing = (over: Partial<StandingBreak> = {}): StandingBreak =>
  ({ id: 'brk_1', subject: 'instrument:ins_acme', kind: 'MISSING_HERE', theirs: decimal('5'), ours: ZERO, status: 'OPEN', seenOn: '2026-11-19', ...over });
const acmeOf = (theirs: string, ours = '0') => compare(statement([held(theirs, { symbol: 'ACME' })]), books({ ins_acme: ours }));

test('a break is seen again, changes, and is closed when a later statement agrees', () => {
  expect(breakChanges([standing()], acmeOf('5'), '2026-11-20')).toMatchObject({ opened: [], seen: [{ changed: false }], matched: [] });
  expect(breakChanges([standing()], acmeOf('6'), '2026-11-20')).toMatchObject({ opened: [], seen: [{ changed: true }], matched: [] });
  expect(breakChanges([standing({ status: 'INVESTIGATING' })], acmeOf('5', '5'), '2026-11-20')).toMatchObject({ opened: [], seen: [], matched: [{ id: 'brk_1' }] });
  expect(breakChanges([standing()], [], '2026-11-20').matched).toHaveLength(1);
});

test('what a person resolved opens anew on a later day, and in a later version of the day only if it is another difference', () => {
  const done = standing({ status: 'RESOLVED', seenOn: '2026-11-20' });
  expect(breakChanges([done], acmeOf('5'), '2026-11-20').opened).toEqual([]);
  expect(breakChanges([done], acmeOf('6'), '2026-11-20').opened).toHaveLength(1);
  expect(breakChanges([done], acmeOf('5'), '2026-11-21').opened).toHaveLength(1);
});

test('a break of cash is left alone by a statement that says nothing of cash', () => {
  expect(breakChanges([standing({ subject: 'cash:USD', kind: 'CASH_DIFFERS' })], acmeOf('0'), '2026-11-20').matched).toEqual([]);
});
