/** However many trades a question reaches, the database is asked once a kind. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
const statements: string[] = [];
beforeAll(async () => {
  door = await frontDoor((surroundings) => {
    const { database } = surroundings;
    const query: typeof database.query = (text, values) => { statements.push(text); return database.query(text, values); };
    return tradeCaptureSubgraph({ ...surroundings, database: { ...database, query, transaction: database.transaction, adapter: database.adapter } });
  });
  await door.hear(
    ...['prt_a', 'prt_b'].map((id) => heard(portfolioCreated, id, { portfolioId: id, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
  const trades = Array.from({ length: 12 }, (_, index) => ({
    portfolioId: index % 2 === 0 ? 'prt_a' : 'prt_b', instrumentId: 'ins_acme', side: 'BUY', quantity: '1', price: '1', currency: 'USD', tradeDate: '2026-01-05', externalId: `s-${index}` }));
  await door.ask('mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) { captured } }', { input: { trades } });
});
afterAll(() => door.close());

test('the trades of several portfolios, with their histories, take two statements', async () => {
  statements.length = 0;
  const of = ['prt_a', 'prt_b'].map((id) => ({ __typename: 'Portfolio', id }));
  const { data } = await door.ask(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio {
    trades(first: 5) { edges { node { id grossAmount { amount } instrument { id } history { version } } } } } } }`, { of });
  expect(data._entities.map(({ trades }: { trades: { edges: unknown[] } }) => trades.edges.length)).toEqual([5, 5]);
  expect(statements).toHaveLength(2);
});

test('many trades by reference take one statement', async () => {
  const { data } = await door.ask('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { trades { edges { node { id } } } } } }', { of: [{ __typename: 'Portfolio', id: 'prt_a' }] });
  const of = data._entities[0].trades.edges.map(({ node }: { node: { id: string } }) => ({ __typename: 'Trade', id: node.id }));
  statements.length = 0;
  const trades = await door.ask('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade { status quantity } } }', { of });
  expect(trades.data._entities).toHaveLength(6);
  expect(statements).toHaveLength(1);
});
