/**
 * Every mutation of the supergraph leaves an audit entry: the schema is walked, each mutation is asked for, and the trail must tell of it. A mutation that is added
 * and leaves nothing fails here by its name. Around it: what was before, who sent it, and damage to the trail that the platform's own commands find.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AuditSubgraph } from '@pms/audit';
import type { AuthSubgraph } from '@pms/auth';
import { actingFor } from '@pms/events/acting';
import { event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { prune } from '@pms/events/pruning';
import { unitOfWork } from '@pms/events/unit-of-work';
import { scopes } from '@pms/identity/principal';
import { connect, type Database } from '@pms/prisma/connect';
import { AUDITOR_ROLE, PRUNER_ROLE } from '@pms/prisma/roles';
import { domainNames } from '@pms/processes/catalogue';
import { environment } from '@pms/processes/environment';
import { goneFromOutboxes, outboxFindings } from '@pms/processes/audit-outboxes';
import { vouch, vouchedFor } from '@pms/processes/audit-receipts';
import { rewrapPeople } from '@pms/processes/rewrap';
import { openWorld, type World } from '@pms/processes/world';
import { personErased } from '@pms/schema/events/auth';
import { keyWrapping } from '@pms/subgraph/person-vault';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { keepRoleSecrets, roleUrl, testDatabase } from '@pms/testing/test-database';
import { buildSchema, execute, type GraphQLField, parse } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inputFor } from './support/inputs.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'pms-audited-'));
let world: World;
/** As the owner of everything. */
let database: Database;
/** As `pms audit verify` has it, and who writes receipts. */
let auditor: Database;
/** As who takes old events away. */
let pruner: Database;
let url: string;
let drop: () => Promise<void>;
let admin = principal();
const known: Record<string, unknown> = {};
beforeAll(async () => {
  const made = await testDatabase();
  ({ url, drop } = made);
  keepRoleSecrets(home);
  [database, auditor, pruner] = [connect(made.url, { poolMax: 2 }), connect(roleUrl(made.url, AUDITOR_ROLE), { poolMax: 1 }), connect(roleUrl(made.url, PRUNER_ROLE), { poolMax: 1 })];
  world = await openWorld({ environment: environment({ PMS_HOME: home, PMS_DEMO: 'false', LOG_LEVEL: 'silent' }), databaseUrl: made.url, domains: domainNames, shared: false, logger: silent });
  await world.bus.start();
  const auth = of('auth') as AuthSubgraph;
  const { organizationId, userId } = await auth.bootstrapOrganization({ name: 'World', adminEmail: 'admin@world.example', adminPassword: 'a long enough one' });
  admin = principal({ organizationId, subject: userId, scopes: new Set(scopes) });
  const id = async (mutation: string, field: string, input: object) => (await done(mutation, input, `${field} { id }`))[field].id as string;
  Object.assign(known, { currency: 'USD', baseCurrency: 'USD', side: 'BUY', quantity: '10', price: '100', tradeDate: '2026-11-19', password: 'a long enough one', roles: ['RISK'], scopes: ['trade:read'] });
  known['investorId'] = await id('createInvestor', 'investor', { name: 'Ines Investor', idempotencyKey: 'i' });
  known['instrumentId'] = await id('createInstrument', 'instrument', { symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', idempotencyKey: 'n' });
  await world.bus.settled();
  known['portfolioId'] = await id('createPortfolio', 'portfolio', { name: 'First', baseCurrency: 'USD', lotMethod: 'FIFO', idempotencyKey: 'p' });
  await world.bus.settled();
  await done('depositCash', { portfolioId: known['portfolioId'], amount: { amount: '1000000', currency: 'USD' }, idempotencyKey: 'd' }, '');
  await world.bus.settled();
  known['tradeId'] = await id('captureTrade', 'trade', { portfolioId: known['portfolioId'], instrumentId: known['instrumentId'], side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-11-19', externalId: 'first' });
  await world.bus.settled();
}, 120_000);
afterAll(async () => {
  await world?.close();
  await Promise.all([database, auditor, pruner].map((each) => each?.close()));
  await drop?.();
  rmSync(home, { recursive: true, force: true });
});

const of = (name: string) => {
  const found = world.subgraphs.find((subgraph) => subgraph.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};
const audit = () => of('audit') as AuditSubgraph;
const fieldsOf = (name: string): GraphQLField<unknown, unknown>[] => Object.values(of(name).schema.getMutationType()?.getFields() ?? {});
const owner = (mutation: string): string => domainNames.find((name) => fieldsOf(name).some((field) => field.name === mutation)) ?? '';

async function ask(domain: string, text: string, variableValues: Record<string, unknown>, { as = admin, correlationId = 'cor-world' } = {}) {
  const subgraph = of(domain);
  const contextValue = subgraph.contextFor({ principal: as, token: null, correlationId });
  return JSON.parse(JSON.stringify(await execute({ schema: subgraph.schema, document: parse(text), variableValues, contextValue })));
}
async function change(mutation: string, input: unknown, selection: string, given: Parameters<typeof ask>[3] = {}) {
  const field = fieldsOf(owner(mutation)).find(({ name }) => name === mutation);
  const argument = field?.args.find(({ name }) => name === 'input');
  const text = `mutation ($input: ${String(argument?.type)}) { ${mutation}(input: $input) { ${selection} userErrors { code message } } }`;
  return ask(owner(mutation), text, { input }, given);
}
async function done(mutation: string, input: unknown, selection: string, given: Parameters<typeof ask>[3] = {}) {
  const { data, errors } = await change(mutation, input, selection, given);
  expect({ mutation, errors, userErrors: data?.[mutation]?.userErrors }).toEqual({ mutation, errors: undefined, userErrors: [] });
  return data[mutation];
}

interface Entry {
  readonly correlationId: string;
  readonly actor: string;
  readonly type: string;
  readonly reason: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the test asserts
  readonly data: any;
}
const recorded = async (): Promise<Entry[]> => (await database.query<Entry>(
  'select correlation_id as "correlationId", actor, type, reason, data from audit.chain_entry where organization_id = $1 order by seq', [admin.organizationId])).rows;

/** Of the supergraph, in the order in which it names them. */
const mutations = (): string[] => Object.keys(buildSchema(readFileSync(path.join(import.meta.dirname, '../../schema/api.graphql'), 'utf8')).getMutationType()?.getFields() ?? {});

test('every mutation of the supergraph leaves an entry that says who asked, and a refusal one that says why', async () => {
  const outcomes = new Map<string, readonly string[]>();
  for (const mutation of mutations()) {
    const input = fieldsOf(owner(mutation)).find(({ name }) => name === mutation)?.args.find(({ name }) => name === 'input');
    if (input === undefined) throw new Error(`${mutation} is in no subgraph, or takes no input`);
    const { data, errors = [] } = await change(mutation, inputFor(input.type, known), '', { correlationId: `cor-${mutation}` });
    // it was asked for, and is not a faulty request, of which no domain hears
    expect({ mutation, faulty: errors.filter(({ path: at }: { path?: unknown }) => at === undefined) }).toEqual({ mutation, faulty: [] });
    outcomes.set(mutation, [...(data?.[mutation]?.userErrors ?? []), ...errors.map(({ extensions }: { extensions?: { code?: string } }) => ({ code: extensions?.code ?? 'INTERNAL' }))].map(({ code }) => code));
  }
  await world.bus.settled();
  const entries = await recorded();
  const own = (mutation: string) => entries.filter(({ correlationId, actor }) => correlationId === `cor-${mutation}` && actor === admin.subject);
  expect(mutations().filter((mutation) => own(mutation).length === 0)).toEqual([]);
  for (const [mutation, codes] of outcomes) {
    const noted = own(mutation).filter(({ type }) => type.endsWith('.mutation-noted.v1'));
    if (codes.length > 0) expect({ mutation, noted: noted.map(({ data }) => [data.mutation, data.outcome !== 'DONE', (data.codes as string[]).toSorted()]) }).toEqual({ mutation, noted: [[mutation, true, [...new Set(codes)].toSorted()]] });
    else for (const { data } of noted) expect(data).toMatchObject({ mutation, outcome: 'DONE' });
  }
  // so that the walk does not come to prove refusals alone
  expect([...outcomes.values()].filter((codes) => codes.length === 0).length).toBeGreaterThan(15);
});

test('what changes something that was there says what was before, and why', async () => {
  const { portfolio: { id: portfolioId } } = await done('createPortfolio', { name: 'Before', baseCurrency: 'USD', lotMethod: 'FIFO', idempotencyKey: 'before' }, 'portfolio { id }');
  await done('setRestrictedList', { instrumentIds: [] }, ''); // the walk put everything on it
  const { rule: { id: ruleId } } = await done('createComplianceRule', { name: 'Wide', kind: 'MAX_POSITION_WEIGHT', severity: 'WARN', parameters: { maxWeight: 0.9 } }, 'rule { id }');
  await world.bus.settled();
  await done('depositCash', { portfolioId, amount: { amount: '10000', currency: 'USD' }, idempotencyKey: 'before' }, '');
  await world.bus.settled();
  const captured = { portfolioId, instrumentId: known['instrumentId'], side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-11-19', externalId: 'before' };
  const { trade: { id: tradeId } } = await done('captureTrade', captured, 'trade { id }');
  await world.bus.settled();
  await done('amendTrade', { tradeId, quantity: '7', reason: 'a slip' }, '', { correlationId: 'cor-before-trade' });
  await done('updatePortfolio', { portfolioId, name: 'After' }, '', { correlationId: 'cor-before-portfolio' });
  await done('updateComplianceRule', { ruleId, name: 'Narrow', parameters: { maxWeight: 0.4 }, reason: 'after the review' }, '', { correlationId: 'cor-before-rule' });
  await done('setRestrictedList', { instrumentIds: [known['instrumentId']], reason: 'an insider' }, '');
  await done('setRestrictedList', { instrumentIds: [] }, '', { correlationId: 'cor-before-list' });
  await done('setSettlementPolicy', { buyInAfterBusinessDays: 9 }, '', { correlationId: 'cor-before-policy' });
  await done('setRetentionRule', { kind: 'CLIENT_DETAILS', days: 90, reason: 'a shorter time' }, '', { correlationId: 'cor-before-retention' });
  await world.bus.settled();
  const text = 'query ($filter: AuditFilter) { auditTrail(filter: $filter) { edges { node { action reason before after by { id } } } } }';
  const entryOf = async (correlationId: string) => (await ask('audit', text, { filter: { correlationId } })).data.auditTrail.edges[0]?.node;
  expect(await entryOf('cor-before-trade')).toMatchObject({ action: 'TRADE_AMENDED', reason: 'a slip', before: { quantity: '10', version: 1 }, after: { quantity: '7', version: 2 }, by: { id: admin.subject } });
  expect(await entryOf('cor-before-portfolio')).toMatchObject({ action: 'PORTFOLIO_UPDATED', before: { name: 'Before' }, after: { name: 'After', baseCurrency: 'USD' } });
  expect(await entryOf('cor-before-rule')).toMatchObject({ action: 'COMPLIANCE_RULE_UPDATED', reason: 'after the review', before: { name: 'Wide', parameters: { maxWeight: '0.9' } }, after: { name: 'Narrow', parameters: { maxWeight: '0.4' } } });
  expect(await entryOf('cor-before-list')).toMatchObject({ action: 'RESTRICTED_LIST_SET', before: { instrumentIds: [known['instrumentId']] }, after: { instrumentIds: [] } });
  expect(await entryOf('cor-before-policy')).toMatchObject({ action: 'SETTLEMENT_POLICY_SET', before: { buyInAfterBusinessDays: expect.any(Number) }, after: { buyInAfterBusinessDays: 9 } });
  expect(await entryOf('cor-before-retention')).toMatchObject({ action: 'RETENTION_RULE_SET', reason: 'a shorter time', before: { days: expect.any(Number) }, after: { days: 90 } });
});

test('a decision of a rule and a refused access are on record, with where they came from, until the person is erased', async () => {
  await audit().recordAccesses([{
    kind: 'REFUSED', at: Date.now(), correlationId: 'cor-refused', organizationId: admin.organizationId, actor: 'usr_curious', operation: { kind: 'query', name: 'Users', hash: 'ab' },
    codes: ['FORBIDDEN'], count: 1, client: { name: 'curious', version: '1', address: '203.0.113.77', userAgent: 'Browser/9 unmistakable', via: 'http' },
  }]);
  await world.bus.settled();
  const text = 'query ($filter: AuditFilter) { auditTrail(filter: $filter) { edges { node { action actor data client { name address userAgent via } } } } }';
  const found = async () => (await ask('audit', text, { filter: { correlationId: 'cor-refused' } })).data.auditTrail.edges[0].node;
  expect(await found()).toMatchObject({ action: 'ACCESS_RECORDED', actor: 'usr_curious', data: { kind: 'REFUSED', codes: ['FORBIDDEN'] }, client: { name: 'curious', address: '203.0.113.77', userAgent: 'Browser/9 unmistakable', via: 'http' } });
  const { rows: [row] } = await database.query<{ data: string }>(`select data::text from audit.chain_entry where correlation_id = 'cor-refused'`);
  expect(row?.data).not.toMatch(/203\.0\.113|unmistakable/);
  const decided = (await recorded()).filter(({ type, data }) => type === 'validation.trade-validated.v1' && data.tradeId === known['tradeId']);
  expect(decided[0]?.data.checks.length).toBeGreaterThan(0);
  const erased = event(personErased, 'usr_curious', { userId: 'usr_curious' }, { origin: { organizationId: admin.organizationId, actor: admin.subject, correlationId: 'cor-erase', causationId: null }, newId, now: () => new Date() });
  await unitOfWork(database, 'auth', (told) => world.bus.wake(told))(({ outbox }) => outbox.add([erased]));
  await world.bus.settled();
  expect(await found()).toMatchObject({ actor: 'usr_curious', client: null });
  for await (const { organizationId, valid, message } of audit().verifyAll()) expect({ organizationId, valid, message }).toMatchObject({ valid: true, message: null });
});

test('an event that no domain said, one that was altered after it was recorded, and one that was kept from the trail are found by name', async () => {
  await world.bus.settled();
  expect(await outboxFindings(auditor, admin.organizationId, { graceMs: 0 })).toEqual([]);
  const forged = { id: 'evt_forged', type: 'transactional.cash-moved.v1', key: 'prt_1', organizationId: admin.organizationId, actor: 'usr_x', correlationId: 'cor-forged', causationId: null, occurredAt: new Date().toISOString(), data: { amount: '1000000' } };
  await actingFor(forged.organizationId, async () => audit().reactions[0]?.react(forged)); // as if somebody had written it to the broker
  expect(await outboxFindings(auditor, admin.organizationId, { graceMs: 0 })).toMatchObject([{ problem: 'EVENT_FORGED', message: expect.stringContaining('evt_forged, which transactional never said') }]);
  await database.query(`update portfolio.outbox_event set data = jsonb_set(data::jsonb, '{name}', '"Another"') where type = 'portfolio.portfolio-created.v1' and organization_id = $1`, [admin.organizationId]);
  await database.query(`insert into rttm.outbox_event (id, type, key, organization_id, actor, correlation_id, occurred_at, recorded_at, data) values ('evt_kept', 'rttm.alert-raised.v1', 'x', $1, 'usr_x', 'c', now(), now() - interval '1 day', '{}')`, [admin.organizationId]);
  const found = await outboxFindings(auditor, admin.organizationId, { graceMs: 0 });
  expect(found.map(({ problem }) => problem)).toEqual(expect.arrayContaining(['EVENT_FORGED', 'EVENT_ALTERED', 'EVENT_MISSING']));
});

test('events that go because of their age leave a receipt; what was forged, however it is dated, altered or kept from the trail is told from them', async () => {
  const KEEP_DAYS = 30;
  const before = await outboxFindings(auditor, admin.organizationId, { graceMs: 0 });
  const forged = { id: 'evt_backdated', type: 'portfolio.portfolio-updated.v1', key: 'prt_1', organizationId: admin.organizationId, actor: 'usr_x', correlationId: 'cor-backdated', causationId: null, occurredAt: '2020-01-06T09:00:00.000Z', data: {} };
  await actingFor(forged.organizationId, async () => audit().reactions[0]?.react(forged));
  const opened = (name: string, correlationId: string) => done('createPortfolio', { name, baseCurrency: 'USD', lotMethod: 'FIFO', idempotencyKey: name }, '', { correlationId });
  await opened('Behind the forged one', 'cor-behind');
  await world.bus.settled();
  for (const domain of ['portfolio', 'rttm', 'transactional']) await database.query(`update ${domain}.outbox_event set recorded_at = now() - interval '31 days'`);
  // without a receipt none goes
  expect(await prune(pruner, 'portfolio', KEEP_DAYS, vouchedFor('portfolio'))).toMatchObject({ outbox: 0 });
  const strange = [];
  for (const domain of ['portfolio', 'rttm', 'transactional']) {
    strange.push((await vouch(auditor, domain, { keepDays: KEEP_DAYS, logger: silent })).strangers);
    await prune(pruner, domain, KEEP_DAYS, vouchedFor(domain));
  }
  const ofPortfolio = before.filter(({ problem, message }) => problem === 'EVENT_ALTERED' && message.includes('portfolio')).length;
  expect(ofPortfolio).toBeGreaterThan(0);
  expect(strange).toEqual([ofPortfolio + 1, 0, 0]);
  // evidence stays: what was altered, and what the trail never told of
  expect((await database.query('select id from portfolio.outbox_event where organization_id = $1', [admin.organizationId])).rowCount).toBe(ofPortfolio);
  expect((await database.query<{ id: string }>('select id from rttm.outbox_event where organization_id = $1', [admin.organizationId])).rows).toEqual([{ id: 'evt_kept' }]);
  const found = await outboxFindings(auditor, admin.organizationId, { graceMs: 0 });
  expect(found).toEqual(expect.arrayContaining(before));
  expect(found.filter((each) => !before.some(({ message }) => message === each.message))).toEqual([{ problem: 'EVENT_FORGED', message: expect.stringContaining('evt_backdated, which portfolio never said') }]);
  expect(await goneFromOutboxes(auditor, admin.organizationId)).toEqual({ compared: expect.any(Number), uncompared: 0 });
  expect((await goneFromOutboxes(auditor, admin.organizationId)).compared).toBeGreaterThan(20);
  // what is taken away by somebody else, behind the receipts, has nobody to vouch for it
  await opened('Taken away', 'cor-taken');
  await world.bus.settled();
  await database.query(`delete from portfolio.outbox_event where correlation_id = 'cor-taken'`);
  expect((await outboxFindings(auditor, admin.organizationId, { graceMs: 0 })).filter(({ problem }) => problem === 'EVENT_FORGED')).toHaveLength(3);
  // and a chain that was made anew is not the one that was compared
  await database.query('alter table audit.chain_entry disable trigger all');
  await database.query(`update audit.chain_entry set hash = repeat('0', 64) where organization_id = $1 and seq = (select min(seq) from audit.chain_entry where organization_id = $1 and type like 'portfolio.%')`, [admin.organizationId]);
  expect(await outboxFindings(auditor, admin.organizationId, { graceMs: 0 })).toEqual(expect.arrayContaining([{ problem: 'RECEIPT_DIFFERS', message: expect.stringMatching(/^entries of portfolio behind 0 and up to \d+ are not those/) }]));
});

test('pms person rewrap wraps the keys of every organisation anew, in every domain that has some, and says by its exit code which are left and which nothing opens', async () => {
  const [old, next] = [readFileSync(path.join(home, 'secrets', 'person-keys'), 'utf8').trim(), 'n'.repeat(43)];
  const { wrap } = keyWrapping({ secret: () => Promise.resolve(old) });
  // more than one transaction wraps
  const more = await Promise.all(Array.from({ length: 501 }, async (_, n) => {
    const person = { organizationId: `org_${String(n % 2)}`, personId: `usr_${String(n)}` };
    return [person.organizationId, person.personId, await wrap(person, randomBytes(32))] as const;
  }));
  await database.query('insert into audit.person_key (organization_id, person_id, wrapped_key, created_at) select *, now() from unnest($1::text[], $2::text[], $3::text[])', [0, 1, 2].map((column) => more.map((row) => row[column])));
  const domains = ['auth', 'portfolio', 'audit'];
  const there: Record<string, number> = Object.fromEntries(await Promise.all(domains.map(async (domain) => [domain, (await database.query(`select 1 from ${domain}.person_key where wrapped_key is not null`)).rowCount] as const)));
  const [said, failed] = [vi.spyOn(console, 'log').mockReturnValue(), vi.spyOn(console, 'error').mockReturnValue()];
  const rewrap = async (secrets: Record<string, string>, check: boolean) => {
    process.exitCode = undefined;
    said.mockClear();
    await rewrapPeople(environment({ PMS_HOME: home, PMS_DEMO: 'false', DATABASE_URL: url, ...secrets }), { check });
    const counts = said.mock.calls.map(([line]) => /^([\w-]+): (\d+) keys under PMS_SECRET_PERSON_KEYS, (\d+) (still|of them wrapped)/.exec(String(line))).map((found) => [found?.[1], Number(found?.[2]), Number(found?.[3])]);
    return { counts: new Set(counts), fails: process.exitCode === 1 };
  };
  const exchanging = { PMS_SECRET_PERSON_KEYS: next, PMS_SECRET_PERSON_KEYS_OTHER: old };
  const told = (current: (domain: string) => number, other: (domain: string) => number) => new Set(domains.map((domain) => [domain, current(domain), other(domain)]));
  const all = (domain: string): number => there[domain] ?? 0;
  const none = (): number => 0;
  try {
    expect(all('audit')).toBeGreaterThan(500);
    expect(await rewrap(exchanging, true)).toEqual({ counts: told(none, all), fails: true });
    expect(failed).not.toHaveBeenCalled();
    await database.query(`insert into audit.person_key (organization_id, person_id, wrapped_key, created_at) values ('org_0', 'usr_lost', 'wrapped by nobody', now())`);
    expect(await rewrap(exchanging, false)).toEqual({ counts: told(all, all), fails: true });
    expect(failed.mock.calls).toEqual([[expect.stringContaining('the key of usr_lost (org_0) opens with neither')]]);
    await database.query(`delete from audit.person_key where person_id = 'usr_lost'`);
    expect(await rewrap({ PMS_SECRET_PERSON_KEYS: next }, true)).toEqual({ counts: told(all, none), fails: false });
  } finally {
    process.exitCode = undefined;
    said.mockRestore();
    failed.mockRestore();
  }
});
