/** Exchange rates and quote units: what a missing rate, a holiday, a currency too many and a price in pence lead to. */
import { DomainError } from '@pms/errors';
import { describe, expect, test } from 'vitest';
import { convert, lastOnOrBefore, pairsFor, type Published, RATE_AGE_DAYS_MAX, rateOn } from './fx.ts';
import { AmbiguousCurrency, decimal, money, plus, totalOf } from './money.ts';
import { asQuoted, inCurrency, priceDigitsMax, quoteUnitNamed } from './quote-unit.ts';

const series: Readonly<Record<string, readonly { date: string; rate: string }[]>> = {
  'EUR/USD': [{ date: '2026-04-01', rate: '1.2' }, { date: '2026-04-02', rate: '1.25' }, { date: '2026-04-07', rate: '1.24' }],
  'EUR/JPY': [{ date: '2026-04-01', rate: '160' }],
  'GBP/USD': [{ date: '2026-04-02', rate: '1.3' }],
};
const published: Published = (base, quote, on) => lastOnOrBefore((series[`${base}/${quote}`] ?? []).map(({ date, rate }) => ({ date, rate: decimal(rate) })), on);
const thrown = (work: () => unknown): unknown => { try { return work(); } catch (error) { return error; } };

describe('a rate', () => {
  test('FX of zero on a holiday: over the holidays it is the last one published, with its day', () => {
    // Good Friday to Easter Monday
    for (const on of ['2026-04-02', '2026-04-03', '2026-04-04', '2026-04-05', '2026-04-06'])
      expect(rateOn(published, { base: 'EUR', quote: 'USD', on })).toEqual({ rate: decimal('1.25'), date: '2026-04-02' });
  });

  test('is an error where none was published, never 1 and never 0, and names currencies and day', () => {
    const error = thrown(() => rateOn(published, { base: 'EUR', quote: 'USD', on: '2026-03-31' }));
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'MISSING_RATE', extensions: { code: 'MISSING_RATE', base: 'EUR', quote: 'USD', date: '2026-03-31' } });
    expect(thrown(() => rateOn(published, { base: 'CHF', quote: 'USD', on: '2026-04-02' }))).toMatchObject({ code: 'MISSING_RATE' });
  });

  test('is not used once it is too old, unless that is allowed', () => {
    expect(rateOn(published, { base: 'EUR', quote: 'JPY', on: '2026-04-08' }).date).toBe('2026-04-01');
    const asked = { base: 'EUR', quote: 'JPY', on: '2026-04-09' };
    expect(thrown(() => rateOn(published, asked))).toMatchObject({ code: 'MISSING_RATE', message: `there is no rate from EUR to JPY for 2026-04-09: the last one, of 2026-04-01, is more than ${RATE_AGE_DAYS_MAX} days old` });
    expect(rateOn(published, asked, 30).date).toBe('2026-04-01');
  });

  test('of a currency in itself is 1', () => {
    expect(rateOn(() => null, { base: 'XAU', quote: 'XAU', on: '2026-04-02' })).toEqual({ rate: decimal('1'), date: '2026-04-02' });
  });

  test('may be the inverse of a published one, at full precision', () => {
    const { rate, date } = rateOn(published, { base: 'USD', quote: 'GBP', on: '2026-04-03' });
    expect([rate.times('1.3').toDecimalPlaces(40).toFixed(), date]).toEqual(['1', '2026-04-02']);
  });

  test('may be crossed through euro, or else through dollars, and is of the older day', () => {
    expect(rateOn(published, { base: 'USD', quote: 'JPY', on: '2026-04-07' })).toEqual({ rate: decimal('160').div('1.24'), date: '2026-04-01' });
    expect(rateOn(published, { base: 'GBP', quote: 'EUR', on: '2026-04-03' })).toEqual({ rate: decimal('1').div('1.25').div(decimal('1').div('1.3')), date: '2026-04-02' });
  });

  test('is looked for among few pairs', () => {
    expect(pairsFor({ base: 'GBP', quote: 'CHF' })).toHaveLength(10);
    expect(pairsFor({ base: 'EUR', quote: 'USD' })).toEqual([['EUR', 'USD'], ['USD', 'EUR']]);
    expect(pairsFor({ base: 'EUR', quote: 'EUR' })).toEqual([]);
  });

  test('converts amounts of its own base alone', () => {
    const rate = { base: 'EUR', quote: 'USD', rate: decimal('1.25'), date: '2026-04-02' };
    expect(convert(money(decimal('10.01'), 'EUR'), rate)).toEqual(money(decimal('12.5125'), 'USD'));
    expect(() => convert(money(decimal('10.01'), 'GBP'), rate)).toThrow('cannot convert GBP');
  });
});

describe('amounts', () => {
  test('adding amounts of different currencies does not type-check, and throws where types are got around', () => {
    const [euro, dollar] = [money(decimal('1'), 'EUR'), money(decimal('1'), 'USD')];
    // @ts-expect-error -- amounts are no numbers: there is no `+` for them
    void (euro + dollar);
    // @ts-expect-error -- nor is an amount a decimal: its currency cannot be left behind by accident
    expect(() => euro.amount.plus(dollar)).toThrow();
    expect(() => plus(euro, dollar)).toThrow(AmbiguousCurrency);
    expect(() => totalOf('EUR', [euro, dollar])).toThrow(AmbiguousCurrency);
    expect(totalOf('EUR', [euro, euro])).toEqual(money(decimal('2'), 'EUR'));
    expect(totalOf('EUR', [])).toEqual(money(decimal('0'), 'EUR'));
  });
});

describe('quote units', () => {
  test('pence quoted as pounds: a price in pence is a hundredth of pounds, exactly, and back', () => {
    expect(inCurrency(decimal('1234.5678'), 'GBX').toFixed()).toBe('12.345678');
    expect(asQuoted(inCurrency(decimal('0.0000000000000001'), 'GBX'), 'GBX').toFixed()).toBe('0.0000000000000001');
    expect(inCurrency(decimal('12.34'), null).toFixed()).toBe('12.34');
    expect([priceDigitsMax('GBX'), priceDigitsMax(null)]).toEqual([16, 18]);
  });

  test('are told from currencies in whatever spelling', () => {
    expect(['GBX', 'GBp', 'ZAc', 'ZAC', 'ILA', 'GBP', 'ZAR', 'toString'].map(quoteUnitNamed)).toEqual(['GBX', 'GBX', 'ZAc', 'ZAc', 'ILA', null, null, null]);
  });
});
