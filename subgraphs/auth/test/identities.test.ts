/** Users and service clients through GraphQL. */
import { scopes, scopesOf } from '@pms/identity/principal';
import { investorCreated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let auth: AuthSubgraph;
let admin = principal();
beforeAll(async () => {
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)));
  const { organizationId, userId } = await auth.bootstrapOrganization({ name: 'Harbour Capital', adminEmail: 'Head@Harbour.example', adminPassword: 'a long enough one' });
  admin = principal({ organizationId, subject: userId });
});
afterAll(() => door.close());

const CREATE_USER = `mutation ($input: CreateUserInput!) { createUser(input: $input) {
  user { id email displayName roles } initialPassword userErrors { code path } } }`;
const ASSIGN = 'mutation ($input: AssignRolesInput!) { assignRoles(input: $input) { user { roles } userErrors { code path } } }';
const CREATE_CLIENT = `mutation ($input: CreateServiceClientInput!) { createServiceClient(input: $input) {
  serviceClient { id clientId name scopes } secret userErrors { code path } } }`;
const ROTATE = `mutation ($input: RotateServiceClientSecretInput!) { rotateServiceClientSecret(input: $input) { serviceClient { id } secret userErrors { code path } } }`;

const user = async (email: string, roles: readonly string[] = ['TRADER']): Promise<string> =>
  (await door.ask(CREATE_USER, { input: { email, displayName: 'Somebody', roles } }, { as: admin })).data.createUser.user.id as string;

test('the viewer is the holder of the token, with organisation, roles and scopes', async () => {
  const { data } = await door.ask('{ viewer { id kind organization { name } roles scopes expiresAt user { email } serviceClient { id } } }', {}, { as: admin });
  expect(data.viewer).toEqual({
    id: admin.subject, kind: 'USER', organization: { name: 'Harbour Capital' }, roles: ['ADMIN'], scopes: [...scopes].toSorted(),
    expiresAt: '2100-01-01T00:00:00.000Z', user: { email: 'head@harbour.example' }, serviceClient: null,
  });
});

test('a user is made with a password of their own or with one that is shown once', async () => {
  const { data } = await door.ask(CREATE_USER, { input: { email: 'Tom@Harbour.example', displayName: 'Tom', roles: ['TRADER'] } }, { as: admin });
  expect(data.createUser).toMatchObject({ user: { email: 'tom@harbour.example', roles: ['TRADER'] }, initialPassword: expect.stringMatching(/^[\w-]{43}$/), userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.user-created.v1', data: { email: expect.stringMatching(/^sealed:1:/), displayName: expect.stringMatching(/^sealed:1:/) } });
  expect(JSON.stringify(await door.told())).not.toContain(data.createUser.initialPassword);
  const again = await door.ask(CREATE_USER, { input: { email: 'TOM@harbour.example', displayName: 'Tom', roles: ['TRADER'] } }, { as: admin });
  expect(again.data.createUser).toEqual({ user: null, initialPassword: null, userErrors: [{ code: 'CONFLICT', path: ['email'] }] });
  const short = await door.ask(CREATE_USER, { input: { email: 'x@harbour.example', displayName: 'X', roles: ['TRADER'], password: 'short' } }, { as: admin });
  expect(short.data.createUser.userErrors).toEqual([{ code: 'INVALID', path: ['password'] }]);
});

test('roles are replaced and told with what they were; the last ADMIN stays', async () => {
  const userId = await user('roles@harbour.example');
  expect((await door.ask(ASSIGN, { input: { userId, roles: ['RISK', 'OPERATIONS'], reason: 'moved' } }, { as: admin })).data.assignRoles.user.roles).toEqual(['RISK', 'OPERATIONS']);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.roles-assigned.v1', reason: 'moved', data: { before: ['TRADER'], roles: ['RISK', 'OPERATIONS'] } });
  expect((await door.ask(ASSIGN, { input: { userId: admin.subject, roles: [] } }, { as: admin })).data.assignRoles.userErrors).toEqual([{ code: 'CONFLICT', path: ['roles'] }]);
});

test('nobody gives rights that they do not have', async () => {
  const limited = { as: principal({ ...admin, scopes: new Set(['identity:manage', 'trade:read']) }) };
  const userId = await user('escalate@harbour.example');
  expect((await door.ask(ASSIGN, { input: { userId, roles: ['ADMIN'] } }, limited)).data.assignRoles.userErrors).toEqual([{ code: 'NOT_PERMITTED', path: ['roles'] }]);
  expect((await door.ask(CREATE_USER, { input: { email: 'y@harbour.example', displayName: 'Y', roles: ['RISK'] } }, limited)).data.createUser.userErrors[0].code).toBe('NOT_PERMITTED');
  expect((await door.ask(CREATE_CLIENT, { input: { name: 'C', scopes: ['trade:write'] } }, limited)).data.createServiceClient.userErrors).toEqual([{ code: 'NOT_PERMITTED', path: ['scopes', '0'] }]);
});

test('the secret of a service client is shown when it is made and when it is rotated, and told to nobody', async () => {
  const { data } = await door.ask(CREATE_CLIENT, { input: { name: 'Feed', scopes: ['market:ingest', 'market:read'] } }, { as: admin });
  const { serviceClient, secret } = data.createServiceClient;
  expect(serviceClient).toMatchObject({ clientId: serviceClient.id, scopes: ['market:read', 'market:ingest'] });
  const rotated = await door.ask(ROTATE, { input: { serviceClientId: serviceClient.id } }, { as: admin });
  expect(rotated.data.rotateServiceClientSecret.secret).not.toBe(secret);
  const told = JSON.stringify(await door.told());
  expect([told.includes(secret), told.includes(rotated.data.rotateServiceClientSecret.secret)]).toEqual([false, false]);
});

test('another organisation finds and changes nothing', async () => {
  const userId = await user('private@harbour.example');
  const { data } = await door.ask(CREATE_CLIENT, { input: { name: 'Feed', scopes: ['market:read'] } }, { as: admin });
  const stranger = { as: principal({ organizationId: 'org_other', subject: 'usr_stranger' }) };
  expect(await door.ask('query ($id: ID!) { user(id: $id) { id } }', { id: userId }, stranger)).toMatchObject({ data: { user: null }, codes: ['NOT_FOUND'] });
  expect((await door.ask('{ users { edges { node { id } } } serviceClients { edges { node { id } } } }', {}, stranger)).data).toEqual({ users: { edges: [] }, serviceClients: { edges: [] } });
  expect((await door.ask(ASSIGN, { input: { userId, roles: ['ADMIN'] } }, stranger)).data.assignRoles.userErrors[0].code).toBe('NOT_FOUND');
  const serviceClientId = data.createServiceClient.serviceClient.id as string;
  expect((await door.ask(ROTATE, { input: { serviceClientId } }, stranger)).data.rotateServiceClientSecret).toEqual({ serviceClient: null, secret: null, userErrors: [{ code: 'NOT_FOUND', path: ['serviceClientId'] }] });
  const references = [{ __typename: 'User', id: userId }, { __typename: 'Organization', id: admin.organizationId }, { __typename: 'ServiceClient', id: serviceClientId }];
  expect((await door.ask('query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }', { of: references }, stranger)).data._entities).toEqual([null, null, null]);
});

test('a trader sees colleagues by name, not by address, and cannot list them', async () => {
  const id = await user('colleague@harbour.example');
  const trader = { as: principal({ ...admin, subject: 'usr_trader', roles: ['TRADER'], scopes: new Set(scopesOf(['TRADER'])) }) };
  const { data } = await door.ask('query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { displayName email lastSignedInAt } } }', { of: [{ __typename: 'User', id }] }, trader);
  expect(data._entities).toEqual([{ displayName: 'Somebody', email: null, lastSignedInAt: null }]);
  expect((await door.ask('{ users { edges { cursor } } }', {}, trader)).codes).toEqual(['FORBIDDEN']);
  expect((await door.ask(CREATE_USER, { input: { email: 'z@harbour.example', displayName: 'Z', roles: ['ADMIN'] } }, trader)).codes).toEqual(['FORBIDDEN']);
});

test('who knows the current password may change it', async () => {
  const { data } = await door.ask(CREATE_USER, { input: { email: 'change@harbour.example', displayName: 'C', roles: ['RISK'], password: 'the first password' } }, { as: admin });
  const self = { as: principal({ ...admin, subject: data.createUser.user.id, roles: ['RISK'] }) };
  const change = (currentPassword: string, newPassword: string) =>
    door.ask('mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } userErrors { code path } } }', { input: { currentPassword, newPassword } }, self);
  expect((await change('wrong', 'the second password')).data.changePassword.userErrors).toEqual([{ code: 'INVALID', path: ['currentPassword'] }]);
  expect((await change('the first password', 'the second password')).data.changePassword.userErrors).toEqual([]);
  for (let n = 0; n < 5; n += 1) expect((await change('the first password', 'the third password')).data.changePassword.userErrors[0].code).toBe('INVALID');
  expect((await change('the second password', 'the third password')).codes).toEqual(['RATE_LIMITED']);
});

test('production refuses the demo and gives no token without a password; where the demo is off its accounts do not exist', async () => {
  const settings = { production: true, demo: true, issuer: 'https://pms.example', secret: door.surroundings.settings.secret };
  expect(() => authSubgraph({ ...door.surroundings, settings })).toThrow(/demo/);
  const demo = authSubgraph({ ...door.surroundings, settings: { ...settings, production: false } });
  await demo.start?.();
  expect((await demo.issueToken({ clientId: 'demo' })).token).toBeTruthy();
  await expect(auth.issueToken({ clientId: 'demo' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(auth.issueToken({ email: 'admin@demo.example' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const production = authSubgraph({ ...door.surroundings, settings: { ...settings, demo: false } });
  await expect(production.issueToken({ email: 'head@harbour.example' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await Promise.all([demo.close(), production.close()]);
});

const investors = (...ids: readonly string[]) => door.hear(...ids.map((investorId) => heard(investorCreated, investorId, { investorId, name: 'sealed:1:' }, { organizationId: admin.organizationId })));

test('an investor that the organisation does not have is refused by name, and neither a user nor a password comes of it', async () => {
  await investors('inv_known');
  await door.hear(heard(investorCreated, 'inv_foreign', { investorId: 'inv_foreign', name: 'sealed:1:' }, { organizationId: 'org_other' }));
  const create = async (email: string, investorIds: readonly string[]) => (await door.ask(CREATE_USER, { input: { email, displayName: 'Ina', roles: ['INVESTOR'], investorIds } }, { as: admin })).data.createUser;
  const before = (await door.told()).length;
  for (const unknown of ['inv_nobody', 'inv_foreign'])
    expect(await create('ina@harbour.example', ['inv_known', unknown])).toEqual({ user: null, initialPassword: null, userErrors: [{ code: 'NOT_FOUND', path: ['investorIds', '1'] }] });
  expect((await door.told()).length).toBe(before);
  const { user: made } = await create('ina@harbour.example', ['inv_known']); // the address is free still
  const ASSIGN_INVESTORS = 'mutation ($input: AssignInvestorsInput!) { assignInvestors(input: $input) { user { id } userErrors { code path } } }';
  const refused = await door.ask(ASSIGN_INVESTORS, { input: { userId: made.id, investorIds: ['inv_foreign'] } }, { as: admin });
  expect(refused.data.assignInvestors).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND', path: ['investorIds', '0'] }] });
  expect((await door.ask('query ($id: ID!) { user(id: $id) { investors { id } } }', { id: made.id }, { as: admin })).data.user.investors).toEqual([{ id: 'inv_known' }]);
});

test('the token of an investor names whose portfolios they see, and what was issued before holds no longer where one is taken away', async () => {
  await investors('inv_1', 'inv_2', 'inv_3');
  const created = (await door.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id investors { id } } userErrors { code path } } }',
    { input: { email: 'investor@one.example', displayName: 'Ivo', roles: ['INVESTOR'], investorIds: ['inv_1', 'inv_2', 'inv_1'] } }, { as: admin })).data.createUser;
  expect(created.user.investors).toEqual([{ id: 'inv_1' }, { id: 'inv_2' }]);
  const { id } = created.user;
  const claims = async () => decodeJwt((await auth.issueToken({ email: 'investor@one.example' })).token);
  expect(await claims()).toMatchObject({ roles: ['INVESTOR'], investors: ['inv_1', 'inv_2'] });
  const assign = async (investorIds: string[]) => (await door.ask('mutation ($input: AssignInvestorsInput!) { assignInvestors(input: $input) { user { investors { id } } userErrors { code path } } }', { input: { userId: id, investorIds } }, { as: admin })).data.assignInvestors;
  const revoked = async () => (await door.database.query('select 1 from auth.revocation where subject = $1', [id])).rows.length;
  expect((await assign(['inv_1', 'inv_2', 'inv_3'])).userErrors).toEqual([]);
  expect(await revoked()).toBe(0);
  expect((await assign(['inv_3'])).user.investors).toEqual([{ id: 'inv_3' }]);
  expect([await revoked(), (await claims())['investors']]).toEqual([1, ['inv_3']]);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.investors-assigned.v1', data: { before: ['inv_1', 'inv_2', 'inv_3'], investorIds: ['inv_3'] } });
  expect((await assign(['no id; at all'])).userErrors).toEqual([{ code: 'INVALID', path: ['investorIds', '0'] }]);
  expect((await assign(Array.from({ length: 21 }, (_, n) => `inv_${n}`))).userErrors).toEqual([{ code: 'INVALID', path: ['investorIds'] }]);
  await door.ask('mutation ($input: AssignRolesInput!) { assignRoles(input: $input) { user { id } } }', { input: { userId: id, roles: ['INVESTOR', 'RISK'] } }, { as: admin });
  expect((await claims())['investors']).toBeUndefined();
});
