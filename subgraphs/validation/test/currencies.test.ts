/** Trades whose cash moves in another currency than theirs, and cash that moves for other reasons than trades. */
import { cashMoved } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { booked, captured, cash, decisionsOf, instrument, portfolio, trade } from './world.ts';

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
