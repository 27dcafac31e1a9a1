/** What is personal in the trail: sealed, given back while it may be read, let go when it is too old or the person is erased. The chain verifies all the same. */
import { legalHoldPlaced, legalHoldReleased, personErased } from '@pms/schema/events/auth';
import { personVault } from '@pms/subgraph/person-vault';
import { rewrapped } from '@pms/subgraph/rewrapping';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Access } from '../src/domain/access.ts';
import { type AuditSubgraph, auditSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let audit: AuditSubgraph;
let app: FastifyInstance;
beforeAll(async () => {
  door = await frontDoor((surroundings) => (audit = auditSubgraph(surroundings)));
  app = Fastify();
  await audit.routes?.(app);
});
afterAll(async () => {
  await app.close();
  await door.close();
});

const access = (actor: string | null, at: string, over: Partial<Access> = {}): Access => ({
  kind: 'MUTATION', at: Date.parse(at), correlationId: `cor_${actor ?? 'nobody'}_${at}`, organizationId: 'org_one', actor, operation: { kind: 'mutation', name: 'M', hash: 'ab' }, codes: [], count: 1,
  client: { name: 'desk', version: '2', address: '203.0.113.9', userAgent: 'Browser/1', via: 'http' }, ...over,
});
let heardUpTo = 0;
/** As the bus brings what the domain told to its own sealer. */
const settle = async (): Promise<void> => {
  const told = await door.told();
  await door.hear(...told.slice(heardUpTo));
  heardUpTo = told.length;
};
const TRAIL = 'query ($filter: AuditFilter) { auditTrail(filter: $filter) { edges { node { action actor client { address name } data } } } }';
const clientsOf = async (actor: string) => {
  const { data } = await door.ask(TRAIL, { filter: { actor, action: 'ACCESS_RECORDED' } });
  return data.auditTrail.edges.map(({ node }: { node: { client: { address: string } | null } }) => node.client?.address ?? null);
};
const verified = async () => (await door.ask('{ verifyAuditTrail { valid message } }')).data.verifyAuditTrail;

test('what is older than its rule allows can no longer be read, but for those on whom a legal hold stands', async () => {
  const [long, now] = ['2024-01-15T12:00:00.000Z', new Date().toISOString()];
  await audit.recordAccesses([access('usr_a', long), access('usr_a', now), access('usr_held', long), access('usr_free', long)]);
  await door.hear(heard(legalHoldPlaced, 'usr_held', { legalHoldId: 'hld_1', userId: 'usr_held' }), heard(legalHoldPlaced, 'usr_free', { legalHoldId: 'hld_2', userId: 'usr_free' }), heard(legalHoldReleased, 'usr_free', { legalHoldId: 'hld_2', userId: 'usr_free' }));
  await settle();
  expect(await clientsOf('usr_a')).toEqual(['203.0.113.9', '203.0.113.9']);
  expect(await audit.applyRetention()).toBe(2);
  await settle();
  expect(await clientsOf('usr_a')).toEqual([null, '203.0.113.9']);
  expect(await clientsOf('usr_held')).toEqual(['203.0.113.9']);
  expect(await clientsOf('usr_free')).toEqual([null]);
  const { data } = await door.ask(TRAIL, { filter: { action: 'RETENTION_APPLIED' } });
  expect(data.auditTrail.edges).toMatchObject([{ node: { actor: 'system:audit', data: { kind: 'CLIENT_DETAILS', destroyedKeys: 2, heldKeys: 1 } } }]);
  expect(await audit.applyRetention()).toBe(0);
  expect(await verified()).toEqual({ valid: true, message: null });
});

const SET = 'mutation ($input: SetRetentionRuleInput!) { setRetentionRule(input: $input) { rule { kind days } userErrors { code message path } } }';
const set = async (kind: string, days: number, scopes?: ReadonlySet<string>) =>
  door.ask(SET, { input: { kind, days, reason: 'as the lawyers say' } }, scopes === undefined ? {} : { as: principal({ scopes }) });

test('a rule is set by those who manage identities, within bounds, and told with what was before', async () => {
  expect((await set('CLIENT_DETAILS', 90)).data.setRetentionRule).toEqual({ rule: { kind: 'CLIENT_DETAILS', days: 90 }, userErrors: [] });
  expect((await set('CLIENT_DETAILS', 5)).data.setRetentionRule.userErrors).toMatchObject([{ code: 'INVALID', path: ['days'] }]);
  expect((await set('CLIENT_DETAILS', 90, new Set(['audit:read']))).codes).toEqual(['FORBIDDEN']);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'audit.retention-rule-set.v1', reason: 'as the lawyers say', data: { days: 90, before: { days: 400 } } });
  const { data } = await door.ask('{ retentionRules { kind days meaning } }');
  expect(data.retentionRules).toEqual([expect.objectContaining({ kind: 'CLIENT_DETAILS', days: 90 }), ...['AUDIT_ENTRIES', 'CHECKPOINTS', 'TRADES_AND_BOOKS'].map((kind) => expect.objectContaining({ kind, days: null }))]);
  await settle();
});

test.each(['AUDIT_ENTRIES', 'CHECKPOINTS', 'TRADES_AND_BOOKS'])('no rule touches %s', async (kind) => {
  expect((await set(kind, 90)).data.setRetentionRule).toMatchObject({ rule: null, userErrors: [{ code: 'NOT_PERMITTED', path: ['kind'], message: expect.stringContaining('never removed') }] });
});

test('no rule touches the trail, its checkpoints or the books', async () => {
  const before = (await door.database.query('select count(*) from audit.chain_entry')).rows;
  await set('CLIENT_DETAILS', 31);
  await audit.applyRetention();
  expect((await door.database.query('select count(*) from audit.chain_entry')).rows).toEqual(before);
  await settle();
});

test('an erased person’s clients are gone in every month, for good, and everybody else’s stay', async () => {
  const now = new Date().toISOString();
  await audit.recordAccesses([access('usr_gone', now), access('usr_stays', now)]);
  await settle();
  await door.hear(heard(personErased, 'usr_gone', { userId: 'usr_gone' }));
  expect(await clientsOf('usr_gone')).toEqual([null]);
  expect(await clientsOf('usr_stays')).toEqual(['203.0.113.9']);
  await audit.recordAccesses([access('usr_gone', now, { correlationId: 'cor_after' })]); // what was on its way
  await settle();
  expect(await clientsOf('usr_gone')).toEqual([null, null]);
  await expect(door.database.query(`update audit.person_key set wrapped_key = 'x' where person_id like 'usr_gone%'`)).rejects.toThrow('never made again');
  expect(await verified()).toEqual({ valid: true, message: null });
});

test('what belongs to nobody is in the chain of the platform, which no token reads', async () => {
  await audit.recordAccesses([access(null, new Date().toISOString(), { kind: 'REFUSED', organizationId: null, codes: ['UNAUTHENTICATED'], operation: null })]);
  await settle();
  expect(await clientsOf('anonymous')).toEqual([]);
  const lines = await Array.fromAsync(audit.exportTrail('platform'));
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('UNAUTHENTICATED');
  expect(lines[1]).not.toContain('203.0.113.9');
});

test('all about one person is every entry by and about them, with the clients that can be read', async () => {
  const entries = (await Array.fromAsync(audit.aboutPerson('org_one', 'usr_stays'))) as { actor: string; client: unknown }[];
  expect(entries).toMatchObject([{ actor: 'usr_stays', client: { address: '203.0.113.9', userAgent: 'Browser/1' } }]);
  const reference = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on PersonalData { auditTrail(first: 10) { edges { node { actor } } } } } }';
  const { data } = await door.ask(reference, { of: [{ __typename: 'PersonalData', id: 'usr_held' }] });
  expect(data._entities[0].auditTrail.edges.length).toBe(2); // one by them, one about them
});

test('accesses are taken from who knows the secret, and from nobody else; what is none is refused', async () => {
  const secret = await door.surroundings.settings.secret('audit-intake');
  const post = (authorization: string | undefined, body: unknown) => app.inject({ method: 'POST', url: '/internal/accesses', headers: authorization === undefined ? {} : { authorization }, payload: body as object });
  const one = access('usr_http', new Date().toISOString());
  expect((await post(undefined, [one])).statusCode).toBe(404);
  expect((await post('Bearer wrong', [one])).statusCode).toBe(404);
  expect((await post(`Bearer ${secret}`, [{ ...one, kind: 'OTHER' }])).statusCode).toBe(400);
  expect((await post(`Bearer ${secret}`, [one])).statusCode).toBe(204);
  await settle();
  expect(await clientsOf('usr_http')).toEqual(['203.0.113.9']);
});

test('the key that wraps those of people is exchanged with overlap: both read everything meanwhile, then the new one alone does; the chain is what it was', async () => {
  const secrets = { old: (await door.surroundings.settings.secret('person-keys')), next: 'n'.repeat(43) };
  const knowing = (current: 'old' | 'next', other: 'old' | 'next' | null) =>
    ({ secret: () => Promise.resolve(secrets[current]), givenSecret: (name: string) => Promise.resolve(name === 'person-keys-other' && other !== null ? secrets[other] : null) });
  const [before, during, after] = [knowing('old', 'next'), knowing('next', 'old'), knowing('next', null)];
  const person = (personId: string) => ({ organizationId: 'org_one', personId });
  const sealed = async (settings: typeof before, personId: string) => (await personVault('audit', settings).seal(door.database, person(personId), { note: `of ${personId}` }))?.note ?? '';
  const texts = { usr_early: await sealed(knowing('old', null), 'usr_early'), usr_late: await sealed(during, 'usr_late') };
  const read = async (settings: typeof before) => {
    const open = await personVault('audit', settings).opener(door.database, Object.keys(texts).map(person));
    return Object.entries(texts).map(([personId, text]) => open(person(personId), 'note', text));
  };
  // a process of each step of the rollout reads what the others sealed
  for (const settings of [before, during]) expect(await read(settings)).toEqual(['of usr_early', 'of usr_late']);
  await expect(read(after)).rejects.toThrow();
  const chain = async () => (await door.database.query('select seq, hash from audit.chain_entry order by seq')).rows;
  const [chained, { rows: destroyed }] = [await chain(), await door.database.query('select 1 from audit.person_key where wrapped_key is null')];
  const seen = await rewrapped(door.database, 'audit', { settings: during, only: 'look' });
  expect(seen).toMatchObject({ current: 1, lost: [], destroyed: destroyed.length });
  expect(seen.other).toBeGreaterThan(1);
  expect(await rewrapped(door.database, 'audit', { settings: during, only: 'wrap' })).toEqual({ ...seen, current: seen.current + seen.other });
  expect(await rewrapped(door.database, 'audit', { settings: after, only: 'look' })).toMatchObject({ current: seen.current + seen.other, other: 0, lost: [] });
  expect(await read(after)).toEqual(['of usr_early', 'of usr_late']);
  expect((await rewrapped(door.database, 'audit', { settings: knowing('old', null), only: 'look' })).lost).toHaveLength(seen.current + seen.other);
  expect(await chain()).toEqual(chained);
  expect(await verified()).toEqual({ valid: true, message: null });
  await rewrapped(door.database, 'audit', { settings: before, only: 'wrap' }); // as the other tests have it
  for (const only of ['look', 'wrap'] as const) expect(await audit.rewrapKeys?.(only)).toEqual({ current: seen.current + seen.other, other: 0, lost: [], destroyed: seen.destroyed }); // as the command does it
});
