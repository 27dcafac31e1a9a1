/** Which of two quotes of an instrument counts. */
import type { QuoteMessage } from '@pms/schema/events/rttm';
import { expect, test } from 'vitest';
import { takesPlaceOf } from './quote-book.ts';

const quote = (time: string, simulated: boolean): QuoteMessage => ({ instrumentId: 'ins_1', organizationId: 'org_1', last: '190', previousClose: null, currency: 'USD', time: `2026-11-27T${time}Z`, simulated });

test('of quotes of one kind the newest counts, in whatever order they come', () => {
  for (const simulated of [true, false]) {
    expect(takesPlaceOf(quote('03:00:00.000', simulated), quote('03:00:01.000', simulated))).toBe(true);
    expect(takesPlaceOf(quote('03:00:01.000', simulated), quote('03:00:00.000', simulated))).toBe(false);
  }
});

test('an ingested quote takes the place of a simulated one that was told while it was on its way, and not after a minute', () => {
  expect(takesPlaceOf(quote('03:00:00.900', true), quote('03:00:00.000', false))).toBe(true);
  expect(takesPlaceOf(quote('03:02:00.000', true), quote('03:00:00.000', false))).toBe(false);
});

test('an ingested quote stands above the tape for a minute', () => {
  expect(takesPlaceOf(quote('03:00:00.000', false), quote('03:00:59.000', true))).toBe(false);
  expect(takesPlaceOf(quote('03:00:00.000', false), quote('03:01:00.000', true))).toBe(true);
});
