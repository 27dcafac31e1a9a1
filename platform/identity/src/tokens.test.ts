/** Which tokens verify. */
import { exportJWK, generateKeyPair, createLocalJWKSet, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { authenticator, type Authenticate } from './tokens.ts';

const ISSUER = 'https://pms.example';
const AT = Date.parse('2026-11-20T12:00:00Z');
const seconds = (offset: number): number => AT / 1_000 + offset;
const claims = { iss: ISSUER, aud: 'pms-api', sub: 'usr_1', jti: 'tok_1', exp: seconds(900), token_use: 'USER', org: 'org_1', roles: ['TRADER'], scope: 'trade:read trade:write' };

let ours: CryptoKey;
let theirs: CryptoKey;
let authenticate: Authenticate;
let publicPem: Record<string, unknown>;
beforeAll(async () => {
  const [own, other] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
  [ours, theirs] = [own.privateKey, other.privateKey];
  publicPem = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256' };
  authenticate = authenticator([{ issuer: ISSUER, audience: 'pms-api', keys: createLocalJWKSet({ keys: [publicPem] }) }], () => AT);
});

const signed = async (over: JWTPayload = {}, key = ours): Promise<string> =>
  `Bearer ${await new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key)}`;
const refused = (message?: string) => expect.objectContaining({ code: 'UNAUTHENTICATED', ...(message === undefined ? {} : { message }) });

test('a good token says who sent the request', async () => {
  expect(await authenticate(await signed())).toEqual({
    subject: 'usr_1', kind: 'USER', organizationId: 'org_1', roles: ['TRADER'], scopes: new Set(['trade:read', 'trade:write']), tokenId: 'tok_1', expiresAt: claims.exp,
  });
});

test('no header is nobody; another scheme is refused', async () => {
  expect(await authenticate(undefined)).toBeNull();
  await expect(authenticate('Basic abc')).rejects.toEqual(refused('the authorization header holds no bearer token'));
});

test('an expired token is refused', async () => {
  await expect(authenticate(await signed({ exp: seconds(-60) }))).rejects.toEqual(refused('the token has expired'));
});

test('a token that was good is refused once it has expired, although it was seen before', async () => {
  let now = AT;
  const later = authenticator([{ issuer: ISSUER, audience: 'pms-api', keys: createLocalJWKSet({ keys: [publicPem] }) }], () => now);
  const token = await signed();
  await later(token);
  now = AT + 901_000 + 2_000;
  await expect(later(token)).rejects.toEqual(refused('the token has expired'));
});

test('a token of another issuer is refused, even when our key signed it', async () => {
  await expect(authenticate(await signed({ iss: 'https://evil.example' }))).rejects.toEqual(refused('the token is of an issuer that is not trusted'));
});

test('a token for another audience is refused', async () => {
  await expect(authenticate(await signed({ aud: 'another-api' }))).rejects.toEqual(refused('the token is not meant for this platform'));
});

test('a token without a signature (alg none) is refused', async () => {
  const unsigned = new UnsecuredJWT(claims).encode();
  await expect(authenticate(`Bearer ${unsigned}`)).rejects.toEqual(refused());
  await expect(authenticate(`Bearer ${unsigned}AAAA`)).rejects.toEqual(refused('the token does not verify'));
});

test('a token that is signed with the public key as a shared secret is refused', async () => {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.from(JSON.stringify(publicPem)));
  await expect(authenticate(`Bearer ${token}`)).rejects.toEqual(refused('the token does not verify'));
});

test('a token that was tampered with, or signed by another key, is refused', async () => {
  const [header = '', payload = '', signature = ''] = (await signed()).split('.');
  const changed = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('usr_1', 'usr_2')).toString('base64url');
  await expect(authenticate(`${header}.${changed}.${signature}`)).rejects.toEqual(refused('the token does not verify'));
  await expect(authenticate(await signed({}, theirs))).rejects.toEqual(refused('the token does not verify'));
});

test.each(['sub', 'jti', 'exp', 'org', 'token_use'])('a token without %s is refused', async (name) => {
  await expect(authenticate(await signed({ [name]: undefined }))).rejects.toEqual(refused());
});
