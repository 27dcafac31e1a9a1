/** The OAuth server over real HTTP: who gets a token, what it says, and who does not. */
import { type Revocation, revocationList } from '@pms/identity/revocations';
import { authenticator, remoteKeys } from '@pms/identity/tokens';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';
import { type Authorization, authorizePath, browser, codeFor, location, openLogin, pkce } from './browser.ts';

const ISSUER = 'http://127.0.0.1:4000';
const REDIRECT = `${ISSUER}/callback`;
let door: FrontDoor;
let auth: AuthSubgraph;
let app: FastifyInstance;
let base: string;
let clock: Date | null = null;

beforeAll(async () => {
  const secret = (name: string): Promise<string> => Promise.resolve(Buffer.from(name.padEnd(32, '.')).toString('base64url'));
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)), {
    settings: { production: false, demo: true, issuer: ISSUER, secret }, now: () => clock ?? new Date(),
  });
  await auth.start?.();
  app = fastify({ trustProxy: true });
  await auth.routes?.(app);
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(async () => {
  clock = null;
  await door.database.query('delete from auth.sign_in_attempts');
});
afterAll(async () => {
  await app.close();
  await door.close();
});

interface Tokens { readonly access_token: string; readonly refresh_token: string; readonly id_token: string; readonly expires_in: number; readonly scope: string; readonly error: string }

const token = async (form: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number; body: Tokens }> => {
  const response = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: response.status, body: (await response.json()) as Tokens };
};
const basic = (id: string, secret: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const signInAs = async (email: string, over: Partial<Authorization> = {}): Promise<Tokens> => {
  const authorization = { redirectUri: REDIRECT, proof: pkce(), ...over };
  const code = await codeFor(browser(base), authorization, email, 'demo');
  return (await token({ grant_type: 'authorization_code', code, client_id: authorization.clientId ?? 'pms-web', redirect_uri: authorization.redirectUri, code_verifier: authorization.proof.verifier })).body;
};
const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'pms-web' });
const authenticate = (name: string) => authenticator([{ issuer: ISSUER, audience: 'pms-api', keys: remoteKeys(`${base}/oauth2/jwks?${name}`) }]);

test('a person signs in with code and PKCE and gets a USER token with the scopes of their roles', async () => {
  const { access_token, expires_in, id_token } = await signInAs('trader@demo.example');
  expect(decodeProtectedHeader(access_token)).toMatchObject({ typ: 'at+jwt', alg: 'RS256', kid: expect.any(String) });
  expect(decodeJwt(access_token)).toMatchObject({ iss: ISSUER, aud: 'pms-api', token_use: 'USER', org: 'org_demo', roles: ['TRADER'], sub: expect.stringMatching(/^usr_/), jti: expect.any(String), client_id: 'pms-web' });
  expect(expires_in).toBe(900);
  expect(decodeJwt(id_token).sub).toBe(decodeJwt(access_token).sub);
  const principal = await authenticate('user')(`Bearer ${access_token}`);
  expect(principal).toMatchObject({ kind: 'USER', organizationId: 'org_demo', roles: ['TRADER'] });
  expect([principal?.scopes.has('trade:write'), principal?.scopes.has('identity:manage')]).toEqual([true, false]);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.signed-in.v1', actor: principal?.subject });
});

test('who asks for less gets less, and nobody gets what their roles do not give', async () => {
  const { access_token } = await signInAs('trader@demo.example', { scope: 'openid trade:read identity:manage' });
  expect(decodeJwt(access_token)['scope']).toBe('trade:read');
});

test('a native application gets its code on a loopback port of its own', async () => {
  expect((await signInAs('risk@demo.example', { clientId: 'pms-cli', redirectUri: 'http://127.0.0.1:53124/callback' })).access_token).toBeTruthy();
});

test('a code without its PKCE verifier, used twice, or for another redirect address gives nothing', async () => {
  const authorization = { redirectUri: REDIRECT, proof: pkce() };
  const form = async (over: Record<string, string> = {}) =>
    ({ grant_type: 'authorization_code', code: await codeFor(browser(base), authorization, 'risk@demo.example', 'demo'), client_id: 'pms-web', redirect_uri: REDIRECT, code_verifier: authorization.proof.verifier, ...over });
  expect((await token(await form({ code_verifier: pkce().verifier }))).body.error).toBe('invalid_grant');
  const once = await form();
  const first = await token(once);
  expect(first.status).toBe(200);
  expect((await token(once)).body.error).toBe('invalid_grant');
  expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant');
  const missing = await browser(base).get(authorizePath(authorization).replace(/&code_challenge.*$/, ''));
  expect(location(missing).searchParams.get('error')).toBe('invalid_request');
  expect((await browser(base).get(authorizePath({ ...authorization, redirectUri: 'https://evil.example/callback' }))).status).toBe(400);
});

test('a refresh token works once, and using it again ends the whole family', async () => {
  const first = await signInAs('manager@demo.example');
  const second = (await refresh(first.refresh_token)).body;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(decodeJwt(second.access_token)['roles']).toEqual(['PORTFOLIO_MANAGER']);
  expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
  expect((await refresh(second.refresh_token)).body.error).toBe('invalid_grant');
});

test('of two uses of a refresh token at the same time at most one succeeds', async () => {
  const { refresh_token } = await signInAs('manager@demo.example');
  const both = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
  expect(both.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
});

test('a role that was taken away is not in the next token', async () => {
  const { refresh_token, access_token } = await signInAs('compliance@demo.example');
  const subject = decodeJwt(access_token).sub;
  await door.database.query(`update auth."user" set roles = '{RISK}' where id = $1`, [subject]);
  const next = decodeJwt((await refresh(refresh_token)).body.access_token);
  await door.database.query(`update auth."user" set roles = '{COMPLIANCE}' where id = $1`, [subject]);
  expect(next['roles']).toEqual(['RISK']);
  expect(String(next['scope'])).not.toContain('compliance:approve');
});

test('a program gets a SERVICE token with its secret in the header or in the form', async () => {
  for (const { status, body } of [
    await token({ grant_type: 'client_credentials' }, basic('demo', 'demo-secret')),
    await token({ grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }),
  ]) {
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token)).toMatchObject({ iss: ISSUER, aud: 'pms-api', token_use: 'SERVICE', org: 'org_demo', roles: [], sub: expect.stringMatching(/^svc_/) });
    expect(body.scope.split(' ')).toEqual(expect.arrayContaining(['portfolio:write', 'trade:write', 'settlement:operate', 'audit:read']));
    expect(body.scope).not.toContain('identity');
  }
});

test('a program gets the scopes it names, and none that it may not have', async () => {
  const less = await token({ grant_type: 'client_credentials', scope: 'trade:read' }, basic('demo', 'demo-secret'));
  expect(less.body.scope).toBe('trade:read');
  expect((await token({ grant_type: 'client_credentials', scope: 'identity:manage' }, basic('demo', 'demo-secret'))).body.error).toBe('invalid_scope');
});

test('a wrong secret and an unknown program get the same refusal', async () => {
  const wrong = await token({ grant_type: 'client_credentials' }, basic('demo', 'wrong'));
  expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.service-client-refused.v1' });
  expect(await token({ grant_type: 'client_credentials' }, basic('nobody', 'wrong'))).toEqual(wrong);
  expect((await token({ grant_type: 'password', username: 'a', password: 'b' }, basic('demo', 'demo-secret'))).body.error).toBe('unsupported_grant_type');
});

test('a program that keeps trying wrong secrets is locked out at its address, and nowhere else', async () => {
  const from = (address: string, secret: string) => token({ grant_type: 'client_credentials' }, { ...basic('demo', secret), 'x-forwarded-for': address });
  for (let n = 0; n < 5; n += 1) await from('203.0.113.7', `wrong ${n}`);
  const locked = await from('203.0.113.7', 'wrong again');
  expect([locked.status, locked.body.error]).toEqual([429, 'temporarily_unavailable']);
  expect((await from('203.0.113.8', 'demo-secret')).status).toBe(200);
});

const attempt = async (email: string, password: string, address = '198.51.100.1') => {
  const page = browser(base);
  const login = await openLogin(page, authorizePath({ redirectUri: REDIRECT, proof: pkce() }));
  const response = await page.post(login.path, { csrf: login.csrf, email, password }, { 'x-forwarded-for': address });
  return { status: response.status, alert: /role="alert"[^>]*>([^<]*)</.exec(await response.text())?.[1] };
};

test('an account that does not exist fails and locks exactly as one that does', async () => {
  for (const email of ['admin@demo.example', 'nobody@demo.example']) {
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push(await attempt(email, 'wrong', `198.51.100.${n}`));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(answers[0]?.alert).toBe('That e-mail address and password do not belong together.');
    expect(answers[5]?.alert).toBe('There were too many failed attempts. Try again in 1 min.');
  }
  const refused = (await door.told()).filter(({ type }) => type === 'auth.sign-in-refused.v1');
  expect(refused).toHaveLength(5);
  expect(refused.at(-1)?.data).toMatchObject({ lockedUntil: expect.any(String) });
});

test('a lock grows with every further failure, ends by itself, and success forgets', async () => {
  clock = new Date('2026-11-20T12:00:00Z');
  const later = (seconds: number): void => { clock = new Date((clock as Date).getTime() + seconds * 1_000); };
  for (let n = 0; n < 5; n += 1) await attempt('admin@demo.example', 'wrong');
  expect((await attempt('admin@demo.example', 'demo')).status).toBe(429);
  later(31);
  expect((await attempt('admin@demo.example', 'wrong')).status).toBe(401);
  later(31);
  expect((await attempt('admin@demo.example', 'demo')).status).toBe(429);
  later(31);
  expect((await attempt('admin@demo.example', 'demo')).status).toBe(303);
  expect((await attempt('admin@demo.example', 'wrong')).status).toBe(401);
});

test('one address that tries many accounts is locked out', async () => {
  const tries = Array.from({ length: 50 }, (_, n) => attempt(`guess${n}@demo.example`, 'demo', '192.0.2.9'));
  await Promise.all(tries);
  expect((await attempt('risk@demo.example', 'demo', '192.0.2.9')).status).toBe(429);
  expect((await attempt('risk@demo.example', 'demo', '192.0.2.10')).status).toBe(303);
});

test('the sign-in form is refused without its token, from another page, and without the cookie', async () => {
  const page = browser(base);
  const login = await openLogin(page, authorizePath({ redirectUri: REDIRECT, proof: pkce() }));
  const form = { csrf: login.csrf, email: 'risk@demo.example', password: 'demo' };
  expect((await page.post(login.path, { ...form, csrf: 'x' })).status).toBe(403);
  expect((await page.post(login.path, form, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await browser(base).post(login.path, form)).status).toBe(400);
  expect((await page.post(login.path, form, { origin: base })).status).toBe(303);
});

test('the sign-in page loads nothing, runs nothing, cannot be framed, and names its fields', async () => {
  const page = browser(base);
  const login = await openLogin(page, authorizePath({ redirectUri: REDIRECT, proof: pkce() }));
  const response = await page.get(login.path);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127\.0\.0\.1:4000; base-uri 'none'; frame-ancestors 'none'$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(login.html).not.toMatch(/<script|https?:\/\/|@import|url\(/);
  expect(login.html).toMatch(/<html lang="en">[\s\S]*<label for="email">[\s\S]*<label for="password">/);
});

test('ended sessions give no new tokens', async () => {
  const { refresh_token, access_token } = await signInAs('risk@demo.example');
  const as = await authenticate('revoke')(`Bearer ${access_token}`);
  const { data } = await door.ask('mutation { revokeSessions(input: {}) { revoked userErrors { code } } }', {}, { as });
  expect(data.revokeSessions.revoked).toBeGreaterThanOrEqual(2);
  expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
});

test('who ended sessions is told to those who know the secret, and to nobody else', async () => {
  const { access_token } = await signInAs('risk@demo.example');
  const as = await authenticate('feed')(`Bearer ${access_token}`);
  const before = Date.now();
  await door.ask('mutation { revokeSessions(input: {}) { revoked } }', {}, { as });
  const secret = await door.surroundings.settings.secret('auth-revocations');
  const asked = (since: unknown, authorization?: string) =>
    fetch(`${base}/oauth2/revocations?since=${String(since)}`, { headers: authorization === undefined ? {} : { authorization } });
  const told = await (await asked(before - 1_000, `Bearer ${secret}`)).json() as { revocations: { subject: string; at: number }[] };
  expect(told.revocations).toEqual([{ subject: as?.subject, at: expect.any(Number) as number }]);
  expect(told.revocations[0]?.at).toBeGreaterThanOrEqual(before - 1_000);
  expect(await (await asked(Date.now() + 60_000, `Bearer ${secret}`)).json()).toEqual({ revocations: [] });
  expect((await asked('x', `Bearer ${secret}`)).status).toBe(400);
  for (const authorization of [undefined, 'Bearer wrong', `Bearer ${access_token}`]) expect((await asked(0, authorization)).status).toBe(404);
});

test('who changes their password ends every session of theirs and every access token but the one they ask with', async () => {
  const [theirs, stolen] = [await signInAs('admin@demo.example'), await signInAs('admin@demo.example')];
  const as = await authenticate('password')(`Bearer ${theirs.access_token}`);
  const change = (currentPassword: string, newPassword: string) =>
    door.ask('mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }', { input: { currentPassword, newPassword } }, { as });
  expect((await change('demo', 'a password of her own')).data.changePassword.userErrors).toEqual([]);
  expect((await refresh(stolen.refresh_token)).body.error).toBe('invalid_grant');
  const response = await fetch(`${base}/oauth2/revocations?since=0`, { headers: { authorization: `Bearer ${await door.surroundings.settings.secret('auth-revocations')}` } });
  const { revocations } = (await response.json()) as { revocations: Revocation[] };
  const list = revocationList(3_600_000);
  for (const { subject, at, spared } of revocations) list.revoke(subject, at, spared);
  const stolenFrom = await authenticate('stolen')(`Bearer ${stolen.access_token}`);
  expect([as, stolenFrom].map((principal) => principal !== null && list.isRevoked(principal))).toEqual([false, true]);
  await door.database.query(`update auth."user" set password_hash = (select password_hash from auth."user" where email = 'risk@demo.example') where email = 'admin@demo.example'`);
});

test('a revoked refresh token is dead', async () => {
  const { refresh_token } = await signInAs('risk@demo.example');
  const response = await fetch(`${base}/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: refresh_token, client_id: 'pms-web' }) });
  expect(response.status).toBe(200);
  expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
});

test('after a rotation of the signing key both old and new tokens verify, and only public halves are published', async () => {
  const old = (await token({ grant_type: 'client_credentials' }, basic('demo', 'demo-secret'))).body.access_token;
  const kid = await auth.rotateSigningKey();
  const fresh = (await token({ grant_type: 'client_credentials' }, basic('demo', 'demo-secret'))).body.access_token;
  expect(decodeProtectedHeader(fresh).kid).toBe(kid);
  expect(decodeProtectedHeader(old).kid).not.toBe(kid);
  const verify = authenticate('rotation');
  expect(await verify(`Bearer ${old}`)).toMatchObject({ kind: 'SERVICE' });
  expect(await verify(`Bearer ${fresh}`)).toMatchObject({ kind: 'SERVICE' });
  const { keys } = (await (await fetch(`${base}/oauth2/jwks`)).json()) as { keys: Record<string, unknown>[] };
  expect(keys.map(({ kid: one }) => one)).toContain(kid);
  expect(keys.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))).toEqual([]);
  const { rows } = await door.database.query<{ n: string }>('select count(*) as n from auth.signing_key where retired_at is not null and sealed_private is not null');
  expect(rows[0]?.n).toBe('0');
});

test('an old key is no longer published once its last token has expired', async () => {
  await auth.rotateSigningKey();
  clock = new Date(Date.now() + 7_300_000);
  const { keys } = await auth.jwks();
  expect(keys).toHaveLength(1);
});

test('discovery names the issuer, whatever host the request claims', async () => {
  const response = await fetch(`${base}/.well-known/openid-configuration`, { headers: { 'x-forwarded-host': 'evil.example' } });
  expect(await response.json()).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/oauth2/token`, jwks_uri: `${ISSUER}/oauth2/jwks`, code_challenge_methods_supported: ['S256'] });
});

test('tables hold no secret in the clear', async () => {
  const { refresh_token } = await signInAs('risk@demo.example');
  const { rows } = await door.database.query<{ row: string }>(
    'select t::text as row from auth.oauth_artifact t union all select t::text from auth.signing_key t union all select t::text from auth."user" t union all select t::text from auth.service_client t');
  const everything = rows.map(({ row }) => row).join('\n');
  expect(everything).not.toContain(refresh_token);
  expect(everything).not.toContain('demo-secret');
  expect(everything).not.toMatch(/"d":/);
  expect(everything).toMatch(/\$argon2id\$/);
});

test('at a development platform a token is issued without a password, for accounts that exist', async () => {
  const { token: issued } = await auth.issueToken({ email: 'Trader@demo.example' });
  expect(await authenticate('issued')(`Bearer ${issued}`)).toMatchObject({ kind: 'USER', roles: ['TRADER'] });
  expect(await authenticate('issued')(`Bearer ${(await auth.issueToken({ clientId: 'demo' })).token}`)).toMatchObject({ kind: 'SERVICE' });
  await expect(auth.issueToken({ email: 'nobody@demo.example' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
