/** Which of the known prices is the quote. */
import { decimal } from '@pms/money';
import { standingSince } from '@pms/schema/events/rttm';
import { expect, test } from 'vitest';
import type { Instrument } from './instrument.ts';
import { change, changePercent, type Known, newestQuote } from './quote.ts';

const instrument: Instrument = {
  id: 'ins_1', organizationId: 'org_1', symbol: 'AAPL', name: 'Apple', assetClass: 'EQUITY', currency: 'USD', quoteUnit: null, mic: null, isin: null, figi: null, createdAt: new Date(0),
};
const close = (date: string, price: string) => ({ date, close: decimal(price), simulated: false });
const tick = (time: string, last: string, simulated = false) => ({ instrumentId: 'ins_1', last: decimal(last), time: new Date(time), simulated });
const now = new Date('2026-11-20T15:00:00Z');
const newest = (known: Known) => newestQuote(known, now, standingSince(now));
const closes = [close('2026-11-19', '110'), close('2026-11-18', '100')];

test('without a tick it is the last close, at the end of its day, against the close before', () => {
  const quote = newest({ instrument, closes, ingested: null, tape: null })!;
  expect(quote).toMatchObject({ source: 'LAST_CLOSE', simulated: false, time: new Date('2026-11-19T23:59:59.999Z') });
  expect([quote.last.toFixed(), change(quote)?.toFixed(), changePercent(quote)]).toEqual(['110', '10', 10]);
});

test('a tick is measured against the last close of an earlier day', () => {
  const today = [close('2026-11-20', '120'), ...closes];
  const quote = newest({ instrument, closes: today, ingested: tick('2026-11-20T14:00:00Z', '121'), tape: null })!;
  expect([quote.source, quote.previousClose?.toFixed()]).toEqual(['FEED', '110']);
});

test('a tick that is older than the last close gives way to it', () => {
  expect(newest({ instrument, closes, ingested: tick('2026-11-17T14:00:00Z', '90'), tape: null })?.source).toBe('LAST_CLOSE');
});

test('an ingested quote stands above the tape for a minute', () => {
  const tape = tick('2026-11-20T15:00:00Z', '112', true);
  expect(newest({ instrument, closes, ingested: tick('2026-11-20T14:59:30Z', '111'), tape })?.source).toBe('FEED');
  expect(newest({ instrument, closes, ingested: tick('2026-11-20T14:58:59Z', '111'), tape })).toMatchObject({ source: 'SIMULATED_TAPE', simulated: true });
});

test('there is no quote where there is no price', () => {
  expect(newest({ instrument, closes: [], ingested: null, tape: null })).toBeNull();
});
