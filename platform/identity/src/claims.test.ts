/** Principals from the claims of other issuers. */
import { expect, test } from 'vitest';
import { claimedPrincipal, type ClaimWays, type IssuerKind, presets, valueAt } from './claims.ts';

const principalOf = (kind: IssuerKind, payload: Record<string, unknown>, over: Partial<ClaimWays> = {}) =>
  claimedPrincipal({ exp: 1_000, ...payload }, { issuer: 'https://idp.example', ways: { ...presets[kind].ways, ...over }, required: presets[kind].required }, 'hash');
const common = { issuer: 'https://idp.example', kind: 'USER', organizationId: '', roles: [], scopes: new Set(), tokenId: 'hash', expiresAt: 1_000 };

test('a token that says only who it is of is enough', () => {
  expect(principalOf('oidc', { sub: 'ann' })).toEqual({ ...common, subject: 'ann' });
});

test('Keycloak keeps roles inside a claim, and tells its access tokens by their type', () => {
  const payload = { sub: 'ann', typ: 'Bearer', jti: 't1', realm_access: { roles: ['trader', 'risk'] }, resource_access: { shop: { roles: ['buyer'] } }, scope: 'openid trade:read' };
  expect(principalOf('keycloak', payload)).toEqual({ ...common, subject: 'ann', tokenId: 't1', roles: ['trader', 'risk'], scopes: new Set(['openid', 'trade:read']) });
  expect(principalOf('keycloak', payload, { roles: ['resource_access.shop.roles'] }).roles).toEqual(['buyer']);
  expect(() => principalOf('keycloak', { ...payload, typ: 'ID' })).toThrow('typ');
});

test('Cognito names groups and clients in its own way, and its identity tokens are no access tokens', () => {
  const payload = { sub: 'ann', token_use: 'access', client_id: 'app', 'cognito:groups': ['trader'], scope: 'api/read api/write' };
  expect(principalOf('cognito', payload)).toEqual({ ...common, subject: 'ann', roles: ['trader'], scopes: new Set(['api/read', 'api/write']) });
  expect(principalOf('cognito', { ...payload, sub: 'app' }).kind).toBe('SERVICE');
  expect(() => principalOf('cognito', { ...payload, token_use: 'id' })).toThrow('token_use');
});

test('Auth0 says permissions beside scopes, and claims of one’s own have an address for a name', () => {
  const payload = { sub: 'auth0|1', scope: 'openid', permissions: ['trade:read'], 'https://app.example/roles': ['trader'], org_id: 'org_9', gty: 'client-credentials' };
  expect(principalOf('auth0', payload, { roles: ['https://app.example/roles'] })).toEqual({
    ...common, subject: 'auth0|1', kind: 'SERVICE', organizationId: 'org_9', roles: ['trader'], scopes: new Set(['trade:read', 'openid']),
  });
});

test('a token of nobody is refused', () => {
  expect(() => principalOf('oidc', { scope: 'all' })).toThrow('subject');
});

test.each([
  ['a.b', { 'a.b': 1, a: { b: 2 } }, 1], ['a.b', { a: { b: 2 } }, 2], ['https://x.example/a.b', { 'https://x.example/a': { b: 3 } }, 3], ['a.b', { a: 'text' }, undefined],
  ['__proto__.x', { a: 1 }, undefined], ['constructor', { a: 1 }, undefined],
])('%s leads into %j', (way, value, found) => expect(valueAt(value, way)).toBe(found));
