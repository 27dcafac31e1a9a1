/** Capturing trades through the domain's front door. */
import { portfolioClosed, portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    ...['prt_a', 'prt_b', 'prt_closed'].map((id) => heard(portfolioCreated, id,
      { portfolioId: id, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })),
    heard(portfolioClosed, 'prt_closed', { portfolioId: 'prt_closed' }),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
});
afterAll(() => door.close());

const CAPTURE = `mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) {
  trade { id version status side quantity price grossAmount { amount currency } fees { kind amount { amount } } externalId capturedBy instrument { id } portfolio { id } }
  userErrors { code path } } }`;
const CAPTURE_ALL = `mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) {
  results { index outcome trade { id externalId } } captured duplicates refused userErrors { code path } } }`;
const stranger = principal({ organizationId: 'org_other' });

let number = 0;
const buy = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '100', price: '187.25', currency: 'USD', tradeDate: '2026-01-05',
  externalId: `ext-${(number += 1)}`, ...over,
});
const toldOf = async (portfolioId: string) => (await door.told()).filter(({ key }) => key === portfolioId);

test('a captured trade is recorded with its fees and told under its portfolio', async () => {
  const fees = [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }];
  const { data } = await door.ask(CAPTURE, { input: buy({ externalId: 'broker-77', fees, reason: 'rebalancing' }) });
  expect(data.captureTrade).toMatchObject({
    trade: { version: 1, status: 'CAPTURED', side: 'BUY', quantity: '100', price: '187.25', grossAmount: { amount: '18725', currency: 'USD' },
      fees: [{ kind: 'COMMISSION', amount: { amount: '1.5' } }], externalId: 'broker-77', capturedBy: 'usr_tester', instrument: { id: 'ins_acme' }, portfolio: { id: 'prt_a' } },
    userErrors: [],
  });
  const told = (await toldOf('prt_a')).at(-1);
  expect(told).toMatchObject({
    type: 'trade-capture.trade-captured.v1', actor: 'usr_tester', reason: 'rebalancing',
    data: { tradeId: data.captureTrade.trade.id, version: 1, quantity: '100', price: '187.25', tradeDate: '2026-01-05' },
  });
});

test('the same external id again returns the first trade and writes nothing; other content under it is refused', async () => {
  const input = buy({ externalId: 'again', quantity: '10' });
  const first = await door.ask(CAPTURE, { input });
  const before = (await door.told()).length;
  const repeats = await Promise.all([door.ask(CAPTURE, { input }), door.ask(CAPTURE, { input: { ...input, quantity: '10.00' } })]);
  for (const { data } of repeats) expect(data.captureTrade).toEqual(first.data.captureTrade);
  const other = await door.ask(CAPTURE, { input: { ...input, quantity: '11' } });
  expect(other.data.captureTrade).toEqual({ trade: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['externalId'] }] });
  expect(await door.told()).toHaveLength(before);
});

test('concurrent captures under one name leave one trade', async () => {
  const input = buy({ externalId: undefined, idempotencyKey: 'raced' });
  const answers = await Promise.all(Array.from({ length: 5 }, () => door.ask(CAPTURE, { input })));
  expect(new Set(answers.map(({ data }) => data.captureTrade.trade.id)).size).toBe(1);
});

test('what cannot be used is refused with its path', async () => {
  const cases: [Record<string, unknown>, string, string[]][] = [
    [{ quantity: '0' }, 'INVALID', ['quantity']],
    [{ quantity: '-1' }, 'INVALID', ['quantity']],
    [{ price: '0' }, 'INVALID', ['price']],
    [{ quantity: '99999999999', price: '99999999999' }, 'INVALID', ['quantity']],
    [{ currency: 'EUR' }, 'INVALID', ['currency']],
    [{ tradeDate: '2999-01-01' }, 'INVALID', ['tradeDate']],
    [{ externalId: undefined }, 'INVALID', ['externalId']],
    [{ fees: [{ kind: 'TAX', amount: { amount: '1', currency: 'GBX' } }] }, 'INVALID', ['fees', '0', 'amount', 'currency']],
    [{ fees: [{ kind: 'TAX', amount: { amount: '-1', currency: 'USD' } }] }, 'INVALID', ['fees', '0', 'amount', 'amount']],
    [{ portfolioId: 'prt_none' }, 'NOT_FOUND', ['portfolioId']],
    [{ instrumentId: 'ins_none' }, 'NOT_FOUND', ['instrumentId']],
    [{ portfolioId: 'prt_closed' }, 'CONFLICT', ['portfolioId']],
  ];
  const before = (await door.told()).length;
  for (const [over, code, path] of cases) {
    const { data } = await door.ask(CAPTURE, { input: buy(over) });
    expect(data.captureTrade, JSON.stringify(over)).toEqual({ trade: null, userErrors: [{ code, path }] });
  }
  expect(await door.told()).toHaveLength(before);
});

test('another organisation sees neither portfolio, instrument nor trade', async () => {
  const { data } = await door.ask(CAPTURE, { input: buy() });
  const { id } = data.captureTrade.trade;
  expect((await door.ask(CAPTURE, { input: buy() }, { as: stranger })).data.captureTrade).toEqual({ trade: null, userErrors: [{ code: 'NOT_FOUND', path: ['portfolioId'] }] });
  const READ = 'query ($id: ID!) { trade(id: $id) { id } }';
  expect(await door.ask(READ, { id })).toMatchObject({ data: { trade: { id } }, codes: [] });
  for (const asked of [door.ask(READ, { id }, { as: stranger }), door.ask(READ, { id: 'trd_none' })])
    expect(await asked).toMatchObject({ data: { trade: null }, codes: ['NOT_FOUND'] });
  const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade { id } ... on Portfolio { trades { edges { node { id } } } } } }';
  const of = [{ __typename: 'Trade', id }, { __typename: 'Portfolio', id: 'prt_a' }];
  expect((await door.ask(entities, { of }, { as: stranger })).data._entities).toEqual([null, { trades: { edges: [] } }]);
});

test('in bulk each row stands for itself: good ones are captured, others are named', async () => {
  const trades = [buy({ externalId: 'bulk-1' }), buy({ externalId: 'bulk-2', quantity: '0' }), buy({ externalId: 'bulk-3', portfolioId: 'prt_b' }), buy({ externalId: 'bulk-1' }),
    buy({ externalId: 'bulk-1', price: '1' })];
  const { data } = await door.ask(CAPTURE_ALL, { input: { trades } });
  expect(data.captureTrades).toMatchObject({ captured: 2, duplicates: 1, refused: 2 });
  expect(data.captureTrades.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['CAPTURED', 'REFUSED', 'CAPTURED', 'DUPLICATE', 'REFUSED']);
  expect(data.captureTrades.results[3].trade.id).toBe(data.captureTrades.results[0].trade.id);
  expect(data.captureTrades.userErrors).toEqual([
    { code: 'INVALID', path: ['trades', '1', 'quantity'] }, { code: 'IDEMPOTENCY_CONFLICT', path: ['trades', '4', 'externalId'] }]);
  const empty = await door.ask(CAPTURE_ALL, { input: { trades: [] } });
  expect(empty.data.captureTrades).toEqual({ results: null, captured: null, duplicates: null, refused: null, userErrors: [{ code: 'INVALID', path: ['trades'] }] });
});

test('ten thousand trades are captured in one call, and a repeated call finds each of them again', async () => {
  const trades = Array.from({ length: 10_000 }, (_, index) => buy({ externalId: `many-${index}`, portfolioId: 'prt_b', quantity: String(index + 1) }));
  const first = await door.ask(CAPTURE_ALL, { input: { trades } });
  expect(first.data.captureTrades).toMatchObject({ captured: 10_000, duplicates: 0, refused: 0, userErrors: [] });
  const again = await door.ask(CAPTURE_ALL, { input: { trades } });
  expect(again.data.captureTrades).toMatchObject({ captured: 0, duplicates: 10_000, refused: 0, userErrors: [] });
  const told = (await toldOf('prt_b')).filter(({ data }) => (data as { externalId: string }).externalId.startsWith('many-'));
  expect(told.map(({ data }) => (data as { quantity: string }).quantity)).toEqual(trades.map(({ quantity }) => quantity));
}, 120_000);

test('versions of one portfolio are told in the order of their instants, however many capture at once', async () => {
  await Promise.all(Array.from({ length: 20 }, () => door.ask(CAPTURE_ALL, { input: { trades: [buy(), buy(), buy()] } })));
  const instants = (await toldOf('prt_a')).map(({ data }) => (data as { capturedAt: string }).capturedAt);
  expect(instants).toEqual(instants.toSorted());
  expect(new Set(instants).size).toBe(instants.length);
});

test('a capture repeated after its portfolio was closed returns the first trade', async () => {
  await door.hear(heard(portfolioCreated, 'prt_soon', { portfolioId: 'prt_soon', name: 'x', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }));
  const input = buy({ portfolioId: 'prt_soon' });
  const first = await door.ask(CAPTURE, { input });
  await door.hear(heard(portfolioClosed, 'prt_soon', { portfolioId: 'prt_soon' }));
  expect((await door.ask(CAPTURE, { input })).data).toEqual(first.data);
  expect((await door.ask(CAPTURE, { input: { ...input, price: '1' } })).data.captureTrade.userErrors).toEqual([{ code: 'IDEMPOTENCY_CONFLICT', path: ['externalId'] }]);
});
