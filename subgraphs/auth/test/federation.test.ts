/** Signing in by an organisation's own provider: a real OpenID provider on a port of its own, asked by the platform over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { identityProvider } from '@pms/identity/federation';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Provider } from '../src/oauth/library.ts';
import { peopleKeys } from '../src/store/people-keys.ts';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';
import { authorizePath, type Browser, browser, location, openLogin, pkce, type Proof } from './browser.ts';

const ISSUER = 'http://127.0.0.1:4000';
const SECRET = 'a secret between the bank and the platform, long enough';
let clock = new Date();
let door: FrontDoor;
let app: FastifyInstance;
let base: string;

/** The bank's provider: what it knows of people, and its keys, can be changed while it runs. */
const people = new Map<string, Record<string, unknown>>();
let bank: Server;
let bankUrl: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** What it publishes instead of its keys. */
let published: readonly JWK[] | null = null;

async function keyOf(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
}

function runBank(key: JWK): void {
  const provider = new Provider(bankUrl, {
    jwks: { keys: [key] }, cookies: { keys: ['bank'] }, conformIdTokenClaims: false, pkce: { required: () => true }, responseTypes: ['code'],
    clients: [{ client_id: 'pms', client_secret: SECRET, redirect_uris: [`${ISSUER}/auth/federated/bank`], response_types: ['code'], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
  });
  const callback = provider.callback();
  answer = (request, response) => void callback(request, response);
}

beforeAll(async () => {
  bank = createServer((request, response) => {
    if (published !== null && request.url === '/jwks') response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    else answer(request, response);
  });
  await new Promise<void>((resolve) => { bank.listen(0, '127.0.0.1', resolve); });
  bankUrl = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`;
  runBank(await keyOf('first'));
  const provider = identityProvider.parse({
    name: 'bank', title: 'First Bank', issuer: bankUrl, clientId: 'pms', organizationId: 'org_demo', linkByEmail: true, roles: { claim: 'groups', values: { traders: ['TRADER'], officers: ['COMPLIANCE'] } },
  });
  const secret = (name: string): Promise<string> => Promise.resolve(name === 'idp-bank' ? SECRET : Buffer.from(name.padEnd(32, '.')).toString('base64url'));
  let auth: AuthSubgraph | undefined;
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)), { settings: { production: false, demo: true, issuer: ISSUER, secret, identityProviders: [provider] }, now: () => clock });
  await auth?.start?.();
  app = fastify();
  await auth?.routes?.(app);
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(() => {
  published = null;
  people.set('ada', { email: 'Ada@Bank.example', email_verified: true, name: 'Ada of the Bank', groups: ['traders', 'chess club'] });
});
afterAll(async () => {
  await app.close();
  bank.closeAllConnections();
  bank.close();
  await door.close();
});

/** To the bank, in through its own pages as `login`, and to the address that it leads back to. */
async function viaBank(page: Browser, proof: Proof, login: string): Promise<URL> {
  const { path, html } = await openLogin(page, authorizePath({ redirectUri: `${ISSUER}/callback`, proof }));
  expect(html).toContain(`<a href="${path}/with/bank">Sign in with First Bank</a>`);
  const question = location(await page.get(`${path}/with/bank`));
  expect(Object.fromEntries(question.searchParams)).toMatchObject({ response_type: 'code', client_id: 'pms', code_challenge_method: 'S256', redirect_uri: `${ISSUER}/auth/federated/bank`, state: expect.any(String) as string, nonce: expect.any(String) as string });
  return atBank(question, login);
}
async function atBank(question: URL, login: string): Promise<URL> {
  const at = browser(bankUrl);
  let next = location(await at.get(`${question.pathname}${question.search}`));
  for (const form of [{ prompt: 'login', login, password: 'x' }, { prompt: 'consent' }] as const) {
    const posted = await at.post(next.pathname, form);
    next = location(await at.get(location(posted).pathname));
  }
  return next;
}
const back = (page: Browser, to: URL): Promise<Response> => page.get(`${to.pathname}${to.search}`);

/** Status and text of the page where it ended, or the claims of the access token. */
async function signedIn(login: string, page = browser(base)): Promise<any> {
  const proof = pkce();
  const returned = await back(page, await viaBank(page, proof, login));
  if (returned.status !== 303) return { status: returned.status, text: await returned.text() };
  const proven = location(returned);
  const done = await page.get(`${proven.pathname}${proven.search}`);
  const code = location(await page.get(location(done).pathname)).searchParams.get('code') ?? '';
  const response = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', code, client_id: 'pms-web', redirect_uri: `${ISSUER}/callback`, code_verifier: proof.verifier }) });
  return decodeJwt(((await response.json()) as { access_token: string }).access_token);
}

test('a person of the bank signs in, gets an account with the roles that the bank says, and the same one the next time', async () => {
  const first = await signedIn('ada');
  expect(first).toMatchObject({ iss: ISSUER, token_use: 'USER', org: 'org_demo', roles: ['TRADER'], sub: expect.stringMatching(/^usr_/) as string });
  expect((await door.told()).slice(-2)).toMatchObject([{ type: 'auth.user-created.v1', data: { email: expect.stringMatching(/^sealed:/) as string, displayName: expect.stringMatching(/^sealed:/) as string } }, { type: 'auth.signed-in.v1', data: { methods: ['federated'] } }]);
  people.set('ada', { ...people.get('ada'), groups: ['officers'] });
  expect(await signedIn('ada')).toMatchObject({ sub: first.sub, roles: ['COMPLIANCE'] });
  expect((await door.database.query('select 1 from auth.revocation where subject = $1', [first.sub])).rows).toHaveLength(1); // TRADER was taken away
  people.set('ada', { ...people.get('ada'), groups: [] });
  expect(await signedIn('ada')).toMatchObject({ status: 403, text: expect.stringContaining('gives them a role') as string });
});

test('an account with the same address becomes theirs where the bank has verified it, in their organisation alone', async () => {
  const { rows: [risk] } = await door.database.query<{ id: string }>(`select id from auth."user" where organization_id = 'org_demo' and roles = array['RISK']`);
  people.set('rita', { email: 'risk@demo.example', email_verified: false, name: 'Rita', groups: ['officers'] });
  expect(await signedIn('rita')).toMatchObject({ status: 403, text: expect.stringContaining('already') as string });
  people.set('rita', { ...people.get('rita'), email_verified: true });
  expect(await signedIn('rita')).toMatchObject({ sub: risk?.id, roles: ['COMPLIANCE'] });
  const index = await peopleKeys(door.surroundings.settings).emailIndex('boss@other.example');
  await door.database.query(`insert into auth."user" (id, organization_id, email, email_index, display_name, roles, password_hash, created_at) values ('usr_other', 'org_other', 'boss@other.example', $1, 'Boss', '{ADMIN}', 'none', now())`, [index]);
  people.set('eve', { email: 'boss@other.example', email_verified: true, name: 'Eve', groups: ['traders'] });
  expect(await signedIn('eve')).toMatchObject({ status: 403, text: expect.stringContaining('already') as string });
});

test('an answer counts in the browser that asked, for its own question, and once', async () => {
  const [page, victim] = [browser(base), browser(base)];
  const answered = await viaBank(page, pkce(), 'ada');
  expect((await back(browser(base), answered)).status).toBe(400);
  await viaBank(victim, pkce(), 'ada');
  expect((await back(victim, answered)).status).toBe(403); // another state
  const forged = new URL(answered);
  forged.searchParams.set('state', 'forged');
  expect((await back(page.copy(), forged)).status).toBe(403);
  const mixedUp = new URL(answered);
  mixedUp.searchParams.set('iss', 'https://evil.example');
  expect((await back(page.copy(), mixedUp)).status).toBe(403);
  const copy = page.copy();
  expect((await back(page, answered)).status).toBe(303);
  expect((await back(page, answered)).status).toBe(400); // its cookie is gone
  expect((await back(copy, answered)).status).toBe(403); // its code is spent
});

test('what the bank proved belongs to one sign-in, for a minute', async () => {
  const [page, other] = [browser(base), browser(base)];
  const proven = location(await back(page, await viaBank(page, pkce(), 'ada')));
  const theirs = await openLogin(other, authorizePath({ redirectUri: `${ISSUER}/callback`, proof: pkce() }));
  expect((await other.get(`${theirs.path}/federated${proven.search}`)).status).toBe(400);
  expect((await page.get(`${proven.pathname}?proof=forged`)).status).toBe(400);
  const before = clock;
  clock = new Date(clock.getTime() + 61_000);
  expect((await page.get(`${proven.pathname}${proven.search}`)).status).toBe(400);
  clock = before;
  expect((await page.get(`${proven.pathname}${proven.search}`)).status).toBe(303);
});

test('the bank’s keys rotate without a restart, and a signature by a key that it does not publish counts for nothing', async () => {
  await signedIn('ada');
  runBank(await keyOf('second'));
  clock = new Date(clock.getTime() + 15_000);
  expect(await signedIn('ada')).toMatchObject({ roles: ['TRADER'] });
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...elsewhere } = await keyOf('third');
  runBank(await keyOf('third'));
  published = [elsewhere];
  clock = new Date(clock.getTime() + 15_000);
  expect(await signedIn('ada')).toMatchObject({ status: 403, text: expect.stringContaining('does not hold') as string });
});

test('a bank that is away is said to be so, and the password page stays', async () => {
  const page = browser(base);
  const { path } = await openLogin(page, authorizePath({ redirectUri: `${ISSUER}/callback`, proof: pkce() }));
  expect((await page.get(`${path}/with/nobody`)).status).toBe(400);
  const kept = answer;
  answer = (_, response) => { response.writeHead(500).end(); };
  clock = new Date(clock.getTime() + 3_700_000);
  const fresh = browser(base);
  const again = await openLogin(fresh, authorizePath({ redirectUri: `${ISSUER}/callback`, proof: pkce() }));
  const away = await fresh.get(`${again.path}/with/bank`);
  expect([away.status, (await away.text()).includes('First Bank cannot be reached')]).toEqual([503, true]);
  answer = kept;
  expect((await fresh.get(`${again.path}/with/bank`)).status).toBe(303);
});
