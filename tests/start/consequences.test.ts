/**
 * A consistency token is followed through the domains: who captures a trade and presents the token reads what came of it, booked, refused or waiting for a person, in
 * every domain, at once where it is there and after a bounded wait where it is not. Nothing but events runs here: no clock does the work that somebody waits for.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tokenOf as tokenRead } from '@pms/events/consistency-token';
import { gatherToken } from '@pms/events/consistency';
import { newId } from '@pms/events/ids';
import { schemaOf } from '@pms/events/sql';
import { connect, type Database } from '@pms/prisma/connect';
import { domainNames } from '@pms/processes/catalogue';
import { environment } from '@pms/processes/environment';
import { flows } from '@pms/processes/flows';
import { type Ask, followingTokens } from '@pms/processes/follow-token';
import { openWorld, type World } from '@pms/processes/world';
import { inProcess } from '@pms/router/dial/in-process';
import { overHttp } from '@pms/router/dial/over-http';
import { standardSubgraph } from '@pms/router/dial/settings';
import type { Dial } from '@pms/router/dial/transport';
import { metrics } from '@pms/telemetry/metrics';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { keepRoleSecrets, testDatabase } from '@pms/testing/test-database';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../journeys/support/platform.ts';

const HEADER = 'x-pms-consistency';
/** Of all trades, whatever the day is. */
const DAY = '2026-11-20';
const home = mkdtempSync(path.join(os.tmpdir(), 'pms-followed-'));
let world: World;
/** As the owner of everything. */
let owner: Database;
let drop: () => Promise<void>;
let instrumentId: string;
let followed: Dial;

const asked: Ask = async (domain, { principal: who, token, correlationId, passed = {} }) => await world.followers.get(domain)?.({ principal: who, token, correlationId, headers: passed }) ?? [];
const local = (): Dial => inProcess(world.subgraphs.map((subgraph) => ({
  name: subgraph.name, schema: subgraph.schema, contextFor: world.readers.get(subgraph.name) ?? subgraph.contextFor,
  gatherToken: ({ principal: who, correlationId }) => gatherToken({ organizationId: who?.organizationId ?? '', correlationId }),
})));
const following = (over: { waitMsMax?: number } = {}): Dial => followingTokens(local(), { flows, waitMsMax: 20_000, ask: asked, ...over });

beforeAll(async () => {
  const made = await testDatabase();
  drop = made.drop;
  keepRoleSecrets(home);
  owner = connect(made.url, { poolMax: 3 });
  world = await openWorld({ environment: environment({ PMS_HOME: home, PMS_DEMO: 'false', LOG_LEVEL: 'silent', CONSISTENCY_WAIT_MS: '20000' }), databaseUrl: made.url, domains: domainNames, shared: false, logger: silent });
  await world.bus.start();
  followed = following();
  instrumentId = (await changed('rttm', 'createInstrument', { symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', idempotencyKey: 'n' }, 'instrument { id }')).data.instrument.id;
  await changed('rttm', 'importPrices', { instrumentId, rows: [{ date: DAY, close: '100' }] }, 'imported');
  await world.bus.settled();
}, 120_000);
afterAll(async () => {
  await world?.close();
  await owner?.close();
  await drop?.();
  rmSync(home, { recursive: true, force: true });
});

interface Given {
  readonly token?: string | undefined;
  readonly as?: ReturnType<typeof principal>;
  readonly dial?: Dial;
}

async function sent(domain: string, query: string, variables: Record<string, unknown>, { token, as = principal(), dial = followed }: Given = {}) {
  const transport = dial({ name: domain, url: '' }, { ...standardSubgraph, headers: { pass: [HEADER], set: {} } });
  const kind = query.startsWith('mutation') ? 'mutation' : 'query';
  const { data, errors, extensions } = await transport.execute({ query, kind, variables }, { principal: as, token: null, correlationId: newId('req'), ...(token !== undefined && { passed: { [HEADER]: token } }) });
  expect(errors).toBeUndefined();
  const written: unknown = extensions?.['consistencyToken'];
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what a test asserts
  return { data: data as any, token: typeof written === 'string' ? written : '' };
}

async function changed(domain: string, mutation: string, input: object, selection: string, given: Given = {}) {
  const type = `${mutation[0]?.toUpperCase() ?? ''}${mutation.slice(1)}Input!`;
  const { data, token } = await sent(domain, `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { code message } } }`, { input }, given);
  expect(data[mutation].userErrors).toEqual([]);
  return { data: data[mutation], token };
}

let names = 0;
async function funded(): Promise<string> {
  const key = `made ${String((names += 1))}`;
  const made = await changed('portfolio', 'createPortfolio', { name: key, baseCurrency: 'USD', idempotencyKey: key }, 'portfolio { id }');
  const { id } = made.data.portfolio;
  await changed('transactional', 'depositCash', { portfolioId: id, amount: { amount: '100000', currency: 'USD' }, effectiveDate: DAY, idempotencyKey: key }, 'cash { currency }', { token: made.token });
  await world.bus.settled();
  return id;
}

const trade = (portfolioId: string, over: object = {}) =>
  ({ portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: DAY, externalId: newId('ext'), ...over });
const captured = (portfolioId: string, over: object = {}) => changed('trade-capture', 'captureTrade', trade(portfolioId, over), 'trade { id }');
const entity = (domain: string, id: string, fields: string, given: Given) =>
  sent(domain, `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { ${fields} } } }`, { of: [{ __typename: 'Portfolio', id }] }, given).then(({ data }) => data._entities[0]);

/** Quantity, cash, and what sales have brought. */
async function books(portfolioId: string, given: Given): Promise<readonly [quantity: string, cash: string, realised: string]> {
  const { positions, cash } = await entity('transactional', portfolioId, 'positions(includeClosed: true) { quantity realizedPnl { amount } } cash { balance { amount } }', given);
  return [positions[0]?.quantity ?? '0', cash[0].balance.amount, positions[0]?.realizedPnl.amount ?? '0'];
}

/** What goes on while validation cannot handle anything, and then can. */
async function whileHeldUp(work: () => Promise<void>): Promise<void> {
  await owner.transaction(async (sql) => {
    await sql.query('lock table validation.inbox_event in share mode');
    await work();
  });
}
const heldUp = () => vi.waitFor(async () => {
  const { rows: [waiting] } = await owner.query<{ count: number }>(`select count(*)::int as count from pg_locks where relation = 'validation.inbox_event'::regclass and not granted`);
  expect(waiting?.count).toBeGreaterThan(0);
}, { timeout: 20_000, interval: 10 });
const hopsMade = async (): Promise<number> => (await metrics.getSingleMetric('pms_consistency_hops_total')?.get())?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;

test('a trade that was captured is in the books, the value and the rank of whoever presents its token, again and again', async () => {
  const portfolioId = await funded();
  for (let times = 1; times <= 6; times += 1) {
    const sale = times % 3 === 0;
    const { token } = await captured(portfolioId, sale ? { side: 'SELL', quantity: '5', price: '110' } : { price: '100' });
    const sales = Math.floor(times / 3);
    const bought = times - sales;
    const cash = String(100_000 - bought * 1_000 + sales * 550);
    const [booked, value, places] = await Promise.all([
      books(portfolioId, { token }),
      entity('analytics', portfolioId, 'valuation { cash { amount } realizedPnl { amount } } exposure { marketValue { amount } } performance { timeWeightedReturn }', { token }),
      sent('leaderboard', '{ leaderboard(metric: TIME_WEIGHTED_RETURN, window: SINCE_INCEPTION) { edges { node { portfolio { id } rank { value } } } } }', {}, { token }),
    ]);
    expect(booked).toEqual([String(bought * 10 - sales * 5), cash, String(sales * 50)]);
    expect(value.valuation).toEqual({ cash: { amount: cash }, realizedPnl: { amount: String(sales * 50) } });
    const place = places.data.leaderboard.edges.find(({ node }: { node: { portfolio: { id: string } } }) => node.portfolio.id === portfolioId);
    expect(value.performance.timeWeightedReturn).toEqual(expect.any(Number));
    expect(place?.node.rank.value).toBe(value.performance.timeWeightedReturn);
    const { trades } = await entity('trade-capture', portfolioId, 'trades(first: 50) { edges { node { status } } }', { token });
    expect(new Set(trades.edges.map(({ node }: { node: { status: string } }) => node.status))).toEqual(new Set(['BOOKED']));
  }
});

test('while a domain on the way is held up the query waits; with what was followed once nobody is asked again', async () => {
  const portfolioId = await funded();
  let reading: Promise<unknown> = Promise.resolve();
  let answered = false;
  let token = '';
  await whileHeldUp(async () => {
    token = (await captured(portfolioId)).token;
    reading = books(portfolioId, { token }).finally(() => { answered = true; });
    expect(await books(portfolioId, {}), 'without the token what is there is read').toEqual(['0', '100000', '0']);
    await heldUp();
    expect(answered).toBe(false);
  });
  expect(await reading).toEqual(['10', '99000', '0']);
  const before = await hopsMade();
  expect(await books(portfolioId, { token })).toEqual(['10', '99000', '0']);
  expect(await hopsMade()).toBe(before);
});

test('of a thousand trades at once a token names the first and the last, and all of them are in the books although the last is refused', async () => {
  const portfolioId = await funded();
  const trades = [...Array.from({ length: 999 }, () => trade(portfolioId, { quantity: '1', price: '10' })), trade(portfolioId, { quantity: '1000000' })];
  const { token } = await changed('trade-capture', 'captureTrades', { trades }, 'captured');
  expect(tokenRead(token)?.events).toEqual([{ type: 'trade-capture.trade-captured.v1', id: expect.any(String), first: expect.any(String), key: portfolioId }]);
  expect(await books(portfolioId, { token })).toEqual(['999', String(100_000 - 9_990), '0']);
});

test('a trade that waits for a person is not waited for; once it is approved, the token of the approval shows it', async () => {
  const portfolioId = await funded();
  const rule = { name: 'Four eyes', kind: 'APPROVAL_ABOVE_NOTIONAL', severity: 'NEEDS_APPROVAL', portfolioId, parameters: { limit: { amount: '5000', currency: 'USD' } }, idempotencyKey: 'four-eyes' };
  await changed('validation', 'createComplianceRule', rule, 'rule { id }');
  const { token, data } = await captured(portfolioId, { quantity: '60' });
  expect(await books(portfolioId, { token })).toEqual(['0', '100000', '0']);
  const approval = await changed('validation', 'approveTrade', { tradeId: data.trade.id }, 'trade { id }', { as: principal({ subject: 'usr_other' }) });
  expect(await books(portfolioId, { token: approval.token })).toEqual(['60', '94000', '0']);
  expect(await books(portfolioId, { token }), 'the capture’s own is not reopened').toEqual(['60', '94000', '0']);
});

test('what does not come in time is STALE_READ, which says who has not taken in what; a domain that is away likewise', async () => {
  const portfolioId = await funded();
  const impatient = following({ waitMsMax: 100 });
  const port = await freePort();
  await whileHeldUp(async () => {
    const { token } = await captured(portfolioId);
    await expect(books(portfolioId, { token, dial: impatient })).rejects.toMatchObject({ code: 'STALE_READ', details: { domain: 'validation', waitsFor: ['trade-capture.trade-captured.v1'] } });
    const { data } = await sent('portfolio', '{ portfolios { edges { node { id } } } }', {}, { token, dial: impatient });
    expect(data.portfolios.edges.length, 'a domain that none of it reaches').toBeGreaterThan(0);
  });
  const { token } = await captured(portfolioId);
  const nowhere = overHttp();
  const parted = followingTokens(({ name, url }, settings) => (name === 'validation' ? nowhere.dial({ name, url: `http://127.0.0.1:${String(port)}/graphql` }, settings) : local()({ name, url }, settings)), { flows, waitMsMax: 100 });
  parted({ name: 'validation', url: '' });
  await expect(books(portfolioId, { token, dial: parted })).rejects.toMatchObject({ code: 'STALE_READ', details: { domain: 'validation', retryAfterMs: 100 } });
  await nowhere.close();
  expect(await books(portfolioId, { token })).toEqual(['20', '98000', '0']);
});

test('behind an event that was put aside nothing comes, and the query says so at once, by name', async () => {
  const portfolioId = await funded();
  const poison = newId('evt');
  await owner.query(`insert into bus.parked_event (consumer, position, event_id, key, event, attempts, dead, error) values ('validation', 0, $1, $2, '{"type":"trade-capture.trade-amended.v1"}', 12, true, 'poisoned')`, [poison, portfolioId]);
  const { token } = await captured(portfolioId);
  await expect(books(portfolioId, { token })).rejects.toMatchObject({ code: 'STALE_READ', details: { domain: 'validation', putAside: poison } });
  await owner.query('delete from bus.parked_event where event_id = $1', [poison]);
  world.bus.wake();
  expect(await books(portfolioId, { token })).toEqual(['10', '99000', '0']);
});

test('a dry run that presents the token of a deposit counts it, and of what leaves no record nothing is waited for', async () => {
  const portfolioId = await funded();
  const input = { portfolioId, instrumentId, side: 'BUY', quantity: '5000', price: '100', currency: 'USD', tradeDate: DAY };
  const checked = (token: string) => sent('validation', 'query ($input: CheckTradeInput!) { checkTrade(input: $input) { outcome } }', { input }, { token }).then(({ data }) => data.checkTrade.outcome as unknown);
  let answer: Promise<unknown> = Promise.resolve();
  let answered = false;
  await whileHeldUp(async () => {
    const deposit = { portfolioId, amount: { amount: '500000', currency: 'USD' }, effectiveDate: DAY, idempotencyKey: 'for a dry run' };
    const { token } = await changed('transactional', 'depositCash', deposit, 'cash { currency }');
    answer = checked(token).finally(() => { answered = true; });
    await heldUp();
    expect(answered).toBe(false);
  });
  expect(await answer).toBe('VALIDATED');
  const { token } = await captured(portfolioId);
  expect(await books(portfolioId, { token })).toEqual(['10', '599000', '0']);
  expect(await checked(token), 'behind its booking, which moves cash').toBe('VALIDATED');
});

test('a token is worth nothing to another organisation, and no client asks what followed', async () => {
  const { token } = await captured(await funded());
  const stranger = principal({ organizationId: 'org_two', subject: 'usr_two' });
  await expect(books('prt_1', { token, as: stranger })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await expect(asked('validation', { principal: stranger, token: null, correlationId: 'req_1', passed: { [HEADER]: `follow=100;${token}` } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await expect(books('prt_1', { token: `follow=100;${token}` })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('the map of what leads to what is that of the domains: the types they react to, and every consequence that was ever written here', async () => {
  const portfolioId = await funded();
  const { data } = await captured(portfolioId);
  await changed('trade-capture', 'amendTrade', { tradeId: data.trade.id, quantity: '12', reason: 'misread' }, 'trade { id }');
  await changed('trade-capture', 'cancelTrade', { tradeId: data.trade.id, reason: 'twice' }, 'trade { id }');
  await world.bus.settled();
  const unrecorded = world.subgraphs.flatMap(({ name, reactions }) => reactions.filter((reaction) => reaction.unrecorded === true || reaction.unrecordedWhere !== undefined).map(({ type }) => flows.get(name)?.get(type)));
  expect(unrecorded.flat(), 'nobody could tell whether it was handled').toEqual([]);
  for (const { name, reactions } of world.subgraphs) expect([...flows.get(name)?.keys() ?? []].toSorted(), `processes/flows.ts of ${name}`).toEqual(reactions.map(({ type }) => type).toSorted());
  const outboxes = domainNames.map((name) => `select '${name}' as domain, id, type, causation_id from ${schemaOf(name)}.outbox_event`).join(' union all ');
  const { rows } = await owner.query<{ domain: string; cause: string; type: string }>(
    `with event as (${outboxes}) select distinct e.domain, c.type as cause, e.type from event as e join event as c on c.id = e.causation_id`);
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.filter(({ domain, cause, type }) => flows.get(domain)?.get(cause)?.includes(type) !== true), 'processes/flows.ts').toEqual([]);
});
