/** The audit trail through its front door, and what becomes of those who tamper with it. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { tradeCaptured } from '@pms/schema/events/trade-capture';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(auditSubgraph); });
afterAll(() => door.close());

const VERIFY = 'query ($from: DateTime, $to: DateTime) { verifyAuditTrail(from: $from, to: $to) { valid entries firstBroken problem merkleRoot } }';
const TRAIL = `query ($filter: AuditFilter, $first: Int, $after: String, $last: Int) { auditTrail(filter: $filter, first: $first, after: $after, last: $last) {
  edges { node { seq action type actor at reason subjects correlationId causationId previousHash hash data } } pageInfo { hasNextPage endCursor } } }`;

let number = 0;
const trade = (organizationId: string, over: { tradeId?: string; portfolioId?: string; actor?: string } = {}) => {
  number += 1;
  const { tradeId = `trd_${number}`, portfolioId = 'prt_1', actor = 'usr_1' } = over;
  return heard(tradeCaptured, portfolioId, {
    tradeId, version: 1, portfolioId, instrumentId: 'ins_1', side: 'BUY', quantity: '100', price: '187.25', currency: 'USD', tradeDate: '2026-11-20',
    fees: [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }], externalId: 'broker-77', capturedAt: '2026-11-20T12:00:00.000Z',
  }, { organizationId, actor, occurredAt: `2026-11-20T12:00:${String(number % 60).padStart(2, '0')}.123Z` });
};
const as = (organizationId: string) => ({ as: principal({ organizationId }) });
const verify = async (organizationId: string, bounds: object = {}) => (await door.ask(VERIFY, { ...bounds }, as(organizationId))).data.verifyAuditTrail;
/** What somebody with all rights on the server could do. */
const tamper = async (...statements: readonly string[]): Promise<void> => {
  await door.database.transaction(async (sql) => {
    await sql.query(`set local session_replication_role = replica`); // switches triggers off
    for (const statement of statements) await sql.query(statement);
  });
};

test('every event becomes one entry that says who, what, when and about what', async () => {
  const event = trade('org_a', { tradeId: 'trd_a' });
  await door.hear({ ...event, reason: 'rebalancing', causationId: 'evt_cause' });
  const { data } = await door.ask(TRAIL, {}, as('org_a'));
  expect(data.auditTrail.edges).toHaveLength(1);
  expect(data.auditTrail.edges[0].node).toEqual({
    seq: 1, action: 'TRADE_CAPTURED', type: 'trade-capture.trade-captured.v1', actor: 'usr_1', at: event.occurredAt, reason: 'rebalancing',
    subjects: ['prt_1', 'trd_a', 'ins_1'], correlationId: 'cor_test', causationId: 'evt_cause', previousHash: '0'.repeat(64), hash: expect.stringMatching(/^[0-9a-f]{64}$/), data: event.data,
  });
});

test('a redelivered event is recorded once, alone and within a run', async () => {
  const [one, two] = [trade('org_again'), trade('org_again')];
  await door.hear(one);
  await door.hear(one, two, two);
  await door.hear(two);
  expect(await verify('org_again')).toMatchObject({ valid: true, entries: 2 });
});

test('runs at the same time make one chain without a fork, per organisation', async () => {
  const runs = Array.from({ length: 8 }, (_, run) => Array.from({ length: 25 }, () => trade(run % 2 === 0 ? 'org_even' : 'org_odd', { portfolioId: `prt_${run}` })));
  await Promise.all(runs.map((run) => door.hear(...run)));
  for (const organization of ['org_even', 'org_odd']) expect(await verify(organization)).toMatchObject({ valid: true, entries: 100 });
});

test('the trail is paged, and filtered by subject, actor, action and time', async () => {
  const events = ['usr_1', 'usr_2', 'usr_1'].map((actor) => trade('org_list', { actor }));
  const created = heard(portfolioCreated, 'prt_1', { portfolioId: 'prt_1', name: 'P', baseCurrency: 'USD', investorId: 'inv_1', lotMethod: 'FIFO', benchmarkInstrumentId: null }, { organizationId: 'org_list' });
  await door.hear(...events, created);
  const seqs = async (variables: object) => (await door.ask(TRAIL, { ...variables }, as('org_list'))).data.auditTrail.edges.map(({ node }: { node: { seq: number } }) => node.seq);
  const first = (await door.ask(TRAIL, { first: 3 }, as('org_list'))).data.auditTrail;
  expect(first.pageInfo.hasNextPage).toBe(true);
  expect(await seqs({ first: 3, after: first.pageInfo.endCursor })).toEqual([4]);
  expect(await seqs({ last: 2 })).toEqual([3, 4]);
  expect(await seqs({ filter: { actor: 'usr_2' } })).toEqual([2]);
  expect(await seqs({ filter: { action: 'PORTFOLIO_CREATED' } })).toEqual([4]);
  expect(await seqs({ filter: { subject: 'inv_1' } })).toEqual([4]);
  expect(await seqs({ filter: { subject: 'ins_1', from: events[1]?.occurredAt, to: events[1]?.occurredAt } })).toEqual([2]);
});

test('trades and portfolios carry their own trails, a list of them in one statement', async () => {
  const events = ['trd_x', 'trd_y', 'trd_x'].map((tradeId) => trade('org_entity', { tradeId, portfolioId: 'prt_x' }));
  await door.hear(...events);
  let statements = 0;
  const counting = auditSubgraph({ ...door.surroundings, database: { ...door.database, query: (...given) => { statements += 1; return door.database.query(...given); } } });
  const { execute, parse } = await import('graphql');
  const result = await execute({
    schema: counting.schema, contextValue: counting.contextFor({ ...as('org_entity'), principal: as('org_entity').as, token: null, correlationId: 'c' }),
    document: parse('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade { auditTrail(first: 5) { edges { node { seq } } } } } }'),
    variableValues: { of: ['trd_x', 'trd_y', 'trd_none'].map((id) => ({ __typename: 'Trade', id })) },
  });
  expect(JSON.parse(JSON.stringify(result.data?.['_entities']))).toEqual([
    { auditTrail: { edges: [{ node: { seq: 1 } }, { node: { seq: 3 } }] } }, { auditTrail: { edges: [{ node: { seq: 2 } }] } }, { auditTrail: { edges: [] } },
  ]);
  expect(statements).toBe(1);
  const portfolio = await door.ask('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { auditTrail(last: 1) { edges { node { seq } } pageInfo { hasPreviousPage } } } } }',
    { of: [{ __typename: 'Portfolio', id: 'prt_x' }] }, as('org_entity'));
  expect(portfolio.data._entities).toEqual([{ auditTrail: { edges: [{ node: { seq: 3 } }], pageInfo: { hasPreviousPage: true } } }]);
});

test('another organisation sees none of it, and the scope is needed', async () => {
  await door.hear(trade('org_private', { tradeId: 'trd_private' }));
  const stranger = as('org_stranger');
  expect((await door.ask(TRAIL, {}, stranger)).data.auditTrail.edges).toEqual([]);
  const reference = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade { auditTrail { edges { node { seq } } } } } }';
  const of = [{ __typename: 'Trade', id: 'trd_private' }];
  expect((await door.ask(reference, { of }, stranger)).data._entities[0].auditTrail.edges).toEqual([]);
  expect(await verify('org_stranger')).toMatchObject({ valid: true, entries: 0 });
  const trader = { as: principal({ organizationId: 'org_private', scopes: new Set(['trade:read']) }) };
  for (const asked of [door.ask(TRAIL, {}, trader), door.ask(VERIFY, {}, trader), door.ask(reference, { of }, trader)]) expect((await asked).codes).toEqual(['FORBIDDEN']);
});

test('the database itself refuses to change, remove or empty the trail', async () => {
  await door.hear(trade('org_closed'), trade('org_closed'));
  for (const statement of [
    `update audit.chain_entry set actor = 'usr_2' where organization_id = 'org_closed'`, `delete from audit.chain_entry where organization_id = 'org_closed'`,
    'truncate audit.chain_entry', `update audit.chain_head set seq = 1 where organization_id = 'org_closed'`, `delete from audit.chain_head where organization_id = 'org_closed'`, 'truncate audit.chain_head',
  ]) await expect(door.database.query(statement)).rejects.toThrow('the audit chain is only ever added to');
  expect(await verify('org_closed')).toMatchObject({ valid: true, entries: 2 });
});

test.each([
  ['an edited row', `update audit.chain_entry set actor = 'usr_2' where organization_id = $org and seq = 2`, 2, 'CONTENT_CHANGED'],
  ['an edited amount', `update audit.chain_entry set data = jsonb_set(data, '{quantity}', '"1000"') where organization_id = $org and seq = 3`, 3, 'CONTENT_CHANGED'],
  ['a deleted row', 'delete from audit.chain_entry where organization_id = $org and seq = 2', 2, 'ENTRY_MISSING'],
  ['a deleted beginning', 'delete from audit.chain_entry where organization_id = $org and seq = 1', 1, 'ENTRY_MISSING'],
  ['a deleted tail', 'delete from audit.chain_entry where organization_id = $org and seq >= 4', 4, 'TAIL_CHANGED'],
  ['everything deleted', 'delete from audit.chain_entry where organization_id = $org', 1, 'TAIL_CHANGED'],
  ['a deleted tail with the head set back', `with cut as (delete from audit.chain_entry where organization_id = $org and seq = 5)
    update audit.chain_head set seq = 4, hash = (select hash from audit.chain_entry where organization_id = $org and seq = 4) where organization_id = $org`, 4, 'HEAD_FORGED'],
  ['an entry added behind the end', `insert into audit.chain_entry select organization_id, 6, 'evt_forged' || organization_id, type, action, actor, subjects, occurred_at, recorded_at, reason, correlation_id, causation_id, data, hash, 'ff'
    from audit.chain_entry where organization_id = $org and seq = 5`, 6, 'TAIL_CHANGED'],
  ['two entries in each other’s place', `update audit.chain_entry set seq = 9 where organization_id = $org and seq = 2; update audit.chain_entry set seq = 2 where organization_id = $org and seq = 3;
    update audit.chain_entry set seq = 3 where organization_id = $org and seq = 9`, 2, 'ORDER_CHANGED'],
  ['an entry that was replaced by a forged one', `update audit.chain_entry set previous_hash = repeat('ab', 32), actor = 'usr_forger' where organization_id = $org and seq = 3`, 3, 'LINK_BROKEN'],
  ['a head that is gone', 'delete from audit.chain_head where organization_id = $org', 5, 'HEAD_FORGED'],
])('%s is found', async (name, statement, firstBroken, problem) => {
  const organization = `org_${name.replaceAll(' ', '_')}`;
  await door.hear(...Array.from({ length: 5 }, () => trade(organization)));
  expect(await verify(organization)).toMatchObject({ valid: true, entries: 5 });
  await tamper(statement.replaceAll('$org', `'${organization}'`));
  expect(await verify(organization)).toMatchObject({ valid: false, firstBroken, problem });
});

test('a fork is refused by the database, and found where it was forced in', async () => {
  await door.hear(...Array.from({ length: 4 }, () => trade('org_fork')));
  const twin = (at: string) => `insert into audit.chain_entry select organization_id, ${at}, 'evt_twin' || seq, type, action, 'usr_twin', subjects, occurred_at, recorded_at, reason, correlation_id, causation_id, data, previous_hash, repeat('cd', 32)
    from audit.chain_entry where organization_id = 'org_fork' and seq = 3`;
  await expect(door.database.query(twin('5'))).rejects.toThrow('chain_entry_organization_id_previous_hash_key');
  await expect(door.database.query(twin('3'))).rejects.toThrow('chain_entry_pkey');
  await door.database.query('alter table audit.chain_entry drop constraint chain_entry_pkey; drop index audit.chain_entry_organization_id_previous_hash_key');
  await tamper(twin('3'));
  const { valid, problem, firstBroken } = await verify('org_fork');
  expect({ valid, problem }).toEqual({ valid: false, problem: expect.stringMatching(/FORKED|CONTENT_CHANGED/) });
  expect(firstBroken).toBe(3);
  await tamper(`update audit.chain_entry set seq = 4, actor = 'usr_1' where event_id like 'evt_twin%'`, `delete from audit.chain_entry where organization_id = 'org_fork' and seq = 4 and event_id not like 'evt_twin%'`);
  expect(await verify('org_fork')).toMatchObject({ valid: false, problem: 'FORKED', firstBroken: 4 });
  await door.database.query(`set session_replication_role = replica; delete from audit.chain_entry where organization_id = 'org_fork'; set session_replication_role = origin;
    alter table audit.chain_entry add constraint chain_entry_pkey primary key (organization_id, seq); create unique index chain_entry_organization_id_previous_hash_key on audit.chain_entry (organization_id, previous_hash)`);
});

test('a part of the trail can be verified by itself, and is linked to what lies before it', async () => {
  for (let n = 0; n < 4; n += 1) await door.hear(trade('org_part'));
  await door.database.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    await sql.query(`update audit.chain_entry set actor = 'usr_9' where organization_id = 'org_part' and seq = 1`);
  });
  const { rows } = await door.database.query<{ at: Date }>(`select recorded_at as at from audit.chain_entry where organization_id = 'org_part' and seq = 4`);
  const at = rows[0]?.at.toISOString();
  expect(await verify('org_part', { to: at })).toMatchObject({ valid: false, firstBroken: 1 });
  expect((await verify('org_part', { from: at })).entries).toBeGreaterThanOrEqual(1);
  expect(await verify('org_part', { from: '2100-01-01T00:00:00Z' })).toMatchObject({ valid: true, entries: 0 });
  expect((await door.ask(VERIFY, { from: '2100-01-01T00:00:00Z', to: at }, as('org_part'))).codes).toEqual(['BAD_USER_INPUT']);
});

test('a long chain is verified page by page', async () => {
  for (let run = 0; run < 5; run += 1) await door.hear(...Array.from({ length: 500 }, () => trade('org_long')));
  expect(await verify('org_long')).toMatchObject({ valid: true, entries: 2_500, merkleRoot: expect.stringMatching(/^[0-9a-f]{64}$/) });
});
