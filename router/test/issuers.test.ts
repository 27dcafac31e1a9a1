/** Several issuers beside our own: their keys over HTTP while they rotate, lie, and go away; their tokens at the router. */
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keySet } from '@pms/identity/key-set';
import { authenticator } from '@pms/identity/tokens';
import { routerSettings, type RouterSettingsInput } from '../src/settings.ts';
import { believing } from '../src/security/issuers.ts';
import { quiet } from './federation.ts';
import { byName, openShop } from './shop.ts';

interface Issuer {
  readonly url: string;
  keys: JWK[];
  /** Requests that arrived, by path. */
  readonly asked: string[];
  failing: boolean;
  sign(claims: Record<string, unknown>, kid?: string): Promise<string>;
  rotate(kid: string): Promise<void>;
  close(): void;
}

const open: Server[] = [];
async function issuer(): Promise<Issuer> {
  const privates = new Map<string, CryptoKey>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (self.failing) return response.writeHead(503).end();
    const body = request.url === '/keys' ? { keys: self.keys } : { issuer: self.url, jwks_uri: `${self.url}/keys` };
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const self: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys: [], asked, failing: false,
    async rotate(kid) {
      const pair = await generateKeyPair('RS256', { extractable: true });
      privates.set(kid, pair.privateKey);
      self.keys = [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256' }];
    },
    async sign(claims, kid = self.keys[0]?.kid ?? '') {
      const key = privates.get(kid);
      if (key === undefined) throw new Error(`no key ${kid}`);
      return `Bearer ${await new SignJWT({ iss: self.url, aud: 'shop', exp: Math.floor(Date.now() / 1_000) + 600, ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(key)}`;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  await self.rotate('first');
  return self;
}

let keycloak: Issuer;
let cognito: Issuer;
beforeAll(async () => {
  [keycloak, cognito] = await Promise.all([issuer(), issuer()]);
});
afterAll(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

const settings = (issuers: NonNullable<RouterSettingsInput['authentication']>['issuers']) => routerSettings.parse({ authentication: { issuers } }).authentication;
const refused = (message: string) => expect.objectContaining({ code: 'UNAUTHENTICATED', message });

test('tokens of each issuer are verified by its own keys, read in its own words, and pass for none of another', async () => {
  const authenticate = believing(byName, settings([
    { kind: 'keycloak', issuer: keycloak.url, audience: 'shop' }, { kind: 'cognito', issuer: cognito.url, audience: ['app', 'other'], jwksUrl: `${cognito.url}/keys` },
  ]), quiet);
  if (authenticate === undefined) throw new Error('nobody is believed');
  expect(await authenticate(await keycloak.sign({ sub: 'kim', typ: 'Bearer', realm_access: { roles: ['buyer'] }, scope: 'cost:read' })))
    .toMatchObject({ subject: 'kim', issuer: keycloak.url, organizationId: '', roles: ['buyer'], scopes: new Set(['cost:read']) });
  expect(await authenticate(await cognito.sign({ sub: 'cy', token_use: 'access', client_id: 'app', aud: undefined, 'cognito:groups': ['buyer'] })))
    .toMatchObject({ subject: 'cy', issuer: cognito.url, roles: ['buyer'] });
  expect(await authenticate('Bearer reader')).toMatchObject({ subject: 'reader' });
  expect([await authenticate(undefined), keycloak.asked, cognito.asked]).toEqual([null, ['/.well-known/openid-configuration', '/keys'], ['/keys']]);

  const other = 'the token is not meant for this platform';
  await expect(authenticate(await cognito.sign({ sub: 'cy', token_use: 'access', client_id: 'stranger', aud: undefined }))).rejects.toEqual(refused(other));
  await expect(authenticate(await keycloak.sign({ sub: 'kim', typ: 'Bearer', aud: ['account'] }))).rejects.toEqual(refused(other));
  await expect(authenticate(await keycloak.sign({ sub: 'kim', typ: 'Bearer', iss: cognito.url, token_use: 'access', client_id: 'app' }))).rejects.toEqual(refused('the token does not verify'));
  await expect(authenticate(await keycloak.sign({ sub: 'kim', typ: 'Refresh' }))).rejects.toEqual(refused('the token does not verify'));
  await expect(authenticate(`Bearer ${'x'.repeat(9_000)}`)).rejects.toEqual(refused('the token does not verify'));
});

test('an algorithm that an issuer does not use is refused, although its key would do', async () => {
  const authenticate = believing(undefined, settings([{ issuer: keycloak.url, audience: 'shop', algorithms: ['ES256'] }]), quiet);
  await expect(authenticate?.(await keycloak.sign({ sub: 'kim' }))).rejects.toEqual(refused('the token does not verify'));
  expect(() => settings([{ issuer: keycloak.url, audience: 'shop', algorithms: ['HS256' as never] }])).toThrow();
  expect(() => settings([{ issuer: keycloak.url, audience: [] }])).toThrow();
});

test('keys rotate without a restart, made-up key ids do not make it ask all the time, and an issuer that is away takes nobody with it', async () => {
  const rotating = await issuer();
  let now = Date.now();
  const gone: string[] = [];
  const keysOf = (of: Issuer) => keySet({ issuer: of.url, url: `${of.url}/keys`, now: () => now, unreachable: (reason) => void gone.push(reason) });
  const rules = (of: Issuer) => ({ issuer: of.url, audience: 'shop', keys: keysOf(of), foreign: { audienceClaims: ['aud'], rules: { issuer: of.url, required: {}, ways: { subject: ['sub'], organization: [], roles: [], scopes: [], tokenUse: [], tokenId: [] } } } });
  const authenticate = authenticator([rules(rotating), rules(keycloak)], () => now);
  const old = await rotating.sign({ sub: 'a' });
  await authenticate(old);
  await rotating.rotate('second');
  now += 11_000;
  expect(await authenticate(await rotating.sign({ sub: 'b' }))).toMatchObject({ subject: 'b' });
  expect(rotating.asked).toHaveLength(2);

  const made = await rotating.sign({ sub: 'c' });
  rotating.keys = [{ ...rotating.keys[0], kid: 'third' }];
  await expect(authenticate(await rotating.sign({ sub: 'd' }, 'first'))).rejects.toEqual(refused('the token does not verify'));
  expect(rotating.asked).toHaveLength(2); // within the cooldown
  rotating.failing = true;
  now += 11_000;
  await expect(authenticate(await rotating.sign({ sub: 'e' }, 'first'))).rejects.toEqual(refused('the token does not verify'));
  expect([rotating.asked.length, gone.length]).toEqual([3, 1]);
  expect(await authenticate(made)).toMatchObject({ subject: 'c' }); // by the keys that are known
  expect(await authenticate(await keycloak.sign({ sub: 'kim' }))).toMatchObject({ subject: 'kim' });
});

test('an issuer that was never reached refuses its own tokens, and is asked again', async () => {
  const late = await issuer();
  late.failing = true;
  let now = Date.now();
  const keys = keySet({ issuer: late.url, now: () => now });
  const authenticate = authenticator([{ issuer: late.url, audience: 'shop', keys }], () => now);
  const token = await late.sign({ sub: 'usr_1', jti: 't', org: 'org_1', token_use: 'USER' });
  await expect(authenticate(token)).rejects.toEqual(refused('the token does not verify'));
  late.failing = false;
  now += 2_000;
  expect(await authenticate(token)).toMatchObject({ subject: 'usr_1', organizationId: 'org_1' });
});

test('at the router a user of another issuer needs no organisation, and scopes of hers count', async () => {
  const shop = await openShop({ settings: { authentication: { issuers: [{ issuer: keycloak.url, audience: 'shop' }] } } });
  const cost = async (scope: string): Promise<unknown> => (await shop.ask('{ product(id: 1) { name cost } }', { authorization: await keycloak.sign({ sub: 'kim', scope }) })).data;
  expect([await cost('cost:read'), await cost('other')]).toEqual([{ product: { name: 'product 1', cost: 60 } }, { product: { name: 'product 1', cost: null } }]);
  expect((await shop.ask('{ product(id: 1) { cost } }', { authorization: 'Bearer buyer' })).data).toEqual({ product: { cost: 60 } });
  await shop.router.close();
});
