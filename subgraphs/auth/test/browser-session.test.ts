/** A browser's session over real HTTP: how it begins, what its cookie is, how it is renewed and how it ends. */
import { sessionCookieName } from '@pms/identity/session-cookie';
import { authenticator, remoteKeys } from '@pms/identity/tokens';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';
import { type Browser, browser, csrfOf, location } from './browser.ts';

let clock: Date | null = null;
beforeEach(() => {
  clock = null;
});

const cookieOf = (response: Response, name: string): string | undefined => response.headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
const valueOf = (cookie: string | undefined): string => /=([^;]*)/.exec(cookie ?? '')?.[1] ?? '';

/** Follows what leads on by itself: to a page, or to where `return` said. */
async function followed(page: Browser, response: Response): Promise<{ readonly response: Response; readonly path: string }> {
  let [last, path] = [response, ''];
  while (last.status === 303 || last.status === 302) {
    path = `${location(last).pathname}${location(last).search}`;
    if (/^\/(oauth2|auth)\//.test(path)) last = await page.get(path);
    else break;
  }
  return { response: last, path };
}

/** Through the sign-in page; the answer that sets the session's cookie and leads back. */
async function signedIn(page: Browser, email: string, returnTo = '/graphiql'): Promise<Response> {
  const login = await followed(page, await page.get(`/auth/sign-in?return=${encodeURIComponent(returnTo)}`));
  const posted = await page.post(login.path, { csrf: csrfOf(await login.response.text()), email, password: 'demo' });
  return (await followed(page, posted)).response;
}

describe.each(['http://127.0.0.1:4000', 'https://pms.example'])('under the issuer %s', (issuer) => {
  const name = sessionCookieName(issuer);
  const secure = issuer.startsWith('https:');
  let door: FrontDoor;
  let app: FastifyInstance;
  let base: string;
  const ours: Record<string, string> = { origin: issuer, 'sec-fetch-site': 'same-origin' };

  beforeAll(async () => {
    const secret = (of: string): Promise<string> => Promise.resolve(Buffer.from(of.padEnd(32, '.')).toString('base64url'));
    let auth: AuthSubgraph | undefined;
    door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)), { settings: { production: false, demo: true, issuer, secret }, now: () => clock ?? new Date() });
    await auth?.start?.();
    app = fastify();
    await auth?.routes?.(app);
    base = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await app.close();
    await door.close();
  });

  test('a person signs in on the page and goes back with a cookie that holds their access token as long as it lasts', async () => {
    const back = await signedIn(browser(base), 'trader@demo.example', '/graphiql?query=%7B+viewer+%7D');
    expect([back.status, back.headers.get('location')]).toEqual([303, '/graphiql?query=%7B+viewer+%7D']);
    const cookie = cookieOf(back, name);
    expect(cookie?.replace(/=[^;]*/, '=…')).toBe(`${name}=…; Path=/; Max-Age=900; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`);
    expect(decodeJwt(valueOf(cookie))).toMatchObject({ iss: issuer, aud: 'pms-api', token_use: 'USER', roles: ['TRADER'] });
    const principal = await authenticator([{ issuer, audience: 'pms-api', keys: remoteKeys(`${base}/oauth2/jwks`) }])(`Bearer ${valueOf(cookie)}`);
    expect(principal).toMatchObject({ kind: 'USER', organizationId: 'org_demo' });
    expect(back.headers.get('cache-control')).toBe('no-store');
  });

  test('what a sign-in has to remember travels sealed, and the question is asked with a challenge', async () => {
    const begun = await browser(base).get('/auth/sign-in?return=/graphiql');
    const question = location(begun).searchParams;
    expect(Object.fromEntries(question)).toMatchObject({ client_id: 'pms-web', response_type: 'code', redirect_uri: `${issuer}/auth/callback`, code_challenge_method: 'S256', max_age: '43200' });
    const cookie = cookieOf(begun, secure ? '__Host-pms_sign_in' : 'pms_sign_in');
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const seen = Buffer.from(valueOf(cookie), 'base64url').toString('latin1');
    for (const secret of [question.get('state') ?? '', question.get('nonce') ?? '', 'graphiql']) expect(seen).not.toContain(secret);
  });

  test('no refresh token is left lying about for a session that keeps none', async () => {
    const refreshTokens = async (): Promise<unknown> => (await door.database.query(`select count(*)::int as n from auth.oauth_artifact where model = 'RefreshToken'`)).rows[0]?.['n'];
    const before = await refreshTokens();
    await signedIn(browser(base), 'risk@demo.example');
    expect(await refreshTokens()).toBe(before);
  });

  test('a session that has expired is renewed without a password while the browser is known', async () => {
    const page = browser(base);
    const first = valueOf(cookieOf(await signedIn(page, 'manager@demo.example'), name));
    const renewed = await followed(page, await page.get('/auth/sign-in?return=/graphiql'));
    const second = valueOf(cookieOf(renewed.response, name));
    expect([renewed.path, decodeJwt(second).sub]).toEqual(['/graphiql', decodeJwt(first).sub]);
    expect(decodeJwt(second).jti).not.toBe(decodeJwt(first).jti);
  });

  test('who asks for no page gets none: a browser that is not known goes back without a session', async () => {
    const page = browser(base);
    const asked = await followed(page, await page.get('/auth/sign-in?prompt=none&return=/graphiql'));
    expect([asked.path, cookieOf(asked.response, name)]).toEqual(['/graphiql', expect.stringContaining('Max-Age=0')]);
    await signedIn(page, 'risk@demo.example');
    const known = await followed(page, await page.get('/auth/sign-in?prompt=none&return=/graphiql'));
    expect(decodeJwt(valueOf(cookieOf(known.response, name)))['roles']).toEqual(['RISK']);
  });

  test('after signing out the browser holds nothing, and the next sign-in asks for the password', async () => {
    const page = browser(base);
    await signedIn(page, 'trader@demo.example');
    const out = await page.post('/auth/sign-out', {}, ours);
    expect([out.status, out.headers.getSetCookie().map((one) => /^([^=]+)=; .*Max-Age=0/.exec(one)?.[1])]).toEqual([204, [name, 'pms_sso', 'pms_sso.sig']]);
    const next = await followed(page, await page.get('/auth/sign-in?return=/graphiql'));
    expect([next.response.status, next.path]).toEqual([200, expect.stringContaining('/oauth2/interaction/')]);
  });

  test('who copied the cookies before the sign-out cannot go on with them', async () => {
    const page = browser(base);
    await signedIn(page, 'trader@demo.example');
    const copy = page.copy();
    expect((await followed(copy, await copy.get('/auth/sign-in?return=/graphiql'))).path).toBe('/graphiql');
    await page.post('/auth/sign-out', {}, ours);
    expect((await followed(copy, await copy.get('/auth/sign-in?return=/graphiql'))).path).toContain('/oauth2/interaction/');
  });

  test('a page of another site, or of another port of this machine, signs nobody out', async () => {
    const page = browser(base);
    await signedIn(page, 'trader@demo.example');
    for (const theirs of [{ origin: 'https://evil.example' }, { origin: 'http://127.0.0.1:9' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])
      expect((await page.post('/auth/sign-out', {}, theirs as Record<string, string>)).status).toBe(403);
    expect((await page.get('/auth/sign-out')).status).toBe(404);
    expect((await followed(page, await page.get('/auth/sign-in?return=/graphiql'))).path).toBe('/graphiql');
  });

  test('nobody is led to another server', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/.//evil.example', 'javascript:alert(1)']) {
      const response = await browser(base).get(`/auth/sign-in?return=${encodeURIComponent(to)}`);
      expect([to, response.status, response.headers.get('location')]).toEqual([to, 400, null]);
    }
  });

  test('an answer without a question, to another question, or too late gives no session', async () => {
    const callback = async (page: Browser, change: (back: URL) => void): Promise<Response> => {
      const login = await followed(page, await page.get('/auth/sign-in?return=/graphiql'));
      const posted = await page.post(login.path, { csrf: csrfOf(await login.response.text()), email: 'risk@demo.example', password: 'demo' });
      const back = location(await page.get(location(posted).pathname));
      expect(back.pathname).toBe('/auth/callback');
      change(back);
      return page.get(`${back.pathname}${back.search}`);
    };
    const answers = [
      await browser(base).get('/auth/callback?code=x&state=y'),
      await callback(browser(base), ({ searchParams }) => searchParams.set('state', 'forged')),
      await callback(browser(base), ({ searchParams }) => searchParams.set('code', 'forged')),
      await callback(browser(base), () => {
        clock = new Date(Date.now() + 3_600_000);
      }),
    ];
    for (const response of answers) {
      expect([response.status, cookieOf(response, name)]).toEqual([400, undefined]);
      expect(await response.text()).toContain('Sign in again');
    }
  });

  test('a code of one person’s sign-in is worth nothing in another browser', async () => {
    const theirs = browser(base);
    const login = await followed(theirs, await theirs.get('/auth/sign-in?return=/graphiql'));
    const posted = await theirs.post(login.path, { csrf: csrfOf(await login.response.text()), email: 'risk@demo.example', password: 'demo' });
    const code = location(await theirs.get(location(posted).pathname)).searchParams.get('code') ?? '';
    const victim = browser(base);
    const state = location(await victim.get('/auth/sign-in?return=/graphiql')).searchParams.get('state') ?? '';
    const injected = await victim.get(`/auth/callback?${new URLSearchParams({ code, state }).toString()}`);
    expect([injected.status, cookieOf(injected, name)]).toEqual([400, undefined]);
  });

  test('on a person’s own machine the browser is led to the one name that the platform has', async () => {
    const { port } = new URL(base);
    const response = await app.inject({ url: '/auth/sign-in?return=/graphiql', headers: { host: `localhost:${port}` } });
    expect(response.headers.location).toEqual(secure ? expect.stringContaining('/oauth2/auth?') : `${issuer}/auth/sign-in?return=/graphiql`);
  });
});
