/** Identifiers of real securities, and the same with one character changed. */
import { expect, test } from 'vitest';
import { isFigi, isIsin, newInstrument } from './instrument.ts';

const made = { id: 'ins_1', organizationId: 'org_1', at: new Date('2026-01-02T00:00:00Z') };
const apple = { symbol: 'AAPL', name: 'Apple Inc.', assetClass: 'EQUITY', currency: 'USD' } as const;

test.each(['US0378331005', 'US5949181045', 'US4592001014', 'US02079K1079', 'US78378X1072'])('%s is an ISIN', (isin) => {
  expect(isIsin(isin)).toBe(true);
});

test.each(['US0378331006', 'US0378331O05', 'us0378331005', 'US037833100', ''])('%j is no ISIN', (isin) => {
  expect(isIsin(isin)).toBe(false);
});

test('the FIGI of Apple on Nasdaq has the right check digit, and no other digit is right', () => {
  expect(isFigi('BBG000B9XRY4')).toBe(true);
  expect([...'012356789'].filter((digit) => isFigi(`BBG000B9XRY${digit}`))).toEqual([]);
});

test('a wrong identifier is refused with the field that holds it', () => {
  expect(() => newInstrument({ ...apple, isin: 'US0378331006' }, made)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['isin'] }));
  expect(() => newInstrument({ ...apple, symbol: 'aapl' }, made)).toThrow(expect.objectContaining({ path: ['symbol'] }));
  expect(() => newInstrument({ ...apple, name: '  ' }, made)).toThrow(expect.objectContaining({ path: ['name'] }));
  expect(() => newInstrument({ ...apple, mic: 'NASDAQ' }, made)).toThrow(expect.objectContaining({ path: ['mic'] }));
});

test('an instrument without identifiers is kept with none', () => {
  expect(newInstrument(apple, made)).toMatchObject({ symbol: 'AAPL', mic: null, isin: null, figi: null });
});
