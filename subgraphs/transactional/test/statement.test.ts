/** Statements: that they add up, are the same for ever as known at a time, and say the same as an object, a table and a document. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvRecords } from '@pms/tables/csv';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

const STATEMENT = `query ($id: ID!, $from: Date!, $to: Date!, $knownAt: DateTime, $pdf: Boolean!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  statement(from: $from, to: $to, knownAt: $knownAt) { portfolio { id } from to knownAt
    cash { currency opening { balance { amount } settled { amount } } closing { balance { amount } settled { amount } payable { amount } receivable { amount } } }
    movements { number kind effectiveOn text reference trade { id } instrument { id } amount { amount currency } settled { amount } balance { amount } settledBalance { amount } }
    openingHoldings { quantity costBasis { amount } } closingHoldings { instrument { id } quantity currency averageCost { amount } costBasis { amount currency } }
    totals { currency contributed { amount } realizedGains { amount } fees { amount } feesInTrades { amount } openingCost { amount } closingCost { amount } }
    csv pdf @include(if: $pdf) } } } }`;
const stated = (id: string, from: string, to: string, over: Record<string, unknown> = {}, ask = {}) => door.ask(STATEMENT, { id, from, to, pdf: false, ...over }, ask);
const statement = async (...args: Parameters<typeof stated>) => (await stated(...args)).data._entities[0].statement;
const settle = (id: string, asOf: string) => door.ask('mutation ($id: ID!, $asOf: Date!) { settleDue(input: { asOf: $asOf, portfolioId: $id }) { settled } }', { id, asOf });

async function lived(): Promise<string> {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000', { effectiveDate: '2026-09-01' });
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-09-28', fees: [{ kind: 'COMMISSION', amount: { amount: '1', currency: 'USD' } }] }));
  await door.hear(validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-05', fees: [{ kind: 'COMMISSION', amount: { amount: '2', currency: 'USD' } }] }));
  await settle(portfolio, '2026-10-06');
  await w.deposit(portfolio, '70', { effectiveDate: '2026-10-30', amount: { amount: '70', currency: 'EUR' } });
  await w.deposit(portfolio, '100', { effectiveDate: '2026-11-03' });
  return portfolio;
}

test('a statement has what there was, what happened, and what there is, by currency', async () => {
  const portfolio = await lived();
  const october = await statement(portfolio, '2026-10-01', '2026-10-31');
  const zero = { balance: { amount: '0' }, settled: { amount: '0' } };
  expect(october.cash).toEqual([
    { currency: 'EUR', opening: zero, closing: { balance: { amount: '70' }, settled: { amount: '70' }, payable: { amount: '0' }, receivable: { amount: '0' } } },
    { currency: 'USD', opening: { balance: { amount: '3999' }, settled: { amount: '3999' } }, closing: { balance: { amount: '4437' }, settled: { amount: '4437' }, payable: { amount: '0' }, receivable: { amount: '0' } } },
  ]);
  expect(october.movements.map((each: any) => [each.effectiveOn, each.kind, each.text, each.amount.amount, each.amount.currency, each.settled.amount, each.balance.amount, each.settledBalance.amount])).toEqual([
    ['2026-10-05', 'TRADE_BOOKED', 'Sold 4 ACME at 110', '438', 'USD', '0', '4437', '3999'],
    ['2026-10-06', 'TRADE_SETTLED', 'Settled: sale of 4 ACME', '0', 'USD', '438', '4437', '4437'],
    ['2026-10-30', 'DEPOSIT', 'Deposit', '70', 'EUR', '70', '70', '70'],
  ]);
  expect(october.openingHoldings).toEqual([{ quantity: '10', costBasis: { amount: '1001' } }]);
  expect(october.closingHoldings).toEqual([{ instrument: { id: w.instrumentId }, quantity: '6', currency: 'USD', averageCost: { amount: '100.1' }, costBasis: { amount: '600.6', currency: 'USD' } }]);
  expect(october.totals).toMatchObject([{ currency: 'EUR', contributed: { amount: '70' } }, {
    currency: 'USD', contributed: { amount: '0' }, realizedGains: { amount: '37.6' }, fees: { amount: '0' }, feesInTrades: { amount: '2' }, openingCost: { amount: '1001' }, closingCost: { amount: '600.6' },
  }]);
});

test('a statement that was known at a time is the same for ever, byte for byte, whatever comes later', async () => {
  const portfolio = await lived();
  const then = await statement(portfolio, '2026-10-01', '2026-10-31', { pdf: true });
  expect(Buffer.from(then.pdf, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
  const late = validated(portfolio, w.instrumentId, { quantity: '1', price: '90', tradeDate: '2026-10-02' });
  await door.hear(late);
  const again = await statement(portfolio, '2026-10-01', '2026-10-31', { pdf: true, knownAt: then.knownAt });
  expect(again).toEqual(then);
  const now = await statement(portfolio, '2026-10-01', '2026-10-31', { pdf: true });
  expect(now.movements.length).toBe(4);
  expect(now.pdf).not.toBe(then.pdf);
  await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(late)));
  const taken = await statement(portfolio, '2026-10-01', '2026-10-31');
  expect(taken.movements.map(({ text }: { text: string }) => text)).toContain('Reversal: bought 1 ACME at 90');
  expect(taken.closingHoldings).toEqual(then.closingHoldings);
});

test('the table says the same as the object, exactly, and is plain RFC 4180', async () => {
  const portfolio = await lived();
  const { csv } = await statement(portfolio, '2026-10-01', '2026-10-31');
  const { records, problems } = csvRecords(csv, { delimiter: ',', recordsMax: 100 });
  expect(problems).toEqual([]);
  const [head = [], ...rows] = records.map(({ cells }) => cells);
  const of = (section: string, ...columns: readonly string[]) => rows.filter(([first]) => first === section).map((row) => columns.map((column) => row[head.indexOf(column)]));
  expect(of('STATEMENT', 'description', 'reference', 'currency')).toEqual([['Growth', portfolio, 'USD']]);
  expect(of('OPENING_CASH', 'currency', 'balance')).toEqual([['EUR', '0'], ['USD', '3999']]);
  expect(of('MOVEMENT', 'date', 'kind', 'symbol', 'amount', 'settled_amount', 'balance')).toEqual([
    ['2026-10-05', 'TRADE_BOOKED', 'ACME', '438', '0', '4437'], ['2026-10-06', 'TRADE_SETTLED', 'ACME', '0', '438', '4437'], ['2026-10-30', 'DEPOSIT', '', '70', '70', '70']]);
  expect(of('CLOSING_HOLDING', 'symbol', 'quantity', 'amount', 'currency')).toEqual([['ACME', '6', '600.6', 'USD']]);
  expect(of('TOTAL', 'description', 'currency', 'amount')).toContainEqual(['Realised gains', 'USD', '37.6']);
});

test('a period that ends before it begins, and a portfolio of somebody else, are refused', async () => {
  const portfolio = await lived();
  expect((await stated(portfolio, '2026-10-31', '2026-10-01')).codes).toEqual(['BAD_USER_INPUT']);
  expect((await stated(portfolio, '2026-10-01', '2026-10-31', {}, { as: principal({ organizationId: 'org_other' }) })).codes).toEqual(['NOT_FOUND']);
  expect((await stated(portfolio, '2026-10-01', '2026-10-31', {}, { as: principal({ scopes: new Set(['portfolio:read']) }) })).codes).toEqual(['FORBIDDEN']);
});

test('whatever happens, and over whatever period, a statement adds up, and periods that follow each other join', async () => {
  const day = fc.integer({ min: 1, max: 27 });
  const date = (n: number): string => `2026-10-${String(n).padStart(2, '0')}`;
  const trade = fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 40 }), cents: fc.integer({ min: 1, max: 9_000 }), day, cancel: fc.boolean(), settle: fc.boolean() });
  await fc.assert(fc.asyncProperty(fc.array(trade, { minLength: 1, maxLength: 10 }), day, async (trades, split) => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '100000', { effectiveDate: '2026-09-30' });
    for (const { side, quantity, cents, day: on, cancel, settle: due } of trades) {
      const event = validated(portfolio, w.instrumentId, { side, quantity: `${quantity}.5`, price: (cents / 100).toFixed(2), tradeDate: date(on), fees: [{ kind: 'COMMISSION', amount: { amount: '0.35', currency: 'USD' } }] });
      await door.hear(event);
      if (due) await settle(portfolio, date(on));
      if (cancel) await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(event)));
    }
    const knownAt = await nowKnown();
    // that each adds up is checked where it is made
    const [whole, first, second] = [await statement(portfolio, '2026-10-01', '2026-10-31', { knownAt }), await statement(portfolio, '2026-10-01', date(split), { knownAt }), await statement(portfolio, date(split + 1), '2026-10-31', { knownAt })];
    const usd = (of: any) => of.cash.find(({ currency }: { currency: string }) => currency === 'USD');
    expect(usd(first).opening).toEqual(usd(whole).opening);
    expect(usd(first).closing).toMatchObject(usd(second).opening);
    expect(usd(second).closing).toEqual(usd(whole).closing);
    expect([...first.movements, ...second.movements].map(({ number }: { number: number }) => number)).toEqual(whole.movements.map(({ number }: { number: number }) => number));
  }), { numRuns: 10 });
}, 60_000);
