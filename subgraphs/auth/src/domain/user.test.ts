import { expect, test } from 'vitest';
import { newServiceClient } from './service-client.ts';
import { newUser, withRoles } from './user.ts';

const ada = (over: Partial<Parameters<typeof newUser>[0]> = {}) =>
  newUser({ id: 'usr_1', organizationId: 'org_1', email: 'Ada@Example.com ', displayName: 'Ada', investorIds: [], roles: ['TRADER', 'ADMIN', 'TRADER'], createdAt: new Date(0), ...over });

test('an e-mail address is kept in lower case and each role once', () => {
  expect(ada()).toMatchObject({ email: 'ada@example.com', roles: ['ADMIN', 'TRADER'] });
});

test.each(['', 'ada', '@example.com', 'a b@example.com', '<a@example.com>'])('%j is no e-mail address', (email) => {
  expect(() => ada({ email })).toThrow(expect.objectContaining({ code: 'INVALID', path: ['email'] }));
});

test('a user without a role cannot be made', () => {
  expect(() => ada({ roles: [] })).toThrow(expect.objectContaining({ path: ['roles'] }));
});

test('the last ADMIN stays one', () => {
  expect(() => withRoles(ada(), ['TRADER'], 0)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  expect(withRoles(ada(), ['TRADER'], 1).roles).toEqual(['TRADER']);
});

test('a service client gets no scope that does not exist or that its maker lacks', () => {
  const make = (scopes: string[]) => newServiceClient(
    { id: 'svc_1', organizationId: 'org_1', clientId: 'svc_1', name: 'Feed', scopes, createdAt: new Date(0), secretRotatedAt: new Date(0), previousSecretValidUntil: null },
    { known: ['trade:read', 'trade:write'], held: new Set(['trade:read']) });
  expect(make(['trade:read']).scopes).toEqual(['trade:read']);
  expect(() => make(['trade:all'])).toThrow(expect.objectContaining({ code: 'INVALID', path: ['scopes', '0'] }));
  expect(() => make(['trade:read', 'trade:write'])).toThrow(expect.objectContaining({ code: 'NOT_PERMITTED', path: ['scopes', '1'] }));
});
