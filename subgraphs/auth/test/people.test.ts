/** What is personal about those who sign in: sealed where it is kept, given to whom it belongs, erased for good. */
import { scopes } from '@pms/identity/principal';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let auth: AuthSubgraph;
let admin = principal();
let second = principal();
beforeAll(async () => {
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)));
  const { organizationId, userId } = await auth.bootstrapOrganization({ name: 'Harbour Capital', adminEmail: 'head@harbour.example', adminPassword: 'a long enough one' });
  admin = principal({ organizationId, subject: userId });
  second = principal({ organizationId, subject: await user('second@harbour.example', 'Second', ['ADMIN']) });
});
afterAll(() => door.close());

const user = async (email: string, displayName: string, roles: readonly string[] = ['TRADER']): Promise<string> =>
  (await door.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } userErrors { message } } }', { input: { email, displayName, roles } }, { as: admin })).data.createUser.user.id as string;
const ERASE = 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { userId erasedAt userErrors { code message path } } }';
const erase = async (userId: string, as = admin, reason = 'asked for it in writing') => (await door.ask(ERASE, { input: { userId, reason } }, { as })).data.erasePerson;
const DATA = 'query ($userId: ID!) { personalData(userId: $userId) { id exportedAt identity } }';

/** Every place of the whole database where the text stands. */
async function foundIn(text: string): Promise<string[]> {
  const { rows } = await door.database.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const places: string[] = [];
  for (const { schema, name } of rows) {
    const { rows: [row] } = await door.database.query<{ count: string }>(`select count(*) from "${schema}"."${name}" as t where t::text ilike $1`, [`%${text}%`]);
    if (row?.count !== '0') places.push(`${schema}.${name}`);
  }
  return places;
}

test('neither an address nor a name is readable anywhere in the database, and both are read through the API', async () => {
  const userId = await user('greta.unique@harbour.example', 'Greta Veryunique');
  const { data } = await door.ask('query ($id: ID!) { user(id: $id) { email displayName } }', { id: userId }, { as: admin });
  expect(data.user).toEqual({ email: 'greta.unique@harbour.example', displayName: 'Greta Veryunique' });
  expect(await foundIn('greta.unique')).toEqual([]);
  expect(await foundIn('Veryunique')).toEqual([]);
  expect((await auth.issueToken({ email: 'Greta.Unique@harbour.example' })).token).toMatch(/^ey/); // found by the keyed hash, in any letters
});

test('sealed text opens in its own place alone: moved to another user it is refused', async () => {
  const [one, other] = [await user('one@harbour.example', 'One'), await user('other@harbour.example', 'Other')];
  await door.database.query(`update auth."user" set display_name = (select display_name from auth."user" where id = $2) where id = $1`, [one, other]);
  const moved = await door.ask('query ($id: ID!) { user(id: $id) { displayName } }', { id: one }, { as: admin });
  expect(moved.messages).toHaveLength(1);
  expect(moved.data.user).toBeNull();
  await door.database.query(`delete from auth."user" where id = $1`, [one]);
});

test('everybody may have what is held about them, opened; another’s needs identity:manage', async () => {
  const userId = await user('pia@harbour.example', 'Pia');
  const own = { as: principal({ ...admin, subject: userId, scopes: new Set(['trade:read']) }) };
  const { data } = await door.ask(DATA, { userId }, own);
  expect(data.personalData).toMatchObject({
    id: userId, identity: {
      user: { email: 'pia@harbour.example', displayName: 'Pia', roles: ['TRADER'] }, sessions: 0, legalHolds: [],
      events: [{ type: 'auth.user-created.v1', actor: admin.subject, data: { email: 'pia@harbour.example', displayName: 'Pia' } }],
    },
  });
  expect((await door.ask(DATA, { userId: admin.subject }, own)).codes).toEqual(['NOT_FOUND']);
  expect((await door.ask(DATA, { userId }, { as: principal({ organizationId: 'org_other', subject: 'usr_x' }) })).codes).toEqual(['NOT_FOUND']);
});

test('an erased user signs in no more and cannot be read; what was told of them stays, unreadable', async () => {
  const userId = await user('gone@harbour.example', 'Gustav Gone');
  expect(await erase(userId)).toMatchObject({ userId, erasedAt: expect.any(String), userErrors: [] });
  await expect(auth.issueToken({ email: 'gone@harbour.example' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { data } = await door.ask('query ($id: ID!) { user(id: $id) { email displayName roles } }', { id: userId }, { as: admin });
  expect(data.user).toEqual({ email: '', displayName: 'Erased', roles: [] });
  const told = (await door.told()).filter(({ key }) => key === userId);
  expect(told.map(({ type, reason }) => [type, reason])).toEqual([['auth.user-created.v1', undefined], ['auth.person-erased.v1', 'asked for it in writing']]);
  const record = await door.ask(DATA, { userId }, { as: admin });
  expect(record.data.personalData.identity.events[0].data).toMatchObject({ email: null, displayName: null });
  expect((await door.database.query('select wrapped_key from auth.person_key where person_id = $1', [userId])).rows).toEqual([{ wrapped_key: null }]);
  await expect(door.database.query(`update auth.person_key set wrapped_key = 'x' where person_id = $1`, [userId])).rejects.toThrow('never made again');
  expect((await erase(userId)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(await user('gone@harbour.example', 'Somebody new')).not.toBe(userId); // the address is free again
});

test('a legal hold keeps somebody from being erased, until another than who placed it releases it', async () => {
  const userId = await user('held@harbour.example', 'Held');
  const placed = await door.ask('mutation ($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { legalHold { id placedBy releasedAt } userErrors { code } } }', { input: { userId, reason: 'case 12/2026' } }, { as: admin });
  const { id } = placed.data.placeLegalHold.legalHold;
  expect((await erase(userId)).userErrors).toEqual([{ code: 'CONFLICT', path: ['userId'], message: expect.stringContaining('case 12/2026') }]);
  const RELEASE = 'mutation ($input: ReleaseLegalHoldInput!) { releaseLegalHold(input: $input) { legalHold { releasedBy } userErrors { code } } }';
  const released = async (as: typeof admin) => (await door.ask(RELEASE, { input: { legalHoldId: id, reason: 'closed' } }, { as })).data.releaseLegalHold;
  expect(await released(admin)).toEqual({ legalHold: null, userErrors: [{ code: 'NOT_PERMITTED' }] });
  expect((await erase(userId)).userErrors[0].code).toBe('CONFLICT'); // what was refused changed nothing
  expect(await released(second)).toEqual({ legalHold: { releasedBy: second.subject }, userErrors: [] });
  expect((await erase(userId)).userErrors).toEqual([]);
});

test('nobody erases themselves, another organisation’s user, or without the scope; the last ADMIN stays', async () => {
  const userId = await user('kept@harbour.example', 'Kept');
  expect((await erase(admin.subject)).userErrors[0].code).toBe('NOT_PERMITTED');
  expect((await erase(userId, principal({ organizationId: 'org_other' }))).userErrors[0].code).toBe('NOT_FOUND');
  expect((await erase(userId, admin, '  ')).userErrors[0]).toMatchObject({ code: 'INVALID', path: ['reason'] });
  const limited = principal({ ...admin, scopes: new Set(scopes.filter((scope) => scope !== 'identity:manage')) });
  expect((await door.ask(ERASE, { input: { userId, reason: 'x' } }, { as: limited })).codes).toEqual(['FORBIDDEN']);
  const { organizationId, userId: only } = await auth.bootstrapOrganization({ name: 'One', adminEmail: 'only@one.example', adminPassword: 'a long enough one' });
  expect((await erase(only, principal({ organizationId, subject: 'svc_1' }))).userErrors[0].code).toBe('CONFLICT');
});

test('users of a release before sealing are sealed when the domain starts', async () => {
  await door.database.query(`insert into auth."user" (id, organization_id, email, display_name, roles, password_hash, created_at) values ('usr_old', $1, 'old.timer@harbour.example', 'Old Timer', '{RISK}', 'x', now())`, [admin.organizationId]);
  await door.subgraph.start?.();
  expect(await foundIn('old.timer')).toEqual([]);
  const { data } = await door.ask('query ($id: ID!) { user(id: $id) { email displayName } }', { id: 'usr_old' }, { as: admin });
  expect(data.user).toEqual({ email: 'old.timer@harbour.example', displayName: 'Old Timer' });
  expect((await auth.issueToken({ email: 'old.timer@harbour.example' })).token).toMatch(/^ey/);
});
