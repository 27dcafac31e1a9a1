/** The life of a trade: amended, cancelled, checked, booked, settled; seen through the domain's front door. */
import type { Event } from '@pms/events/envelope';
import { portfolioClosed, portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { settlementFailed, settlementProgressed, tradeBooked, tradeSettled } from '@pms/schema/events/transactional';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
const opened = (id: string): Event => heard(portfolioCreated, id, { portfolioId: id, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null });
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(opened('prt_a'), opened('prt_b'), ...['ins_acme', 'ins_other'].map((id) =>
    heard(instrumentCreated, id, { instrumentId: id, symbol: id, name: id, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' })));
});
afterAll(() => door.close());

const CAPTURE = 'mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id } userErrors { code } } }';
const AMEND = 'mutation ($input: AmendTradeInput!) { amendTrade(input: $input) { trade { id version status quantity } userErrors { code path } } }';
const CANCEL = 'mutation ($input: CancelTradeInput!) { cancelTrade(input: $input) { trade { id version status } userErrors { code path } } }';
const READ = 'query ($id: ID!) { trade(id: $id) { version status quantity history { version kind status replaces quantity by reason } } }';
const PAGE = `query ($of: [_Any!]!, $filter: TradeFilter, $first: Int, $after: String, $last: Int, $before: String) { _entities(representations: $of) { ... on Portfolio {
  id trades(filter: $filter, first: $first, after: $after, last: $last, before: $before) { edges { node { quantity } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`;

let number = 0;
async function capture(over: Record<string, unknown> = {}): Promise<string> {
  const input = { portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '5', currency: 'USD', tradeDate: '2026-01-05', externalId: `life-${(number += 1)}`, ...over };
  return (await door.ask(CAPTURE, { input })).data.captureTrade.trade.id as string;
}
const read = async (id: string) => (await door.ask(READ, { id })).data.trade;
const amend = async (tradeId: string, changes: Record<string, unknown>) => (await door.ask(AMEND, { input: { tradeId, reason: 'mistyped', ...changes } })).data.amendTrade;
const cancel = async (tradeId: string, over: Record<string, unknown> = {}) => (await door.ask(CANCEL, { input: { tradeId, reason: 'entered twice', ...over } })).data.cancelTrade;

const facts = (tradeId: string, version: number): TradeFacts => ({
  tradeId, version, portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '5', currency: 'USD', tradeDate: '2026-01-05', fees: [],
  externalId: null, capturedAt: '2026-01-05T10:00:00.000000Z',
});
const validated = (id: string, version = 1) => heard(tradeValidated, 'prt_a', { ...facts(id, version), checks: [], replaces: null, approvedBy: null });
const rejected = (id: string, version = 1) => heard(tradeRejected, 'prt_a', { tradeId: id, version, portfolioId: 'prt_a', checks: [], rejectedBy: null });
const pending = (id: string, version = 1) => heard(tradeNeedsApproval, 'prt_a', { tradeId: id, version, portfolioId: 'prt_a', checks: [] });
const booked = (id: string, version = 1) => heard(tradeBooked, 'prt_a', {
  ...facts(id, version), contractualSettlementDate: '2026-01-06', netAmount: '-50', realizedPnl: '0',
  position: { instrumentId: 'ins_acme', quantity: '10', costBasis: '50', averageCost: '5', realizedPnl: '0', currency: 'USD' },
});
const settled = (id: string, version = 1) => heard(tradeSettled, 'prt_a', { tradeId: id, version, portfolioId: 'prt_a', settledOn: '2026-01-06', netAmount: '-50', currency: 'USD' });
const failed = (id: string, version = 1) => heard(settlementFailed, 'prt_a', { tradeId: id, version, portfolioId: 'prt_a', reason: 'no shares', attempt: 1 });

test('news of one run moves each version through all of it, and tells of every step', async () => {
  const [one, other] = [await capture(), await capture()];
  await door.hear(validated(one), validated(other), booked(one), validated(one), settled(one), booked(one));
  expect([(await read(one)).status, (await read(other)).status]).toEqual(['SETTLED', 'VALIDATED']);
  const { rows } = await door.database.query('select kind from trade_capture.trade_event where trade_id = $1 order by number', [one]);
  expect(rows).toEqual(['CAPTURED', 'VALIDATED', 'BOOKED', 'SETTLED'].map((kind) => ({ kind })));
});

test('a trade moves from captured over validated and booked to settled', async () => {
  const id = await capture();
  const seen: string[] = [(await read(id)).status];
  for (const news of [validated(id), booked(id), failed(id), settled(id)]) {
    await door.hear(news);
    seen.push((await read(id)).status);
  }
  expect(seen).toEqual(['CAPTURED', 'VALIDATED', 'BOOKED', 'BOOKED', 'SETTLED']);
});

test('a trade whose delivery the custodian took back is booked again, says why, and may settle again', async () => {
  const id = await capture();
  const HISTORY = 'query ($id: ID!) { trade(id: $id) { status statusReason statusAt history { version status statusReason } } }';
  const progressed = (progress: 'MATCHED' | 'DELIVERY_REVERSED') =>
    heard(settlementProgressed, 'prt_a', { tradeId: id, version: 1, portfolioId: 'prt_a', progress, on: '2026-01-08', ...(progress === 'DELIVERY_REVERSED' && { reason: 'wrong account' }) });
  const back = progressed('DELIVERY_REVERSED');
  const matched = progressed('MATCHED');
  await door.hear(validated(id), booked(id), progressed('DELIVERY_REVERSED'), settled(id), matched);
  // whoever waits for it to be handled finds that it was
  expect((await door.database.query('select 1 from trade_capture.inbox_event where id = $1', [matched.id])).rowCount).toBe(1);
  expect(await read(id)).toMatchObject({ status: 'SETTLED' });
  await door.hear(back, failed(id), booked(id));
  const statusReason = 'the custodian took the delivery back on 2026-01-08: wrong account';
  expect((await door.ask(HISTORY, { id })).data.trade).toMatchObject({ status: 'BOOKED', statusReason, history: [{ version: 1, status: 'BOOKED', statusReason }] });
  await door.hear(settled(id), back);
  expect((await door.ask(HISTORY, { id })).data.trade).toMatchObject({ status: 'SETTLED', statusReason: null });
  const { rows } = await door.database.query('select kind from trade_capture.trade_event where trade_id = $1 order by number', [id]);
  expect(rows.map(({ kind }) => kind)).toEqual(['CAPTURED', 'VALIDATED', 'BOOKED', 'SETTLED', 'SETTLEMENT_REVERSED', 'SETTLEMENT_FAILED', 'SETTLED']);
});

test('news that comes late or twice never moves a trade backwards', async () => {
  const id = await capture();
  const booking = booked(id);
  await door.hear(booking, validated(id), pending(id), rejected(id), booking);
  expect((await read(id)).status).toBe('BOOKED');
  expect((await read(await capture())).status).toBe('CAPTURED');
});

test('a run of many trades is followed in one step', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => capture()));
  await door.hear(...ids.map((id) => validated(id)), ...ids.map((id) => booked(id)));
  const statuses = await Promise.all(ids.map(async (id) => (await read(id)).status));
  expect(new Set(statuses)).toEqual(new Set(['BOOKED']));
});

test('an amendment is a new version, told with the one it replaces; the history keeps both, with who and why', async () => {
  const id = await capture();
  await door.hear(validated(id), booked(id));
  expect(await amend(id, { quantity: '12', expectedVersion: 1 })).toEqual({ trade: { id, version: 2, status: 'CAPTURED', quantity: '12' }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'trade-capture.trade-amended.v1', reason: 'mistyped', data: { tradeId: id, version: 2, replaces: 1, quantity: '12', price: '5' } });
  expect((await read(id)).history).toEqual([
    { version: 1, kind: 'CAPTURE', status: 'BOOKED', replaces: null, quantity: '10', by: 'usr_tester', reason: null },
    { version: 2, kind: 'AMENDMENT', status: 'CAPTURED', replaces: 1, quantity: '12', by: 'usr_tester', reason: 'mistyped' },
  ]);
});

test('a refused amendment leaves the trade as it was; the next one counts on and replaces what stands', async () => {
  const id = await capture();
  await door.hear(validated(id), booked(id));
  await amend(id, { quantity: '1000' });
  await door.hear(rejected(id, 2));
  expect(await read(id)).toMatchObject({ version: 1, status: 'BOOKED', quantity: '10', history: [{ status: 'BOOKED' }, { status: 'REJECTED' }] });
  expect(await amend(id, { quantity: '11' })).toMatchObject({ trade: { version: 3, quantity: '11' } });
  expect((await door.told()).at(-1)).toMatchObject({ data: { version: 3, replaces: 1 } });
});

test('news of an earlier version does not touch what the trade shows', async () => {
  const id = await capture();
  await amend(id, { quantity: '12' });
  await door.hear(validated(id, 1), booked(id, 1));
  expect(await read(id)).toMatchObject({ version: 2, status: 'CAPTURED', history: [{ status: 'BOOKED' }, { status: 'CAPTURED' }] });
});

test('a trade whose every version was refused shows the newest', async () => {
  const id = await capture();
  await amend(id, { quantity: '12' });
  await door.hear(rejected(id, 1), rejected(id, 2));
  expect(await read(id)).toMatchObject({ version: 2, status: 'REJECTED' });
});

test('what cannot be amended is refused', async () => {
  const id = await capture();
  const cases: [Record<string, unknown>, string, string[]][] = [
    [{ expectedVersion: 7, quantity: '2' }, 'CONFLICT', ['expectedVersion']],
    [{ quantity: '10.0' }, 'INVALID', []],
    [{ quantity: '0' }, 'INVALID', ['quantity']],
    [{ instrumentId: 'ins_none' }, 'NOT_FOUND', ['instrumentId']],
    [{ quantity: '2', reason: ' ' }, 'INVALID', ['reason']],
  ];
  for (const [changes, code, path] of cases) expect(await amend(id, changes), JSON.stringify(changes)).toEqual({ trade: null, userErrors: [{ code, path }] });
  const stranger = principal({ organizationId: 'org_other' });
  for (const [asked, as] of [['trd_none', undefined], [id, stranger]] as const) {
    const { data } = await door.ask(AMEND, { input: { tradeId: asked, quantity: '2', reason: 'x' } }, as === undefined ? {} : { as });
    expect(data.amendTrade).toEqual({ trade: null, userErrors: [{ code: 'NOT_FOUND', path: ['tradeId'] }] });
  }
  await door.hear(rejected(id));
  expect(await amend(id, { quantity: '2' })).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['tradeId'] }] });
});

test('the same amendment under one key is made once; another under that key is refused', async () => {
  const id = await capture();
  const changes = { quantity: '12', idempotencyKey: `amend-${id}` };
  const before = (await door.told()).length;
  expect(await Promise.all([amend(id, changes), amend(id, changes)])).toMatchObject([{ trade: { version: 2 } }, { trade: { version: 2 } }]);
  expect(await amend(id, { ...changes, quantity: '13' })).toEqual({ trade: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
  expect(await door.told()).toHaveLength(before + 1);
});

test('concurrent amendments that expect the same version: one is made', async () => {
  const id = await capture();
  const answers = await Promise.all(['11', '12', '13'].map((quantity) => amend(id, { quantity, expectedVersion: 1 })));
  expect(answers.map(({ userErrors }): string => userErrors.map(({ code }: { code: string }) => code).join()).toSorted()).toEqual(['', 'CONFLICT', 'CONFLICT']);
});

test('a cancelled trade stays cancelled, whatever is still heard of it', async () => {
  const id = await capture();
  await door.hear(validated(id));
  expect(await cancel(id)).toEqual({ trade: { id, version: 2, status: 'CANCELLED' }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'trade-capture.trade-cancelled.v1', reason: 'entered twice', data: { tradeId: id, version: 2 } });
  await door.hear(booked(id, 1), settled(id, 1));
  expect(await read(id)).toMatchObject({ version: 2, status: 'CANCELLED' });
  expect(await cancel(id)).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['tradeId'] }] });
});

test('a cancellation repeated under its key is answered as the first was', async () => {
  const id = await capture();
  const over = { idempotencyKey: `cancel-${id}` };
  expect(await cancel(id, over)).toEqual(await cancel(id, over));
});

test('trades of a closed portfolio stay as they are', async () => {
  await door.hear(opened('prt_closing'));
  const id = await capture({ portfolioId: 'prt_closing' });
  await door.hear(heard(portfolioClosed, 'prt_closing', { portfolioId: 'prt_closing' }));
  expect(await amend(id, { quantity: '2' })).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['tradeId'] }] });
});

test('the terms of a version cannot be changed in the database, nor a version removed', async () => {
  await capture();
  for (const statement of ['update trade_capture.trade_version set quantity = quantity + 1', "update trade_capture.trade_version set counterparty = 'x'", 'delete from trade_capture.trade_version'])
    await expect(door.database.query(statement)).rejects.toThrow(/append-only/);
});

test('a portfolio lists its trades newest first, in pages, filtered', async () => {
  for (const quantity of ['1', '2', '3', '4', '5']) await capture({ portfolioId: 'prt_b', quantity, side: Number(quantity) > 3 ? 'SELL' : 'BUY' });
  const page = async (args: Record<string, unknown>) => (await door.ask(PAGE, { of: [{ __typename: 'Portfolio', id: 'prt_b' }], ...args })).data._entities[0].trades;
  const quantities = ({ edges }: { edges: { node: { quantity: string } }[] }) => edges.map(({ node }) => node.quantity);
  const first = await page({ first: 2 });
  expect([quantities(first), first.pageInfo.hasNextPage]).toEqual([['5', '4'], true]);
  const second = await page({ first: 2, after: first.pageInfo.endCursor });
  expect(quantities(second)).toEqual(['3', '2']);
  expect(quantities(await page({ last: 2, before: second.pageInfo.startCursor }))).toEqual(['5', '4']);
  expect(quantities(await page({ last: 1 }))).toEqual(['1']);
  expect(quantities(await page({ filter: { side: 'BUY', status: ['CAPTURED'] } }))).toEqual(['3', '2', '1']);
  expect(quantities(await page({ filter: { instrumentId: 'ins_other' } }))).toEqual([]);
  expect(quantities(await page({ filter: { from: '2026-01-06' } }))).toEqual([]);
});

test('a subscriber hears each change of a trade, with the trade as it is then', async () => {
  const news = await door.subscribe('subscription { tradeEvents(portfolioId: "prt_b") { kind version trade { status quantity instrument { id } portfolio { id } } } }');
  const events = news[Symbol.asyncIterator]();
  const next = async () => (await events.next()).value.data.tradeEvents;
  const id = await capture({ portfolioId: 'prt_b', quantity: '7' });
  const trade = { quantity: '7', instrument: { id: 'ins_acme' }, portfolio: { id: 'prt_b' } };
  expect(await next()).toEqual({ kind: 'CAPTURED', version: 1, trade: { status: 'CAPTURED', ...trade } });
  await door.hear(validated(id));
  expect(await next()).toEqual({ kind: 'VALIDATED', version: 1, trade: { status: 'VALIDATED', ...trade } });
  await door.hear(booked(id), failed(id));
  expect(await next()).toMatchObject({ kind: 'BOOKED' });
  expect(await next()).toMatchObject({ kind: 'SETTLEMENT_FAILED', trade: { status: 'BOOKED' } });
  await cancel(id);
  expect(await next()).toMatchObject({ kind: 'CANCELLED', version: 2, trade: { status: 'CANCELLED' } });
  await events.return?.();
});

test('nobody listens to another organisation, or to a portfolio that is not there', async () => {
  const ask = (id: string, as = principal()) => door.subscribe(`subscription { tradeEvents(portfolioId: "${id}") { kind } }`, {}, { as });
  await expect(ask('prt_none')).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  await expect(ask('prt_a', principal({ organizationId: 'org_other' }))).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
});
