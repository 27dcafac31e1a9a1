import { describe, expect, test } from 'vitest';
import { closedWeekdays, closings } from './closings.ts';
import { earlyClose } from './early-closes.ts';
import { fxSpotDate, fxSpotLagDays } from './fx-spot.ts';
import { marketCalendar, settlementCalendar } from './market-calendars.ts';
import { businessDaysLateOf, settlementDateOf } from './settlement-date.ts';

const closed = (code: string, year: number): readonly string[] => closedWeekdays(closings[code] ?? (() => []), year).map((day) => day.slice(5));

/** As the exchanges and central banks published them. */
test.each([
  ['XTSE', 2024, ['01-01', '02-19', '03-29', '05-20', '07-01', '08-05', '09-02', '10-14', '12-25', '12-26']],
  ['CATO', 2024, ['01-01', '02-19', '03-29', '05-20', '07-01', '08-05', '09-02', '09-30', '10-14', '11-11', '12-25', '12-26']],
  ['XPAR', 2024, ['01-01', '03-29', '04-01', '05-01', '12-25', '12-26']],
  ['XAMS', 2025, ['01-01', '04-18', '04-21', '05-01', '12-25', '12-26']],
  ['TARGET', 2025, ['01-01', '04-18', '04-21', '05-01', '12-25', '12-26']],
  ['XSWX', 2024, ['01-01', '01-02', '03-29', '04-01', '05-01', '05-09', '05-20', '08-01', '12-24', '12-25', '12-26', '12-31']],
  ['XASX', 2024, ['01-01', '01-26', '03-29', '04-01', '04-25', '06-10', '12-25', '12-26']],
  ['AUSY', 2024, ['01-01', '01-26', '03-29', '04-01', '04-25', '06-10', '08-05', '10-07', '12-25', '12-26']],
  ['XASX', 2022, ['01-03', '01-26', '04-15', '04-18', '04-25', '06-13', '09-22', '12-26', '12-27']],
  ['XNZE', 2024, ['01-01', '01-02', '02-06', '03-29', '04-01', '04-25', '06-03', '06-28', '10-28', '12-25', '12-26']],
  ['XSES', 2024, ['01-01', '02-12', '03-29', '04-10', '05-01', '05-22', '06-17', '08-09', '10-31', '12-25']],
  ['XJSE', 2023, ['01-02', '03-21', '04-07', '04-10', '04-27', '05-01', '06-16', '08-09', '09-25', '12-15', '12-25', '12-26']],
  ['XNSE', 2024, ['01-22', '01-26', '03-08', '03-25', '03-29', '04-11', '04-17', '05-01', '05-20', '06-17', '07-17', '08-15', '10-02', '11-01', '11-15', '11-20', '12-25']],
  ['XSTO', 2024, ['01-01', '03-29', '04-01', '05-01', '05-09', '06-06', '06-21', '12-24', '12-25', '12-26', '12-31']],
  ['XCSE', 2024, ['01-01', '03-28', '03-29', '04-01', '05-09', '05-10', '05-20', '06-05', '12-24', '12-25', '12-26', '12-31']],
  ['XOSL', 2024, ['01-01', '03-28', '03-29', '04-01', '05-01', '05-09', '05-17', '05-20', '12-24', '12-25', '12-26', '12-31']],
  ['XHEL', 2024, ['01-01', '03-29', '04-01', '05-01', '05-09', '06-21', '12-06', '12-24', '12-25', '12-26', '12-31']],
  ['XMEX', 2024, ['01-01', '02-05', '03-18', '03-28', '03-29', '05-01', '09-16', '10-01', '11-18', '12-12', '12-25']],
])('%s was closed on the weekdays of %i that it published', (code, year, days) => {
  expect(closed(code, year)).toEqual(days);
});

test('every market has a cycle and a calendar of settlement, and every centre that it needs is known', () => {
  for (const mic of ['XNYS', 'XNAS', 'XTSE', 'XLON', 'XETR', 'XPAR', 'XSWX', 'XAMS', 'XTKS', 'XHKG', 'XASX', 'XJSE', 'XSES', 'XNSE', 'XSTO', 'XCSE', 'XOSL', 'XHEL', 'XMEX', 'BVMF', 'XNZE'])
    for (const currency of ['USD', 'EUR', 'GBP', 'INR']) expect(settlementDateOf({ mic, currency }, '2026-06-08') > '2026-06-08').toBe(true);
});

describe('cycles by market and date', () => {
  test.each([
    ['XNYS', 'USD', '2024-05-24', '2024-05-29'], // T+2 over Memorial Day
    ['XNYS', 'USD', '2024-05-28', '2024-05-29'],
    ['XTSE', 'CAD', '2024-05-24', '2024-05-28'],
    ['XTSE', 'CAD', '2024-05-27', '2024-05-28'],
    ['XTSE', 'CAD', '2024-11-08', '2024-11-12'], // Remembrance Day trades and does not settle
    ['XMEX', 'MXN', '2024-05-27', '2024-05-28'],
    ['XLON', 'GBP', '2014-10-03', '2014-10-08'],
    ['XLON', 'GBP', '2014-10-06', '2014-10-08'],
    ['XPAR', 'EUR', '2014-10-03', '2014-10-08'],
    ['XETR', 'EUR', '2014-10-02', '2014-10-07'], // T+2 always; the exchange keeps German Unity Day in these years
    ['XETR', 'EUR', '2027-10-08', '2027-10-12'],
    ['XLON', 'GBP', '2027-10-11', '2027-10-12'],
    ['XNSE', 'INR', '2023-01-25', '2023-01-30'],
    ['XNSE', 'INR', '2023-01-27', '2023-01-30'],
    ['XTKS', 'JPY', '2019-07-12', '2019-07-18'],
    ['XTKS', 'JPY', '2019-07-16', '2019-07-18'],
    ['XASX', 'AUD', '2024-06-07', '2024-06-12'],
    ['XJSE', 'ZAR', '2024-08-07', '2024-08-13'],
    ['XSES', 'SGD', '2024-08-08', '2024-08-13'],
    ['XHKG', 'HKD', '2024-04-03', '2024-04-08'],
  ])('a trade in %s and %s of %s settles on %s', (mic, currency, traded, settles) => {
    expect(settlementDateOf({ mic, currency }, traded)).toBe(settles);
  });

  test('a trade that settles in another currency than the market’s waits for the banks of that currency', () => {
    expect(settlementDateOf({ mic: 'XLON', currency: 'GBP' }, '2026-10-08')).toBe('2026-10-12');
    expect(settlementDateOf({ mic: 'XLON', currency: 'USD' }, '2026-10-08')).toBe('2026-10-13');
  });

  test('an instrument without a market settles as the main market of its currency does; an unknown currency after two weekdays', () => {
    expect(settlementDateOf({ mic: null, currency: 'AUD' }, '2024-06-07')).toBe('2024-06-12');
    expect(settlementDateOf({ mic: null, currency: 'XAU' }, '2024-06-07')).toBe('2024-06-11');
  });
});

test('how late a settlement is counts business days of its market', () => {
  expect(businessDaysLateOf({ mic: 'XNYS', currency: 'USD' }, '2026-10-08', '2026-10-13')).toBe(2); // Columbus Day does not count
  expect(businessDaysLateOf({ mic: 'XNYS', currency: 'USD' }, '2026-10-13', '2026-10-08')).toBe(0);
});

describe('spot', () => {
  test.each([
    ['EUR', 'USD', '2026-11-20', '2026-11-24'],
    ['USD', 'CAD', '2026-11-20', '2026-11-23'],
    // Good Friday and Easter Monday are no TARGET days
    ['EUR', 'USD', '2026-04-01', '2026-04-07'],
    ['USD', 'TRY', '2026-11-20', '2026-11-23'],
    // Thanksgiving between trade and spot does not move the euro …
    ['EUR', 'USD', '2026-11-25', '2026-11-27'],
    // … on the spot date it does, also for two other currencies …
    ['EUR', 'USD', '2026-11-24', '2026-11-27'],
    ['EUR', 'GBP', '2026-11-24', '2026-11-27'],
    ['CAD', 'USD', '2026-11-25', '2026-11-27'],
    // … and between trade and spot it does for the peso
    ['USD', 'MXN', '2026-11-25', '2026-11-30'],
    // a holiday of the other currency counts on either day
    ['USD', 'JPY', '2026-11-20', '2026-11-25'],
    ['GBP', 'USD', '2026-12-23', '2026-12-29'],
  ])('%s against %s of %s settles on %s', (bought, sold, traded, settles) => {
    expect(fxSpotDate(bought, sold, traded)).toBe(settles);
    expect(fxSpotDate(sold, bought, traded)).toBe(settles);
  });

  test('only pairs with the dollar settle on the next day', () => {
    expect([fxSpotLagDays('USD', 'CAD'), fxSpotLagDays('EUR', 'CAD'), fxSpotLagDays('EUR', 'USD')]).toEqual([1, 2, 2]);
  });

  test('of a currency whose banks have no calendar only weekends count', () => {
    expect(fxSpotDate('USD', 'XAU', '2026-11-20')).toBe('2026-11-24');
  });
});

test('half days are trading days with their hour', () => {
  expect([['XNYS', '2024-11-29'], ['XLON', '2022-12-23'], ['XLON', '2024-12-24'], ['XPAR', '2024-12-31'], ['XETR', '2024-12-30'], ['XTSE', '2024-12-24'], ['XHKG', '2024-12-24'], ['XASX', '2024-12-24'], ['XNYS', '2024-11-28'], ['XSTO', '2024-06-05']]
    .map(([mic, day]) => earlyClose(mic ?? '', day ?? ''))).toEqual(['13:00', '12:30', '12:30', '14:05', '14:00', '13:00', '12:00', '14:10', null, null]);
  expect(marketCalendar('XLON').isBusinessDay('2024-12-24')).toBe(true);
});

test('Zurich’s exchange is closed on days on which its banks are open, and Toronto’s open on days on which they are not', () => {
  expect([marketCalendar('XSWX'), marketCalendar('CHZU')].map((each) => each.isBusinessDay('2024-12-24'))).toEqual([false, true]);
  expect([marketCalendar('XTSE'), settlementCalendar('XTSE')].map((each) => each.isBusinessDay('2024-11-11'))).toEqual([true, false]);
});
