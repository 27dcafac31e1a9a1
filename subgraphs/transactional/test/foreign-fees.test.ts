/** Fees in another currency than their trade's: cash of that currency, at the last published rate in what was bought or sold, whatever becomes of the trade. */
import type { Event } from '@pms/events/envelope';
import { fxRatePublished } from '@pms/schema/events/rttm';
import { bookingRefused, tradeBooked, tradeReversed, tradeSettled } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type Operations, operations } from './settlements.ts';
import { cancelled, cash, nowKnown, tradeIdOf, type TradeOver, validated, type World, world } from './world.ts';

let door: FrontDoor;
let at: World;
let ops: Operations;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => new Date('2026-11-20T15:00:00Z') });
  at = await world(door);
  ops = operations(door);
  await door.hear(rates('EUR', { '2026-10-30': '1.2', '2026-11-05': '1.3' }), rates('GBP', { '2026-11-02': '1.25' }));
});
afterAll(async () => {
  expect([await ops.verify(), await ops.findings()]).toEqual([[], []]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  await door.close();
});

const rates = (base: string, of: Record<string, string>) => heard(fxRatePublished, `org_one/${base}/USD`, { base, quote: 'USD', source: 'test', rates: Object.entries(of).map(([date, rate]) => ({ date, rate })) });
const fee = (amount: string, currency: string) => ({ kind: 'COMMISSION' as const, amount: { amount, currency } });
const trade = (portfolioId: string, over: TradeOver = {}) => validated(portfolioId, at.instrumentId, over);
const cashOf = async (id: string, args = ''): Promise<string[]> =>
  (await door.ask(cash(args), { id })).data._entities[0].cash.map(({ currency, settled, payable }: { currency: string; settled: { amount: string }; payable: { amount: string } }) => `${currency} ${settled.amount} owed ${payable.amount}`);
const lines = async (portfolioId: string, kind: string) => (await door.database.query<{ line: string }>(
  `select l.account || ' ' || trim_scale(l.amount) || ' ' || l.currency as line from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
   where e.portfolio_id = $1 and e.kind = $2 order by e.number, l.line`, [portfolioId, kind])).rows.map(({ line }) => line);
const told = async (type: { name: string }, tradeId: string): Promise<any> => (await door.told()).findLast((event) => event.type === type.name && (event.data as { tradeId: string }).tradeId === tradeId)?.data;
const settle = (id: string, asOf = '2026-11-10') => door.ask('mutation ($id: ID!, $asOf: Date!) { settleDue(input: { asOf: $asOf, portfolioId: $id }) { settled failed } }', { id, asOf });
async function funded(over: Parameters<World['open']>[0] = {}, ...amounts: readonly (readonly [string, string])[]): Promise<string> {
  const id = await at.open(over);
  for (const [amount, currency] of amounts) await at.deposit(id, amount, { amount: { amount, currency }, effectiveDate: '2026-10-01' });
  return id;
}

test('a purchase owes its fee in its own currency, and costs what it was worth at the last rate published before; each currency balances', async () => {
  const id = await funded({}, ['5000', 'USD'], ['10', 'EUR']);
  // of one currency all fees are rounded once: 1.255 + 1.25 = 2.505 → 2.5 EUR, half-even, which are 3 USD at 1.2
  const bought = trade(id, { fees: [fee('1', 'USD'), fee('1.255', 'EUR'), fee('1.25', 'EUR')] });
  await door.hear(bought);
  expect(await lines(id, 'TRADE_BOOKED')).toEqual(['SECURITIES_AT_COST 1004 USD', 'FX -3 USD', 'FX 2.5 EUR', 'CASH_PAYABLE -1001 USD', 'CASH_PAYABLE -2.5 EUR']);
  expect(await at.position(id)).toMatchObject({ costBasis: { amount: '1004', currency: 'USD' } });
  expect(await cashOf(id)).toEqual(['EUR 10 owed 2.5', 'USD 5000 owed 1001']);
  expect(await told(tradeBooked, tradeIdOf(bought))).toMatchObject({
    netAmount: '-1004', cash: { currency: 'USD', netAmount: '-1001' }, charges: [{ currency: 'EUR', amount: '2.5' }], fees: [{}, { rate: '1.2', rateOn: '2026-10-30' }, { rate: '1.2', rateOn: '2026-10-30' }],
  });
  const CHARGES = 'query ($id: ID!) { _entities(representations: [{ __typename: "Trade", id: $id }]) { ... on Trade { settlement { amount { amount } charges { amount { amount currency } inTrade { amount currency } } } } } }';
  expect((await door.ask(CHARGES, { id: tradeIdOf(bought) })).data._entities[0].settlement).toEqual({ amount: { amount: '1001' }, charges: [{ amount: { amount: '2.5', currency: 'EUR' }, inTrade: { amount: '3', currency: 'USD' } }] });
  // a correction changes nothing that is booked
  await door.hear(rates('EUR', { '2026-10-31': '1.9' }));
  await settle(id);
  expect(await lines(id, 'TRADE_SETTLED')).toEqual(['CASH_PAYABLE 1001 USD', 'CASH_SETTLED -1001 USD', 'CASH_PAYABLE 2.5 EUR', 'CASH_SETTLED -2.5 EUR']);
  expect(await cashOf(id)).toEqual(['EUR 7.5 owed 0', 'USD 3999 owed 0']);
  expect(await told(tradeSettled, tradeIdOf(bought))).toMatchObject({ charges: [{ currency: 'EUR', amount: '2.5' }] });
  await door.hear(rates('EUR', { '2026-10-31': '1.2' }));
});

test('a sale realises less by its fee, and an earlier knownAt keeps what a cancellation takes back', async () => {
  const id = await funded({}, ['5000', 'USD'], ['10', 'GBP']);
  const sold = trade(id, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-11-04', fees: [fee('2', 'GBP')] });
  await door.hear(trade(id), sold);
  await settle(id);
  // 4 × (110 − 100) − 2 GBP at 1.25
  expect(await at.position(id)).toMatchObject({ realizedPnl: { amount: '37.5' } });
  expect(await cashOf(id)).toEqual(['GBP 8 owed 0', 'USD 4440 owed 0']);
  const before = await nowKnown();
  await door.hear(cancelled(id, at.instrumentId, tradeIdOf(sold)));
  expect(await cashOf(id)).toEqual(['GBP 10 owed 0', 'USD 4000 owed 0']);
  expect(await cashOf(id, `(knownAt: "${before}")`)).toEqual(['GBP 8 owed 0', 'USD 4440 owed 0']);
  expect(await at.position(id, `(knownAt: "${before}")`)).toMatchObject({ realizedPnl: { amount: '37.5' } });
  expect(await told(tradeReversed, tradeIdOf(sold))).toMatchObject({ charges: [{ currency: 'GBP', amount: '2' }] });
});

test('without a rate nothing is booked, and the reason says which one is missing; of an amendment the version before stays', async () => {
  const id = await funded({}, ['5000', 'USD']);
  const bought = trade(id, { fees: [fee('5', 'CHF')] });
  await door.hear(bought);
  const reason = 'MISSING_RATE: a fee is in CHF and the trade in USD, and no rate between them was published on 2026-11-02 or in the 7 days before: publish one, and capture the trade again';
  expect(await told(bookingRefused, tradeIdOf(bought))).toMatchObject({ version: 1, reason });
  expect(await at.position(id)).toBeUndefined();
  const plain = trade(id);
  await door.hear(plain, trade(id, { tradeId: tradeIdOf(plain), version: 2, replaces: 1, quantity: '7', fees: [fee('5', 'EUR')], tradeDate: '2026-11-19' }));
  expect(await told(bookingRefused, tradeIdOf(plain))).toMatchObject({ version: 2, reason: expect.stringContaining('on 2026-11-19') });
  expect(await at.position(id)).toMatchObject({ quantity: '10', costBasis: { amount: '1000' } });
  expect(await cashOf(id)).toEqual(['USD 5000 owed 1000']);
});

test('a fee in the settlement currency is part of the cash that moves, at the trade’s own rate', async () => {
  const id = await funded({ baseCurrency: 'EUR' }, ['2000', 'EUR']);
  const bought = trade(id, { settlement: { currency: 'EUR', rate: '0.8' }, fees: [fee('4', 'EUR'), fee('2', 'GBP')] });
  await door.hear(bought);
  // 1000 + 4 / 0.8 + 2 × 1.25; of the base currency 804 were paid, and 2 GBP are 2.50 USD at 0.8
  expect(await lines(id, 'TRADE_BOOKED')).toEqual(['SECURITIES_AT_COST 1007.5 USD', 'FX -1007.5 USD', 'FX 804 EUR', 'FX 2 GBP', 'CASH_PAYABLE -804 EUR', 'CASH_PAYABLE -2 GBP']);
  expect(await told(tradeBooked, tradeIdOf(bought))).toMatchObject({ cash: { currency: 'EUR', netAmount: '-804' }, charges: [{ currency: 'GBP', amount: '2' }], base: { currency: 'EUR', netAmount: '-806' } });
});

test('in the base currency a fee that was paid in it is what was paid', async () => {
  const id = await funded({ baseCurrency: 'EUR' }, ['5000', 'USD'], ['10', 'EUR']);
  await door.hear(heard(fxRatePublished, 'org_one/USD/EUR', { base: 'USD', quote: 'EUR', source: 'test', rates: [{ date: '2026-11-06', rate: '0.77' }] }));
  // in dollars the 3 EUR are 3.90, which at 0.77 would be 3.003 EUR
  const bought = trade(id, { fees: [fee('3', 'EUR')], tradeDate: '2026-11-06' });
  await door.hear(bought);
  const { base, netAmount } = await told(tradeBooked, tradeIdOf(bought));
  expect([netAmount, base.netAmount]).toEqual(['-1003.9', '-773']);
});

test('cash of the fee’s currency has to be there when the trade settles', async () => {
  const id = await funded({}, ['5000', 'USD']);
  const bought = tradeIdOf(await heardOf(trade(id, { fees: [fee('2.50', 'EUR')] })));
  expect((await settle(id, '2026-11-03')).data.settleDue).toEqual({ settled: 0, failed: 1 });
  expect(await ops.of(bought)).toMatchObject({ status: 'FAILED', failureCode: 'INSUFFICIENT_CASH', failureReason: 'settled cash of 0 EUR does not cover 2.5 EUR' });
  await at.deposit(id, '10', { amount: { amount: '10', currency: 'EUR' }, effectiveDate: '2026-11-04' });
  expect((await ops.run('retrySettlement', { tradeId: bought })).userErrors).toEqual([]);
  expect(await cashOf(id)).toEqual(['EUR 7.5 owed 0', 'USD 4000 owed 0']);
});

test('of a trade that settles in parts the last one is charged; what the custodian takes back returns it, and the next delivery is charged again', async () => {
  const id = await funded({}, ['5000', 'USD'], ['10', 'EUR']);
  const bought = tradeIdOf(await heardOf(trade(id, { fees: [fee('2.50', 'EUR')] })));
  expect((await ops.once('settlePartially', { tradeId: bought, quantity: '4', settledOn: '2026-11-03' })).userErrors).toEqual([]);
  expect(await cashOf(id)).toEqual(['EUR 10 owed 2.5', 'USD 4600 owed 600']);
  await settle(id);
  expect(await cashOf(id)).toEqual(['EUR 7.5 owed 0', 'USD 4000 owed 0']);
  expect((await ops.once('reverseSettlement', { tradeId: bought, code: 'OTHER', reason: 'wrong account', reversedOn: '2026-11-12' })).userErrors).toEqual([]);
  expect(await cashOf(id)).toEqual(['EUR 10 owed 2.5', 'USD 5000 owed 1000']);
  expect(await cashOf(id, '(asOf: "2026-11-11")')).toEqual(['EUR 7.5 owed 0', 'USD 4000 owed 0']);
  await ops.run('retrySettlement', { tradeId: bought });
  expect(await cashOf(id)).toEqual(['EUR 7.5 owed 0', 'USD 4000 owed 0']);
  // amended after all of that: what was charged returns, and the new fee is owed
  await door.hear(trade(id, { tradeId: bought, version: 2, replaces: 1, fees: [fee('1', 'EUR')] }));
  expect(await cashOf(id)).toEqual(['EUR 10 owed 1', 'USD 5000 owed 1000']);
});

test('a statement says the fee in its own currency and adds up; planted damage to a charge is found and named', async () => {
  const id = await funded({}, ['5000', 'USD'], ['10', 'EUR']);
  const bought = tradeIdOf(await heardOf(trade(id, { fees: [fee('2.50', 'EUR')] })));
  await settle(id);
  const STATEMENT = `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { statement(from: "2026-11-01", to: "2026-11-30") {
    cash { currency closing { settled { amount } } } totals { currency feesInTrades { amount } exchanged { amount } closingCost { amount } } } } } }`;
  const { cash: of, totals } = (await door.ask(STATEMENT, { id })).data._entities[0].statement;
  expect(of).toMatchObject([{ currency: 'EUR', closing: { settled: { amount: '7.5' } } }, { currency: 'USD', closing: { settled: { amount: '4000' } } }]);
  expect(totals).toMatchObject([
    { currency: 'EUR', feesInTrades: { amount: '2.5' }, exchanged: { amount: '-2.5' } }, { currency: 'USD', feesInTrades: { amount: '0' }, exchanged: { amount: '3' }, closingCost: { amount: '1003' } },
  ]);
  const plant = (amount: string) => door.database.query("update transactional.trade_booking set charges = jsonb_set(charges, '{0,amount}', to_jsonb($2::text)) where trade_id = $1", [bought, amount]);
  await plant('2.4');
  expect(JSON.stringify(await ops.findings())).toContain('charge in EUR');
  await plant('2.5');
});

test('a custodian that debits on the contractual date has debited the cash that moves, in its currency, and the fee in its own', async () => {
  const id = await funded({}, ['2000', 'EUR'], ['10', 'GBP']);
  await door.hear(trade(id, { quantity: '20', settlement: { currency: 'EUR', rate: '0.8' }, fees: [fee('2', 'GBP')] }));
  const text = ['date,symbol,quantity,currency', '2026-11-10,ACME,20,', '2026-11-10,,400,EUR', '2026-11-10,,8,GBP'].join('\n');
  const compared = await ops.run('importCustodyStatement', { custodian: 'First Bank', text, basis: 'CONTRACTUAL', accounts: [{ account: 'C1', portfolioId: id }] }, { fields: 'reconciliations { differing lines { identifier ours } }' });
  expect(compared).toMatchObject({ userErrors: [], reconciliations: [{ differing: 0 }] });
});

async function heardOf(event: Event): Promise<Event> {
  await door.hear(event);
  return event;
}
