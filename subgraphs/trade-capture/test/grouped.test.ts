/** Single captures that come at once share a transaction, and nothing else. */
import { portfolioClosed, portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let commits = 0;
const other = principal({ organizationId: 'org_two', subject: 'usr_two' });

beforeAll(async () => {
  door = await frontDoor((surroundings) => {
    const { database } = surroundings;
    const transaction: typeof database.transaction = async (work) => {
      const result = await database.transaction(work);
      commits += 1;
      return result;
    };
    return tradeCaptureSubgraph({ ...surroundings, database: { query: database.query, adapter: database.adapter, transaction } });
  });
  const known = (id: string, organizationId: string) => heard(portfolioCreated, id,
    { portfolioId: id, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }, { organizationId });
  const listed = (instrumentId: string, organizationId: string) => heard(instrumentCreated, instrumentId,
    { instrumentId, symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }, { organizationId });
  await door.hear(known('prt_a', 'org_one'), known('prt_b', 'org_one'), known('prt_shut', 'org_one'), known('prt_two', 'org_two'), listed('ins_one', 'org_one'), listed('ins_two', 'org_two'),
    heard(portfolioClosed, 'prt_shut', { portfolioId: 'prt_shut' }));
});
afterAll(() => door.close());

const CAPTURE = `mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id externalId capturedBy capturedAt portfolio { id } } userErrors { code path } } }`;
const buy = (externalId: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  portfolioId: 'prt_a', instrumentId: 'ins_one', side: 'BUY', quantity: '1', price: '10', currency: 'USD', tradeDate: '2026-01-05', externalId, ...over });
const ofTwo = (externalId: string, over: Record<string, unknown> = {}): Record<string, unknown> => buy(externalId, { portfolioId: 'prt_two', instrumentId: 'ins_two', ...over });

test('captures of several portfolios and organisations that come at once take few commits, and each is its sender’s own', async () => {
  await door.ask(CAPTURE, { input: buy('warm') }); // what is known is remembered: the next ones come together
  await door.ask(CAPTURE, { input: ofTwo('warm') }, { as: other });
  commits = 0;
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => (at % 4 === 3
    ? door.ask(CAPTURE, { input: ofTwo(`same-${at}`) }, { as: other, correlationId: `cor_${at}` })
    : door.ask(CAPTURE, { input: buy(`same-${at}`, { portfolioId: at % 2 === 0 ? 'prt_a' : 'prt_b' }) }, { correlationId: `cor_${at}` }))));
  const trades = answers.map(({ data }) => data.captureTrade.trade);
  expect(trades.map(({ externalId }) => externalId)).toEqual(answers.map((_, at) => `same-${at}`));
  expect(trades.map(({ capturedBy }) => capturedBy)).toEqual(answers.map((_, at) => (at % 4 === 3 ? 'usr_two' : 'usr_tester')));
  expect(commits).toBeLessThan(10);
  const told = new Map((await door.told()).map((event) => [event.correlationId, event]));
  for (const [at, trade] of trades.entries())
    expect(told.get(`cor_${at}`)).toMatchObject({ key: trade.portfolio.id, organizationId: at % 4 === 3 ? 'org_two' : 'org_one', data: { tradeId: trade.id, capturedAt: trade.capturedAt } });
  expect(new Set(trades.filter(({ portfolio }) => portfolio.id === 'prt_a').map(({ capturedAt }) => capturedAt)).size).toBe(20);
});

test('one that is refused, one that repeats and one that conflicts leave the others of the group alone', async () => {
  const first = await door.ask(CAPTURE, { input: buy('group-1') });
  const answers = await Promise.all([
    buy('group-2'), buy('group-1'), buy('group-1', { price: '11' }), buy('group-3', { portfolioId: 'prt_shut' }), buy('group-4', { quantity: '0' }), buy('group-5'), buy('group-5'),
  ].map((input) => door.ask(CAPTURE, { input })));
  const outcomes = answers.map(({ data }) => data.captureTrade.trade?.id ?? data.captureTrade.userErrors[0].code);
  expect(outcomes[1]).toBe(first.data.captureTrade.trade.id);
  expect(outcomes.slice(2, 5)).toEqual(['IDEMPOTENCY_CONFLICT', 'CONFLICT', 'INVALID']);
  expect(outcomes[5]).toBe(outcomes[6]);
  expect(outcomes[0]).toMatch(/^trd_/);
});

test('a row that the database itself refuses fails alone', async () => {
  const nul = `nul-${String.fromCodePoint(0)}`; // no text of Postgres may hold it
  const answers = await Promise.all([buy('near-1'), buy(nul), buy('near-2')].map((input) => door.ask(CAPTURE, { input })));
  expect(answers.map(({ data, codes }) => data?.captureTrade?.trade?.externalId ?? codes.length)).toEqual(['near-1', 1, 'near-2']);
});

test('a name that two organisations use at once is each one’s own', async () => {
  const answers = await Promise.all([door.ask(CAPTURE, { input: buy('shared') }), door.ask(CAPTURE, { input: ofTwo('shared') }, { as: other })]);
  expect(new Set(answers.map(({ data }) => data.captureTrade.trade.id)).size).toBe(2);
});
