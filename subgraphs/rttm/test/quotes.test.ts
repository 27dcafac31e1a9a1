/** Ingested quotes and alerts through the front door. */
import { randomUUID } from 'node:crypto';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => { door = await frontDoor(rttmSubgraph, { now: () => now }); });
afterAll(() => door.close());

const service = principal({ subject: 'svc_feed', kind: 'SERVICE', roles: [] });
const stranger = principal({ organizationId: 'org_other' });
const INGEST = 'mutation ($quotes: [QuoteInput!]!) { ingestQuotes(input: { quotes: $quotes }) { accepted outdated userErrors { code path } } }';
const QUOTE = 'query ($id: ID!) { instrument(id: $id) { quote { last previousClose simulated source } } }';
const RULE = `mutation ($input: CreateAlertRuleInput!) { createAlertRule(input: $input) {
  alertRule { id condition threshold instrument { symbol } } userErrors { code path } } }`;

async function instrument(symbol: string): Promise<string> {
  const input = { symbol, name: symbol, assetClass: 'EQUITY', currency: 'USD', idempotencyKey: randomUUID() };
  const made = await door.ask('mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } } }', { input });
  const id = made.data.createInstrument.instrument.id as string;
  const prices = { instrumentId: id, rows: [{ date: '2026-11-18', close: '95' }, { date: '2026-11-19', close: '100' }] };
  await door.ask('mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded } }', { input: prices });
  return id;
}
const ingest = async (...quotes: object[]) => (await door.ask(INGEST, { quotes }, { as: service })).data.ingestQuotes;
const seconds = (after: number) => new Date(now.getTime() + after * 1_000).toISOString();

test('an ingested quote is the quote, until a newer one; older ones are counted and left out', async () => {
  const id = await instrument('LIVE');
  expect(await ingest({ symbol: 'LIVE', last: '101.5', time: seconds(-2) })).toEqual({ accepted: 1, outdated: 0, userErrors: [] });
  expect(await ingest({ instrumentId: id, last: '99', time: seconds(-3) })).toMatchObject({ accepted: 0, outdated: 1 });
  expect(await ingest({ instrumentId: id, last: '102', time: seconds(-2) })).toMatchObject({ accepted: 0, outdated: 1 });
  expect(await ingest({ instrumentId: id, last: '103', time: seconds(-1) }, { symbol: 'LIVE', last: '104', time: seconds(0) })).toMatchObject({ accepted: 1, outdated: 1 });
  expect((await door.ask(QUOTE, { id })).data.instrument.quote).toEqual({ last: '104', previousClose: '100', simulated: false, source: 'FEED' });
});

test('one bad quote refuses them all', async () => {
  const id = await instrument('WHOLE');
  const good = { instrumentId: id, last: '101', time: seconds(0) };
  expect((await ingest(good, { instrumentId: id, last: '0', time: seconds(0) })).userErrors).toEqual([{ code: 'INVALID', path: ['quotes', '1', 'last'] }]);
  expect((await ingest(good, { instrumentId: id, last: '1', time: seconds(61) })).userErrors).toEqual([{ code: 'INVALID', path: ['quotes', '1', 'time'] }]);
  expect((await ingest(good, { symbol: 'NONE', last: '1', time: seconds(0) })).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['quotes', '1', 'symbol'] }]);
  expect((await ingest(good, { last: '1', time: seconds(0) })).userErrors).toEqual([{ code: 'INVALID', path: ['quotes', '1', 'instrumentId'] }]);
  expect((await door.ask(QUOTE, { id })).data.instrument.quote.source).toBe('LAST_CLOSE');
});

test('people do not ingest quotes, and services only those of their organisation', async () => {
  const id = await instrument('OURS');
  const quotes = [{ instrumentId: id, last: '1', time: seconds(0) }];
  expect((await door.ask(INGEST, { quotes })).codes).toEqual(['FORBIDDEN']);
  const foreign = await door.ask(INGEST, { quotes }, { as: { ...service, organizationId: 'org_other' } });
  expect(foreign.data.ingestQuotes.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['quotes', '0', 'instrumentId'] }]);
});

test('a subscriber gets the present quote, then the newest of each instrument, and is let go while nothing moves', async () => {
  const id = await instrument('SUB');
  const stream = (await door.subscribe('subscription ($ids: [ID!]!) { quotes(instrumentIds: $ids) { last previousClose instrument { symbol } } }', { ids: [id] }))[Symbol.asyncIterator]();
  expect((await stream.next()).value.data).toEqual({ quotes: { last: '100', previousClose: '95', instrument: { symbol: 'SUB' } } });
  await ingest({ instrumentId: id, last: '101', time: seconds(-1) });
  await ingest({ instrumentId: id, last: '102', time: seconds(0) });
  expect((await stream.next()).value.data).toMatchObject({ quotes: { last: '102', previousClose: '100' } });
  const waiting = stream.next();
  await stream.return?.();
  expect(await waiting).toMatchObject({ done: true });
});

test('quotes of unknown or foreign instruments cannot be subscribed to', async () => {
  const id = await instrument('HIDDEN');
  const subscription = 'subscription ($ids: [ID!]!) { quotes(instrumentIds: $ids) { last } }';
  await expect(door.subscribe(subscription, { ids: [id] }, { as: stranger })).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  await expect(door.subscribe(subscription, { ids: [] })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
});

test('a crossing raises one alert, live, listed and told; the next only after the price was back and a minute passed', async () => {
  const id = await instrument('CROSS');
  const { alertRule, userErrors } = (await door.ask(RULE, { input: { instrumentId: id, condition: 'ABOVE', threshold: '105', idempotencyKey: 'cross' } })).data.createAlertRule;
  expect([alertRule, userErrors]).toEqual([{ id: alertRule.id, condition: 'ABOVE', threshold: '105', instrument: { symbol: 'CROSS' } }, []]);
  const raised = (await door.subscribe('subscription { alertRaised { last message rule { id } instrument { symbol } } }'))[Symbol.asyncIterator]();
  const prices = ['104', '106', '107', '104', '108'];
  for (const [index, last] of prices.entries()) await ingest({ instrumentId: id, last, time: seconds(index - 10) });
  expect((await raised.next()).value.data.alertRaised).toEqual({ last: '106', message: 'CROSS is at 106 USD, above 105', rule: { id: alertRule.id }, instrument: { symbol: 'CROSS' } });
  now = new Date(now.getTime() + 61_000);
  await ingest({ instrumentId: id, last: '109', time: seconds(0) });
  expect((await raised.next()).value.data.alertRaised.last).toBe('109');
  await raised.return?.();
  const { data } = await door.ask('query ($id: ID) { alerts(filter: { instrumentId: $id }, first: 5) { edges { node { last simulated rule { threshold } } } } }', { id });
  expect(data.alerts.edges.map((edge: { node: unknown }) => edge.node)).toEqual([
    { last: '109', simulated: false, rule: { threshold: '105' } }, { last: '106', simulated: false, rule: { threshold: '105' } },
  ]);
  expect((await door.ask('{ alerts { edges { cursor } } }', {}, { as: stranger })).data.alerts.edges).toEqual([]);
  const told = (await door.told()).filter(({ key, type }) => key === id && type.includes('alert'));
  expect(told.map(({ type, actor }) => [type, actor])).toEqual([
    ['rttm.alert-rule-created.v1', 'usr_tester'], ['rttm.alert-raised.v1', 'svc_feed'], ['rttm.alert-raised.v1', 'svc_feed'],
  ]);
});

test('an alert rule is made once per key, for an instrument of one’s own, above zero', async () => {
  const id = await instrument('ONCE');
  const input = { instrumentId: id, condition: 'BELOW', threshold: '90', idempotencyKey: 'once' };
  const [first, again] = await Promise.all([door.ask(RULE, { input }), door.ask(RULE, { input })]);
  expect(again.data.createAlertRule.alertRule.id).toBe(first.data.createAlertRule.alertRule.id);
  const refused = async (over: object, as = principal()) => (await door.ask(RULE, { input: { ...input, ...over } }, { as })).data.createAlertRule.userErrors[0].code as string;
  expect(await refused({ threshold: '91' })).toBe('IDEMPOTENCY_CONFLICT');
  expect(await refused({ threshold: '0', idempotencyKey: 'zero' })).toBe('INVALID');
  expect(await refused({ idempotencyKey: 'foreign' }, stranger)).toBe('NOT_FOUND');
});
