/** What says who is asking: tokens, claims of other issuers, cookies, and the page to go back to. */
import { DomainError } from '@pms/errors';
import { claimedPrincipal, type IssuerKind, presets } from '@pms/identity/claims';
import { cookieValue } from '@pms/identity/session-cookie';
import { authenticator, issuerIn } from '@pms/identity/tokens';
import fc from 'fast-check';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { ownPath } from '../../../subgraphs/auth/src/oauth/own-path.ts';
import { sealing } from '../../../subgraphs/auth/src/oauth/sealing.ts';
import { mutatedJson, mutatedText } from '../support/mutated.ts';
import { isPolluted } from '../support/odd.ts';
import { must, outcome, target } from '../support/target.ts';

const ISSUER = 'https://pms.example';
const AT = Date.parse('2026-11-20T12:00:00Z');
const SECOND = 1_000;
const [ours, theirs] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
const authenticate = authenticator([{ issuer: ISSUER, audience: 'pms-api', keys: createLocalJWKSet({ keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'ES256' }] }) }], () => AT);
const claims = { iss: ISSUER, aud: 'pms-api', sub: 'usr_1', jti: 'tok_1', iat: AT / SECOND, exp: AT / SECOND + 900, token_use: 'USER', org: 'org_1', roles: ['TRADER'], scope: 'trade:read trade:write' };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
const header = { alg: 'ES256', kid: 'k1' };
const token = await new SignJWT(claims).setProtectedHeader(header).sign(ours.privateKey);
const [, , signature = ''] = token.split('.');

/** Null where it was refused as UNAUTHENTICATED; anything else that is thrown is a defect. */
async function verified(authorization: string): ReturnType<typeof authenticate> {
  try {
    return await authenticate(authorization);
  } catch (error) {
    must(error instanceof DomainError && error.code === 'UNAUTHENTICATED', 'a token is refused as such', String(error));
    must(error.message.length < 200 && !error.message.includes(authorization.slice(0, 40)), 'the refusal says nothing of the token', error.message);
    return null;
  }
}

const forged = target<readonly [string, unknown, unknown]>({
  name: 'tokens-forged', says: 'no token verifies but one that our key signed just so',
  inputs: fc.oneof(
    fc.tuple(mutatedText([token, `${part({ alg: 'none' })}.${part(claims)}.`, `${part(header)}.${part(claims)}.${signature}`], ['.', 'Bearer ', part(header), part({ alg: 'HS256', kid: 'k1' }), signature, '==', '-', '_']), fc.constant<unknown>(null), fc.constant<unknown>(null)),
    fc.tuple(fc.constant(''), mutatedJson([header, { ...header, alg: 'none' }, { ...header, crit: ['exp'] }, { ...header, jwk: { kty: 'EC' } }, { ...header, b64: false, crit: ['b64'] }]), mutatedJson([claims])),
  ),
  async holds([text, head, payload]) {
    const made = text === '' ? `${part(head)}.${part(payload)}.${signature}` : text;
    const principal = await verified(`Bearer ${made}`);
    // base64url has spellings that differ in bits that carry nothing
    if (principal !== null) must(made === token || principal.subject === claims.sub && sameBytes(made, token), 'only our own token verifies', made);
    issuerIn(`Bearer ${made}`);
  },
  growing: { 'dots': (size) => ['.'.repeat(size), null, null], 'a long payload': (size) => ['', header, { ...claims, pad: 'x'.repeat(Math.min(size, 5_000)) }], 'spaces': (size) => [' '.repeat(size), null, null] },
});

const sameBytes = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => text.replace(/^Bearer /i, '').trim().split('.').map((piece) => Buffer.from(piece, 'base64url').toString('hex')).join('.'));
  return a === b;
};

const ROLES_MAX = 10_000;
const signed = target<readonly [boolean, unknown, unknown]>({
  name: 'tokens-signed', says: 'a token with our signature and odd claims is a sound principal or refused; another key’s is refused',
  inputs: fc.tuple(fc.boolean(), mutatedJson([claims]), mutatedJson([header])),
  async holds([own, payload, head]) {
    const made = await sign(own, payload, head);
    if (made === null) return;
    const principal = await verified(`Bearer ${made}`);
    must(!isPolluted(), 'no object has what a token put into all of them');
    if (principal === null) return;
    const { subject, kind, organizationId, roles, scopes, tokenId, expiresAt } = principal;
    must(own, 'a token of another key verifies');
    must([subject, organizationId, tokenId].every((text) => typeof text === 'string' && text !== ''), 'a principal has its names', principal);
    must(['USER', 'SERVICE'].includes(kind) && roles.length < ROLES_MAX && [...roles, ...scopes].every((text) => typeof text === 'string'), 'roles and scopes are text', roles);
    must(Number.isFinite(expiresAt) && expiresAt * SECOND > AT - 5 * SECOND, 'it has not expired', expiresAt);
  },
});

/** Null for what the library refuses to sign. */
async function sign(own: boolean, payload: unknown, head: unknown): Promise<string | null> {
  try {
    return await new SignJWT(payload as JWTPayload).setProtectedHeader(head as { alg: string }).sign(own ? ours.privateKey : theirs.privateKey);
  } catch {
    return null;
  }
}

const kinds = Object.keys(presets) as IssuerKind[];
const foreign = target<readonly [IssuerKind, unknown]>({
  name: 'claims-of-others', says: 'claims of another issuer are a sound principal, or refused',
  inputs: fc.tuple(fc.constantFrom(...kinds), mutatedJson([{ sub: 'ann', exp: 1, typ: 'Bearer', realm_access: { roles: ['a'] }, scope: 'x y' }, { client_id: 'c', exp: 1, token_use: 'access', 'cognito:groups': ['g'] }, { sub: 's', exp: 1, permissions: ['p'], org_id: 'o', gty: 'client-credentials' }])),
  holds([kind, payload]) {
    if (typeof payload !== 'object' || payload === null) return;
    const read = outcome(() => claimedPrincipal(payload as Record<string, unknown>, { issuer: ISSUER, ways: presets[kind].ways, required: presets[kind].required }, 'hash'), Error);
    if ('refused' in read) return must(/claim|subject/.test(read.refused.message), 'it says why', read.refused.message);
    const { subject, organizationId, roles, scopes, tokenId } = read.value;
    must([subject, organizationId, tokenId, ...roles, ...scopes].every((text) => typeof text === 'string') && subject !== '', 'a principal is text', read.value);
  },
});

const cookies = target<string>({
  name: 'cookies', says: 'a cookie is found by its whole name, and its value is a part of the header',
  inputs: mutatedText(['pms_session=abc', 'a=b; pms_session=abc.def; c=d', '__Host-pms_session=x'], [';', '=', ' ', 'pms_session', '__Host-', ',', '"']),
  holds(text) {
    const value = cookieValue(text, 'pms_session');
    must(value === null || (value !== '' && text.includes(value) && !value.includes(';')), 'a value is what stands there', value);
  },
  growing: { 'cookies': (size) => 'a=b;'.repeat(size), 'equals': (size) => '='.repeat(size) },
});

const back = target<string>({
  name: 'own-path', says: 'the page to go back to is on this server, whatever a browser makes of its address',
  inputs: mutatedText(['/graphiql', '/a?b=c#d', '//evil.example', '/\\evil.example', '/.//evil.example', 'https://evil.example/'], ['/', '\\', '//', '..', '@', ':', '%2f', '%5c', '\t', '\n', '?', '#', 'evil.example', 'https:', 'javascript:']),
  holds(text) {
    const path = ownPath(text, ISSUER);
    if (path === null) return;
    must(path.startsWith('/') && new URL(path, ISSUER).origin === ISSUER && new URL(path, `${ISSUER}/auth/callback`).origin === ISSUER, 'it leads nowhere else', path);
    must(!/[\r\n]/.test(path), 'it fits a header', path);
  },
});

const box = sealing('a secret of the tests, and of nothing else');
const opened = target<string>({
  name: 'sealed', says: 'what was not sealed here does not open; what was, opens as it was',
  inputs: mutatedText([box.seal('hello', 'a'), box.seal('', 'a'), box.seal('hello', 'b')], ['A', '_', '-', '=', '.']),
  holds(text) {
    const found = outcome(() => box.open(text, 'a'), Error);
    if ('value' in found) must(found.value === 'hello' || found.value === '', 'only what was sealed opens', found.value);
  },
});

export const identity = [forged, signed, foreign, cookies, back, opened];
