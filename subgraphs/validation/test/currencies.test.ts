/** Trades whose cash moves in another currency than theirs, and cash that moves for other reasons than trades. */
import { bookingRefused, cashMoved } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { amended, booked, cancelled, captured, cash, decisionsOf, instrument, portfolio, trade } from './world.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(validationSubgraph);
  await door.hear(portfolio('prt_a'), instrument('ins_acme'), instrument('ins_uk', { currency: 'GBP' }), cash('prt_a', '1000'), cash('prt_a', '920', { currency: 'EUR' }));
});
afterEach(() => door.close());

const IN_EUR = { settlement: { currency: 'EUR', rate: '0.92' } };

test('a purchase needs cash of the currency in which it settles, and its terms are passed on whole', async () => {
  const facts = trade({ ...IN_EUR, quantity: '10', quoted: { price: '10000', unit: 'GBX' } });
  await door.hear(captured(facts));
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.trade-validated.v1', data: { ...facts, settlement: IN_EUR.settlement, quoted: { price: '10000', unit: 'GBX' } } });
  const second = trade({ ...IN_EUR, quantity: '1' });
  await door.hear(captured(second));
  // 920 EUR are spent; 1,000 USD do not help
  expect(await decisionsOf(door, second.tradeId)).toEqual(['rejected 1']);
  const third = trade({ quantity: '10' });
  await door.hear(captured(third));
  expect(await decisionsOf(door, third.tradeId)).toEqual(['validated 1']);
});

test('a booking puts what cash moved in the settlement currency in the place of the reservation', async () => {
  const facts = trade({ ...IN_EUR, quantity: '5' });
  const { data, ...event } = booked(facts, '-500');
  await door.hear(captured(facts), { ...event, data: { ...(data as object), cash: { currency: 'EUR', netAmount: '-460.5' } } });
  const { rows } = await door.database.query<{ line: string }>(`select currency || ' ' || trim_scale(amount) as line from validation.projected_cash where portfolio_id = 'prt_a' order by currency`);
  expect(rows.map(({ line }) => line)).toEqual(['EUR 459.5', 'USD 1000']);
});

test('an exchange moves cash from one currency to the other, and a fee takes some', async () => {
  const moved = (kind: 'CURRENCY_EXCHANGE' | 'FEE' | 'SETTLEMENT', amount: string, currency: string) =>
    heard(cashMoved, 'prt_a', { portfolioId: 'prt_a', kind, currency, amount, effectiveDate: '2026-01-02', balance: amount, settled: amount, tradeId: null });
  await door.hear(moved('CURRENCY_EXCHANGE', '-920', 'EUR'), moved('CURRENCY_EXCHANGE', '1000', 'USD'), moved('FEE', '-1', 'USD'), moved('SETTLEMENT', '0', 'USD'));
  const [enough, tooMuch] = [trade({ quantity: '19' }), trade({ quantity: '1' })];
  await door.hear(captured(enough), captured(tooMuch));
  expect([await decisionsOf(door, enough.tradeId), await decisionsOf(door, tooMuch.tradeId)]).toEqual([['validated 1'], ['rejected 1']]);
});

const inEur = (amount: string) => ({ kind: 'COMMISSION' as const, amount: { amount, currency: 'EUR' } });
const projectedIn = async () => (await door.database.query<{ line: string }>(`select currency || ' ' || trim_scale(amount) as line from validation.projected_cash where portfolio_id = 'prt_a' order by currency`)).rows.map(({ line }) => line);

test('a fee in another currency needs cash of that currency, and takes it until the trade is cancelled or gives way to another version', async () => {
  const first = trade({ quantity: '5', fees: [inEur('900'), { kind: 'TAX', amount: { amount: '1', currency: 'USD' } }] });
  await door.hear(captured(first));
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.trade-validated.v1', data: { fees: first.fees } });
  expect(await projectedIn()).toEqual(['EUR 20', 'USD 499']);
  const second = trade({ quantity: '1', fees: [inEur('20.01')] });
  await door.hear(captured(second));
  expect(await decisionsOf(door, second.tradeId)).toEqual(['rejected 1']);
  expect((await door.told()).at(-1)).toMatchObject({ data: { checks: expect.arrayContaining([expect.objectContaining({ outcome: 'FAILED', message: '20.01 EUR are needed and 20 are there' })]) } });
  // the booking tells of the cash alone: the fee is what it was
  const { data, ...event } = booked(first, '-1581');
  await door.hear({ ...event, data: { ...(data as object), cash: { currency: 'USD', netAmount: '-501' }, charges: [{ currency: 'EUR', amount: '900' }] } });
  expect(await projectedIn()).toEqual(['EUR 20', 'USD 499']);
  const third = { ...first, version: 2, fees: [inEur('300.005')] };
  await door.hear(amended(third, 1));
  expect(await projectedIn()).toEqual(['EUR 620', 'USD 500']);
  await door.hear(cancelled(third));
  expect(await projectedIn()).toEqual(['EUR 920', 'USD 1000']);
});

test('a fee in the settlement currency counts with the cash that the trade moves, and a refusal by the books gives all of it back', async () => {
  const facts = trade({ ...IN_EUR, quantity: '9', fees: [inEur('2'), { kind: 'OTHER', amount: { amount: '30', currency: 'USD' } }] });
  await door.hear(captured(facts));
  expect(await projectedIn()).toEqual(['EUR 62.4', 'USD 1000']);
  const other = trade({ quantity: '1', fees: [inEur('60')] });
  await door.hear(captured(other), heard(bookingRefused, 'prt_a', { tradeId: other.tradeId, version: 1, portfolioId: 'prt_a', reason: 'MISSING_RATE: there is none' }));
  expect(await decisionsOf(door, other.tradeId)).toEqual(['validated 1', 'rejected 1']);
  expect(await projectedIn()).toEqual(['EUR 62.4', 'USD 1000']);
});

test('a dry run takes fees in other currencies and cash that moves in another one, as a capture does', async () => {
  const CHECK = 'query ($input: CheckTradeInput!) { checkTrade(input: $input) { outcome checks { kind message } } }';
  const check = async (over: object) => door.ask(CHECK, { input: { portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '5', price: '100', currency: 'USD', ...over } });
  const cashOf = async (over: object) => (await check(over)).data.checkTrade.checks.find(({ kind }: { kind: string }) => kind === 'SUFFICIENT_CASH').message;
  expect(await cashOf({ feeItems: [inEur('920'), { kind: 'TAX', amount: { amount: '1', currency: 'USD' } }], fees: '2' })).toBe('497 USD remain');
  expect(await cashOf({ feeItems: [inEur('920'), inEur('0.01')] })).toBe('920.01 EUR are needed and 920 are there');
  expect(await cashOf({ settlementCurrency: 'EUR', settlementRate: '0.92', feeItems: [inEur('20')] })).toBe('440 EUR remain');
  const refused = async (over: object) => (await check(over)).messages;
  expect(await refused({ feeItems: [inEur('-1')] })).toEqual(['fees must not be negative']);
  expect(await refused({ feeItems: [{ kind: 'TAX', amount: { amount: '1', currency: 'GBX' } }] })).toEqual(['GBX is a unit that prices are quoted in: a fee is in GBP']);
  expect(await refused({ feeItems: [{ kind: 'TAX', amount: { amount: '1', currency: 'EUU' } }] })).toEqual(['EUU is not a currency']);
  expect(await refused({ feeItems: Array.from({ length: 21 }, () => inEur('1')) })).toEqual(['a trade has at most 20 fees']);
  expect(await refused({ settlementCurrency: 'EUR' })).toEqual([expect.stringContaining('needs its rate')]);
  expect(await refused({ settlementRate: '2' })).toEqual([expect.stringContaining('has no rate')]);
});
