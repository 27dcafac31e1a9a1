/** Trading days, settlement dates and spot dates, as anybody may ask for them. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(transactionalSubgraph); });
afterAll(() => door.close());

test('a day of an exchange says whether it trades, settles, and closes early', async () => {
  const day = async (mic: string, date: string) => (await door.ask('query ($mic: String!, $date: Date!) { tradingDay(mic: $mic, date: $date) { isTradingDay isSettlementDay earlyClose previous next } }', { mic, date })).data.tradingDay;
  expect(await day('XNYS', '2026-10-12')).toEqual({ isTradingDay: true, isSettlementDay: false, earlyClose: null, previous: '2026-10-09', next: '2026-10-13' });
  expect(await day('XNYS', '2026-11-27')).toEqual({ isTradingDay: true, isSettlementDay: true, earlyClose: '13:00', previous: '2026-11-25', next: '2026-11-30' });
  expect(await day('XNYS', '2001-09-12')).toEqual({ isTradingDay: false, isSettlementDay: false, earlyClose: null, previous: '2001-09-10', next: '2001-09-17' });
});

test('a trade’s settlement date comes with its cycle and the market that counts', async () => {
  const settles = async (variables: Record<string, unknown>) => (await door.ask('query ($mic: String, $currency: Currency!, $tradeDate: Date!) { settlementDate(mic: $mic, currency: $currency, tradeDate: $tradeDate) { date lagDays mic } }', variables)).data.settlementDate;
  expect(await settles({ mic: 'XNYS', currency: 'USD', tradeDate: '2024-05-24' })).toEqual({ date: '2024-05-29', lagDays: 2, mic: 'XNYS' });
  expect(await settles({ mic: 'XNYS', currency: 'USD', tradeDate: '2024-05-28' })).toEqual({ date: '2024-05-29', lagDays: 1, mic: 'XNYS' });
  expect(await settles({ currency: 'EUR', tradeDate: '2026-11-20' })).toEqual({ date: '2026-11-24', lagDays: 2, mic: 'XETR' });
});

test('a spot date follows the holidays of both currencies and of New York', async () => {
  const { data } = await door.ask('{ euro: fxSpotDate(buy: "EUR", sell: "USD", tradeDate: "2026-11-25") loonie: fxSpotDate(buy: "USD", sell: "CAD", tradeDate: "2026-11-20") }');
  expect(data).toEqual({ euro: '2026-11-27', loonie: '2026-11-23' });
});

test('a market without a calendar is refused, and who lacks the scope as well', async () => {
  expect((await door.ask('{ tradingDay(mic: "XXXX", date: "2026-11-20") { isTradingDay } }')).codes).toEqual(['BAD_USER_INPUT']);
  expect((await door.ask('{ settlementDate(mic: "XXXX", currency: "USD", tradeDate: "2026-11-20") { date } }')).codes).toEqual(['BAD_USER_INPUT']);
  expect((await door.ask('{ fxSpotDate(buy: "USD", sell: "USD", tradeDate: "2026-11-20") }')).codes).toEqual(['BAD_USER_INPUT']);
  expect((await door.ask('{ fxSpotDate(buy: "USD", sell: "EUR", tradeDate: "2026-11-20") }', {}, { as: principal({ scopes: new Set(['trade:write']) }) })).codes).toEqual(['FORBIDDEN']);
});
