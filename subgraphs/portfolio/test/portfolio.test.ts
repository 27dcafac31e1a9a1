/** The portfolio domain through its front door. */
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portfolioSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(portfolioSubgraph); });
afterAll(() => door.close());

const CREATE = `mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) {
  portfolio { id name baseCurrency lotMethod status investor { name } benchmark { id } targetAllocation { weight } } userErrors { code path } } }`;
const TARGETS = `mutation ($input: SetTargetAllocationInput!) { setTargetAllocation(input: $input) {
  portfolio { targetAllocation { instrument { id } weight } } userErrors { code path } } }`;
const CLOSE = 'mutation ($input: ClosePortfolioInput!) { closePortfolio(input: $input) { portfolio { status } userErrors { code path } } }';
const UPDATE = `mutation ($input: UpdatePortfolioInput!) { updatePortfolio(input: $input) {
  portfolio { name lotMethod benchmark { id } } userErrors { code path } } }`;
const READ = 'query ($id: ID!) { portfolio(id: $id) { id name status } }';
const stranger = principal({ organizationId: 'org_other' });

const open = async (over: Record<string, unknown> = {}): Promise<string> => {
  const input = { name: 'Growth', baseCurrency: 'USD', idempotencyKey: crypto.randomUUID(), ...over };
  return (await door.ask(CREATE, { input })).data.createPortfolio.portfolio.id as string;
};
const instrument = (instrumentId: string) =>
  heard(instrumentCreated, instrumentId, { instrumentId, symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' });

test('a portfolio is opened for an investor and read back, and both facts are told', async () => {
  const investor = await door.ask('mutation { createInvestor(input: { name: "Ada", kind: INDIVIDUAL }) { investor { id } userErrors { code } } }');
  const investorId = investor.data.createInvestor.investor.id as string;
  const { data } = await door.ask(CREATE, { input: { name: 'Growth', baseCurrency: 'USD', lotMethod: 'HIFO', investorId, idempotencyKey: 'g-1' } });
  expect(data.createPortfolio).toMatchObject({
    portfolio: { name: 'Growth', baseCurrency: 'USD', lotMethod: 'HIFO', status: 'OPEN', investor: { name: 'Ada' }, benchmark: null, targetAllocation: [] },
    userErrors: [],
  });
  const told = (await door.told()).slice(-2);
  expect(told.map(({ type }) => type)).toEqual(['portfolio.investor-created.v1', 'portfolio.portfolio-created.v1']);
  expect(told[1]).toMatchObject({ key: data.createPortfolio.portfolio.id, organizationId: 'org_one', actor: 'usr_tester', data: { investorId } });
});

test('the same key again returns the first portfolio and tells nothing; other content under it is refused', async () => {
  const input = { name: 'Twice', baseCurrency: 'USD', idempotencyKey: 'twice' };
  const first = await door.ask(CREATE, { input });
  const before = (await door.told()).length;
  const [again, also] = await Promise.all([door.ask(CREATE, { input }), door.ask(CREATE, { input })]);
  expect(again.data.createPortfolio.portfolio.id).toBe(first.data.createPortfolio.portfolio.id);
  expect(also.data.createPortfolio.portfolio.id).toBe(first.data.createPortfolio.portfolio.id);
  const other = await door.ask(CREATE, { input: { ...input, name: 'Other' } });
  expect(other.data.createPortfolio).toEqual({ portfolio: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
  expect(await door.told()).toHaveLength(before);
});

test('unknown and foreign ids look alike: no data and NOT_FOUND', async () => {
  const id = await open();
  expect(await door.ask(READ, { id })).toMatchObject({ data: { portfolio: { id } }, codes: [] });
  for (const asked of [door.ask(READ, { id }, { as: stranger }), door.ask(READ, { id: 'prt_none' })])
    expect(await asked).toMatchObject({ data: { portfolio: null }, codes: ['NOT_FOUND'] });
  const reference = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { name } } }';
  expect((await door.ask(reference, { of: [{ __typename: 'Portfolio', id }] }, { as: stranger })).data._entities).toEqual([null]);
});

test('another organisation can neither change nor close a portfolio, nor name its investor', async () => {
  const portfolioId = await open();
  const closing = await door.ask(CLOSE, { input: { portfolioId } }, { as: stranger });
  expect(closing.data.closePortfolio).toEqual({ portfolio: null, userErrors: [{ code: 'NOT_FOUND', path: ['portfolioId'] }] });
  const investor = await door.ask('mutation { createInvestor(input: { name: "Eve" }) { investor { id } } }', {}, { as: stranger });
  const theirs = await door.ask(CREATE, { input: { name: 'P', baseCurrency: 'USD', investorId: investor.data.createInvestor.investor.id, idempotencyKey: 'theirs' } });
  expect(theirs.data.createPortfolio.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['investorId'] }]);
});

test('a benchmark must be an instrument that market data told of; telling twice changes nothing', async () => {
  const told = instrument('ins_benchmark');
  await door.hear(told, told);
  await door.hear(told);
  const portfolioId = await open({ benchmarkInstrumentId: 'ins_benchmark' });
  const unknown = await door.ask(UPDATE, { input: { portfolioId, benchmarkInstrumentId: 'ins_none' } });
  expect(unknown.data.updatePortfolio.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['benchmarkInstrumentId'] }]);
  const cleared = await door.ask(UPDATE, { input: { portfolioId, benchmarkInstrumentId: null, lotMethod: 'LIFO' } });
  expect(cleared.data.updatePortfolio.portfolio).toEqual({ name: 'Growth', lotMethod: 'LIFO', benchmark: null });
});

test('a target allocation replaces the one before it and is told as exact text', async () => {
  await door.hear(instrument('ins_a'), instrument('ins_b'));
  const portfolioId = await open();
  const set = (targets: unknown) => door.ask(TARGETS, { input: { portfolioId, targets } });
  await set([{ instrumentId: 'ins_a', weight: 1 }]);
  const { data } = await set([{ instrumentId: 'ins_a', weight: 0.1 }, { instrumentId: 'ins_b', weight: 0.9 }]);
  expect(data.setTargetAllocation.portfolio.targetAllocation).toEqual([{ instrument: { id: 'ins_b' }, weight: 0.9 }, { instrument: { id: 'ins_a' }, weight: 0.1 }]);
  expect((await door.told()).at(-1)).toMatchObject({ data: { targets: [{ weight: '0.9' }, { weight: '0.1' }] } });
  const over = await set([{ instrumentId: 'ins_a', weight: 0.6 }, { instrumentId: 'ins_b', weight: 0.5 }]);
  expect(over.data.setTargetAllocation.userErrors).toEqual([{ code: 'INVALID', path: ['targets'] }]);
  const unknown = await set([{ instrumentId: 'ins_none', weight: 0.6 }]);
  expect(unknown.data.setTargetAllocation.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['targets', '0', 'instrumentId'] }]);
});

test('a closed portfolio stays readable and takes no more changes', async () => {
  const portfolioId = await open();
  expect((await door.ask(CLOSE, { input: { portfolioId, reason: 'moved away' } })).data.closePortfolio.portfolio.status).toBe('CLOSED');
  expect((await door.told()).at(-1)).toMatchObject({ type: 'portfolio.portfolio-closed.v1', reason: 'moved away' });
  expect((await door.ask(CLOSE, { input: { portfolioId } })).data.closePortfolio.userErrors).toEqual([{ code: 'CONFLICT', path: ['portfolioId'] }]);
  expect((await door.ask(READ, { id: portfolioId })).data.portfolio.status).toBe('CLOSED');
});

test('portfolios are listed page by page, oldest first, and by filter', async () => {
  const own = { as: principal({ organizationId: 'org_list' }) };
  for (const [name, baseCurrency] of [['One', 'USD'], ['Two', 'EUR'], ['Three', 'USD']])
    await door.ask(CREATE, { input: { name, baseCurrency, idempotencyKey: name } }, own);
  const list = 'query ($filter: PortfolioFilter, $first: Int, $after: String, $last: Int) { portfolios(filter: $filter, first: $first, after: $after, last: $last) { edges { node { name } } pageInfo { hasNextPage endCursor } } }';
  const names = ({ data }: { data: { portfolios: { edges: { node: { name: string } }[] } } }) => data.portfolios.edges.map(({ node }) => node.name);
  const first = await door.ask(list, { first: 2 }, own);
  expect([names(first), first.data.portfolios.pageInfo.hasNextPage]).toEqual([['One', 'Two'], true]);
  expect(names(await door.ask(list, { first: 2, after: first.data.portfolios.pageInfo.endCursor }, own))).toEqual(['Three']);
  expect(names(await door.ask(list, { last: 2 }, own))).toEqual(['Two', 'Three']);
  expect(names(await door.ask(list, { filter: { baseCurrency: 'USD', nameContains: 'thr' } }, own))).toEqual(['Three']);
  expect((await door.ask(list, { first: 501 }, own)).codes).toEqual(['BAD_USER_INPUT']);
});

test('without the scope a portfolio is not read, whichever way it is reached', async () => {
  const id = await open();
  const trader = { as: principal({ scopes: new Set(['trade:read']) }) };
  expect((await door.ask(READ, { id }, trader)).codes).toEqual(['FORBIDDEN']);
  const reference = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { name } } }';
  expect((await door.ask(reference, { of: [{ __typename: 'Portfolio', id }] }, trader)).codes).toEqual(['FORBIDDEN']);
});

test('an investor’s name is sealed in rows and events, read through the API, and erased for good', async () => {
  const { data } = await door.ask('mutation { createInvestor(input: { name: "Nora Namesake", kind: INDIVIDUAL, idempotencyKey: "nora" }) { investor { id name } } }');
  const { id } = data.createInvestor.investor;
  expect(data.createInvestor.investor.name).toBe('Nora Namesake');
  const read = async () => (await door.ask('query ($id: ID!) { investor(id: $id) { name } }', { id })).data.investor;
  const stored = async (): Promise<string> => JSON.stringify([(await door.database.query('select * from portfolio.investor')).rows, await door.told()]);
  expect(await read()).toEqual({ name: 'Nora Namesake' });
  expect(await stored()).not.toContain('Namesake');
  const erase = (as?: ReturnType<typeof principal>) => door.ask('mutation ($id: ID!) { eraseInvestor(input: { investorId: $id, reason: "asked for it" }) { erasedAt userErrors { code } } }', { id }, as === undefined ? {} : { as });
  expect((await erase(principal({ organizationId: 'org_other' }))).data.eraseInvestor.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  expect((await erase()).data.eraseInvestor).toMatchObject({ erasedAt: expect.any(String), userErrors: [] });
  expect(await read()).toEqual({ name: 'Erased' });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'portfolio.investor-erased.v1', reason: 'asked for it' });
  expect((await erase()).data.eraseInvestor.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
});
