/** What people prove besides a password, over real HTTP: codes, recovery codes, passkeys; and secrets of programs that overlap. */
import { type Principal, scopesOf } from '@pms/identity/principal';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';
import { appCode, authenticator, decoded } from './authenticator.ts';
import { authorizePath, browser, location, openLogin, pkce } from './browser.ts';
import { stepsAt } from './steps.ts';

const ISSUER = 'https://pms.example';
let door: FrontDoor;
let auth: AuthSubgraph;
let app: FastifyInstance;
let base: string;
let clock = new Date();
const later = (seconds: number): void => { clock = new Date(clock.getTime() + seconds * 1_000); };

beforeAll(async () => {
  const secret = (name: string): Promise<string> => Promise.resolve(Buffer.from(name.padEnd(32, '.')).toString('base64url'));
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)), { settings: { production: false, demo: true, issuer: ISSUER, secret }, now: () => clock });
  await auth.start?.();
  app = fastify({ trustProxy: true });
  await auth.routes?.(app);
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(async () => {
  await door.database.query('delete from auth.sign_in_attempts');
  await door.database.query('delete from auth.totp');
  await door.database.query('delete from auth.recovery_code');
  await door.database.query('delete from auth.passkey');
});
afterAll(async () => {
  await app.close();
  await door.close();
});

async function who(name: string): Promise<Principal> {
  const role = name === 'manager' ? 'PORTFOLIO_MANAGER' : name.toUpperCase();
  const { rows } = await door.database.query<{ id: string }>(`select id from auth."user" where organization_id = 'org_demo' and roles = array[$1]`, [role]);
  return principal({ organizationId: 'org_demo', subject: rows[0]?.id ?? '', roles: [role], scopes: new Set(scopesOf([role as never])), tokenId: `tok_${name}` });
}
const ask = async (as: Principal, field: string, input: object, selection: string): Promise<any> => {
  const type = `${field.slice(0, 1).toUpperCase()}${field.slice(1)}Input`;
  const { data, messages } = await door.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code path } } }`, { input }, { as });
  expect(messages).toEqual([]);
  return data[field];
};
const codeNow = (secret: string, aside = 0): string => appCode(secret, clock, aside);

/** Sets an app up, and goes on to the next step of time. */
async function withApp(name: string): Promise<{ secret: string; recoveryCodes: string[] }> {
  const as = await who(name);
  const { secret } = await ask(as, 'beginTotp', { currentPassword: 'demo' }, 'secret uri');
  const { recoveryCodes } = await ask(as, 'confirmTotp', { code: codeNow(secret) }, 'recoveryCodes');
  later(30);
  return { secret, recoveryCodes };
}

const { password, code, question, answer } = stepsAt(ISSUER);

describe('an authenticator app', () => {
  test('is asked for after the password, from the moment that a first code of it was given, and each code holds once', async () => {
    const as = await who('trader');
    expect((await ask(as, 'beginTotp', { currentPassword: 'wrong' }, 'secret')).userErrors).toEqual([{ code: 'INVALID', path: ['currentPassword'] }]);
    const { secret, uri } = await ask(as, 'beginTotp', { currentPassword: 'demo' }, 'secret uri');
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect((await password(browser(base), 'trader')).done).not.toBeNull();
    expect((await ask(as, 'confirmTotp', { code: codeNow(secret, 5) }, 'recoveryCodes')).userErrors).toEqual([{ code: 'INVALID', path: ['code'] }]);
    const confirmed = await ask(as, 'confirmTotp', { code: codeNow(secret) }, 'user { id } recoveryCodes');
    expect([confirmed.user.id, confirmed.recoveryCodes.length, new Set(confirmed.recoveryCodes).size]).toEqual([as.subject, 10, 10]);
    const page = browser(base);
    const first = await password(page, 'trader');
    expect([first.status, first.done, first.pending.length > 0]).toEqual([200, null, true]);
    expect(await code(page, first, codeNow(secret))).toBe(401); // the one that confirmed it
    expect(await code(page, first, codeNow(secret, 1))).toBe(303);
    const copied = browser(base);
    expect(await code(copied, await password(copied, 'trader'), codeNow(secret, 1))).toBe(401);
    later(60);
    expect(await code(copied, await password(copied, 'trader'), codeNow(secret))).toBe(303);
    expect((await door.told()).filter(({ type }) => /signed-in|factor/.test(type)).slice(-3).map(({ type, data }) => [type, (data as any).methods ?? (data as any).kind]))
      .toEqual([['auth.second-factor-added.v1', 'TOTP'], ['auth.signed-in.v1', ['pwd', 'otp']], ['auth.signed-in.v1', ['pwd', 'otp']]]);
  });

  test('leaves nothing behind that could be used: secrets are sealed, recovery codes hashed, and events name neither', async () => {
    const { secret, recoveryCodes } = await withApp('risk');
    const { rows: [kept] } = await door.database.query('select t.sealed_secret, array_agg(r.digest) as digests from auth.totp t join auth.recovery_code r on true group by 1');
    const everything = JSON.stringify([kept, await door.told()]);
    for (const word of [secret, decoded(secret).toString('base64url'), decoded(secret).toString('hex'), ...recoveryCodes, ...recoveryCodes.map((one) => one.replaceAll('-', ''))]) expect(everything).not.toContain(word);
  });

  test('ends every session and token of its owner but the one that asked', async () => {
    const as = await who('manager');
    expect((await password(browser(base), 'manager')).done).not.toBeNull();
    const sessions = async (): Promise<number> => (await door.database.query(`select 1 from auth.oauth_artifact where account_id = $1 and model = 'Session'`, [as.subject])).rows.length;
    const { secret } = await ask(as, 'beginTotp', { currentPassword: 'demo' }, 'secret');
    await ask(as, 'confirmTotp', { code: codeNow(secret) }, 'recoveryCodes');
    expect([await sessions(), (await door.database.query('select spared from auth.revocation where subject = $1', [as.subject])).rows]).toEqual([0, [{ spared: 'tok_manager' }]]);
  });

  test('is removed for the password and a code, and its recovery codes with it', async () => {
    const { secret } = await withApp('risk');
    const as = await who('risk');
    expect((await ask(as, 'beginTotp', { currentPassword: 'demo' }, 'secret')).userErrors).toEqual([{ code: 'CONFLICT', path: [] }]);
    expect((await ask(as, 'removeTotp', { currentPassword: 'demo', code: '000000' }, 'user { id }')).userErrors).toEqual([{ code: 'INVALID', path: ['code'] }]);
    expect((await ask(as, 'removeTotp', { currentPassword: 'demo', code: codeNow(secret) }, 'user { id }')).userErrors).toEqual([]);
    expect((await door.ask('{ viewer { secondFactors { totp recoveryCodesLeft passkeys { id } } } }', {}, { as })).data.viewer.secondFactors).toEqual({ totp: false, recoveryCodesLeft: 0, passkeys: [] });
    expect((await password(browser(base), 'risk')).done).not.toBeNull();
  });

  test('codes that are guessed lock the second step, for the right code too', async () => {
    const { secret } = await withApp('compliance');
    const page = browser(base);
    const step = await password(page, 'compliance');
    const answers: number[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await code(page, step, String(n).repeat(6)));
    expect([...answers, await code(page, step, codeNow(secret))]).toEqual([401, 401, 401, 401, 401, 429, 429]);
    later(31);
    const again = await password(page, 'compliance');
    expect(await code(page, again, codeNow(secret))).toBe(303);
  });

  test('the second step belongs to its sign-in, and is over after five minutes', async () => {
    const { secret } = await withApp('compliance');
    const [page, other] = [browser(base), browser(base)];
    const step = await password(page, 'compliance');
    const theirs = await password(other, 'risk', 'wrong');
    expect(await code(other, { ...theirs, pending: step.pending }, codeNow(secret))).toBe(400);
    expect(await code(page, { ...step, pending: `${step.pending.slice(0, -2)}xx` }, codeNow(secret))).toBe(400);
    later(301);
    expect(await code(page, step, codeNow(secret))).toBe(400);
  });
});

test('a recovery code lets its owner in once, however they write it, and new ones replace all', async () => {
  const { recoveryCodes: [one = '', two = ''] } = await withApp('trader');
  const page = browser(base);
  expect(await code(page, await password(page, 'trader'), ` ${one.toLowerCase().replaceAll('-', ' ')} `)).toBe(303);
  const again = browser(base);
  const step = await password(again, 'trader');
  expect(await code(again, step, one)).toBe(401);
  const as = await who('trader');
  expect((await door.ask('{ viewer { secondFactors { recoveryCodesLeft } } }', {}, { as })).data.viewer.secondFactors.recoveryCodesLeft).toBe(9);
  const { recoveryCodes: [fresh = ''] } = await ask(as, 'renewRecoveryCodes', { currentPassword: 'demo' }, 'recoveryCodes');
  expect([await code(again, step, two), await code(again, step, fresh)]).toEqual([401, 303]);
});

test('another person of the organisation resets lost factors, and nobody their own', async () => {
  await withApp('trader');
  await withApp('admin');
  const [admin, trader] = [await who('admin'), await who('trader')];
  const reset = (as: Principal, userId: string) => ask(as, 'resetSecondFactors', { userId, reason: 'lost her phone' }, 'user { id }');
  expect((await reset(admin, admin.subject)).userErrors).toEqual([{ code: 'NOT_PERMITTED', path: ['userId'] }]);
  expect((await reset({ ...admin, organizationId: 'org_other' }, trader.subject)).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['userId'] }]);
  expect((await door.ask('mutation ($userId: ID!) { resetSecondFactors(input: { userId: $userId }) { user { id } } }', { userId: admin.subject }, { as: trader })).codes).toEqual(['FORBIDDEN']);
  expect((await reset(admin, trader.subject)).user).toEqual({ id: trader.subject });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'auth.second-factors-reset.v1', actor: admin.subject, reason: 'lost her phone', data: { userId: trader.subject } });
  expect((await password(browser(base), 'trader')).done).not.toBeNull();
});

test('who guesses at an account locks it for strangers, and not for a browser that signed in to it before', async () => {
  const known = browser(base);
  expect((await password(known, 'admin')).done).not.toBeNull();
  for (let n = 0; n < 5; n += 1) await password(browser(base), 'admin', 'wrong', `203.0.113.${n}`);
  expect((await password(browser(base), 'admin')).status).toBe(429);
  expect((await password(known, 'admin')).status).toBe(303);
  expect((await password(browser(base), 'admin')).status).toBe(429);
  for (let n = 0; n < 5; n += 1) await password(known, 'admin', 'wrong');
  expect((await password(known, 'admin')).status).toBe(429);
  expect((await password(known, 'risk')).status).toBe(303); // what one account's browser has done says nothing of another's
});

describe('a passkey', () => {
  const registered = async (name: string, key = authenticator(ISSUER)) => {
    const as = await who(name);
    const { options } = await ask(as, 'beginPasskey', { currentPassword: 'demo' }, 'options');
    expect([options.rp.id, options.authenticatorSelection.userVerification]).toEqual(['pms.example', 'required']);
    return { as, key, options, finished: await ask(as, 'finishPasskey', { name: 'Laptop', response: key.create(options) }, 'passkey { id name } recoveryCodes') };
  };

  test('signs its owner in without a password, and a password alone no longer does', async () => {
    const { as, key, finished } = await registered('risk');
    expect(finished).toMatchObject({ passkey: { id: key.id, name: 'Laptop' }, userErrors: [] });
    expect(finished.recoveryCodes).toHaveLength(10);
    expect((await password(browser(base), 'risk')).pending).not.toBe('');
    const page = browser(base);
    const proof = pkce();
    const login = await openLogin(page, authorizePath({ redirectUri: `${ISSUER}/callback`, proof }));
    const html = await (await page.get(`${login.path}/passkey`)).text();
    const options = JSON.parse((/data-options="([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as never;
    const back = await answer(page, { ...login, status: 200, pending: '', done: null }, key.get(options));
    expect(back.status).toBe(303);
    const given = location(await page.get(location(back).pathname)).searchParams.get('code') ?? '';
    const response = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', code: given, client_id: 'pms-web', redirect_uri: `${ISSUER}/callback`, code_verifier: proof.verifier }) });
    expect(decodeJwt(((await response.json()) as { access_token: string }).access_token).sub).toBe(as.subject);
    expect((await door.ask('{ viewer { secondFactors { passkeys { name lastUsedAt } } } }', {}, { as })).data.viewer.secondFactors.passkeys).toEqual([{ name: 'Laptop', lastUsedAt: clock.toISOString() }]);
  });

  test('counts for the question that was asked, and once', async () => {
    const { key } = await registered('trader');
    const page = browser(base);
    const asked = await question(page);
    const used = key.get(asked.options);
    expect((await answer(page, asked, used)).status).toBe(303);
    const others = [() => used, () => authenticator(ISSUER).get(asked.options), () => ({}), () => null];
    for (const given of others) {
      const next = await question(page);
      expect((await answer(page, next, given() as object)).status).toBe(401);
      await door.database.query('delete from auth.sign_in_attempts');
    }
    const old = await question(page);
    expect((await answer(page, old, key.get(old.options, { challenge: asked.options.challenge as string }))).status).toBe(401);
    const last = await question(page);
    const good = key.get(last.options);
    expect([(await answer(page, last, good)).status, (await answer(page, last, good)).status]).toEqual([303, 401]);
  });

  test.each([['origin', { origin: 'https://evil.example' }], ['name', { rpId: 'evil.example' }], ['person', { verified: false }]])('an answer that is right but for its %s signs nobody in', async (_, said) => {
    const { key } = await registered('trader');
    const page = browser(base);
    const asked = await question(page);
    expect((await answer(page, asked, key.get(asked.options, said))).status).toBe(401);
  });

  test('whose counter does not go up is a copy, and signs nobody in', async () => {
    const { key } = await registered('trader');
    const page = browser(base);
    const first = await question(page);
    key.state.counter = 41;
    expect((await answer(page, first, key.get(first.options))).status).toBe(303);
    for (const counter of [41, 12]) {
      const copy = browser(base);
      const asked = await question(copy);
      key.state.counter = counter - 1;
      expect((await answer(copy, asked, key.get(asked.options))).status).toBe(401);
    }
  });

  test('is registered for the question of its owner alone, once, and removed for the password', async () => {
    const { as, key, options, finished } = await registered('manager');
    const finish = async (response: object) => (await ask(as, 'finishPasskey', { name: 'Other', response }, 'passkey { id }')).userErrors;
    expect(await finish(key.create(options))).toEqual([{ code: 'INVALID', path: ['response'] }]);
    for (const said of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { verified: false }, { challenge: options.challenge as string }]) {
      const { options: next } = await ask(as, 'beginPasskey', { currentPassword: 'demo' }, 'options');
      expect(await finish(authenticator(ISSUER).create(next, said))).toEqual([{ code: 'INVALID', path: ['response'] }]);
    }
    const { options: taken } = await ask(await who('risk'), 'beginPasskey', { currentPassword: 'demo' }, 'options');
    expect((await ask(await who('risk'), 'finishPasskey', { name: 'Stolen', response: key.create(taken) }, 'passkey { id }')).userErrors).toEqual([{ code: 'CONFLICT', path: ['response'] }]);
    const { options: late } = await ask(as, 'beginPasskey', { currentPassword: 'demo' }, 'options');
    later(301);
    expect(await finish(authenticator(ISSUER).create(late))).toEqual([{ code: 'INVALID', path: ['response'] }]);
    const remove = (passkeyId: string, currentPassword: string) => ask(as, 'removePasskey', { passkeyId, currentPassword }, 'user { id }');
    expect((await remove(finished.passkey.id, 'wrong')).userErrors).toEqual([{ code: 'INVALID', path: ['currentPassword'] }]);
    expect((await remove('none', 'demo')).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['passkeyId'] }]);
    expect((await remove(finished.passkey.id, 'demo')).userErrors).toEqual([]);
    expect((await password(browser(base), 'manager')).done).not.toBeNull();
  });
});

test('the secret of a program holds beside its successor for a while, and can be ended before', async () => {
  const admin = await who('admin');
  const made = await ask(admin, 'createServiceClient', { name: 'Feed', scopes: ['market:read'] }, 'serviceClient { id clientId } secret');
  const { id: serviceClientId, clientId } = made.serviceClient;
  const signsIn = async (secret: string): Promise<number> => (await fetch(`${base}/oauth2/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }), headers: { 'x-forwarded-for': `192.0.2.${Math.floor(Math.random() * 250)}` },
  })).status;
  const rotate = (input: object = {}) => ask(admin, 'rotateServiceClientSecret', { serviceClientId, ...input }, 'serviceClient { previousSecretValidUntil } secret');
  const second = await rotate();
  expect(second.serviceClient.previousSecretValidUntil).toBe(new Date(clock.getTime() + 86_400_000).toISOString());
  expect([await signsIn(made.secret), await signsIn(second.secret), await signsIn('neither')]).toEqual([200, 200, 401]);
  later(86_401);
  expect([await signsIn(made.secret), await signsIn(second.secret)]).toEqual([401, 200]);
  const third = await rotate({ overlapSeconds: 3_600 });
  expect([await signsIn(second.secret), await signsIn(third.secret)]).toEqual([200, 200]);
  const revoke = (which: string) => ask(admin, 'revokeServiceClientSecret', { serviceClientId, which, reason: 'leaked' }, 'serviceClient { previousSecretValidUntil }');
  expect((await revoke('PREVIOUS')).serviceClient.previousSecretValidUntil).toBeNull();
  expect([await signsIn(second.secret), await signsIn(third.secret)]).toEqual([401, 200]);
  expect((await door.database.query('select 1 from auth.revocation where subject = $1', [serviceClientId])).rows).toHaveLength(1);
  const fourth = await rotate({ overlapSeconds: 0 });
  expect([await signsIn(third.secret), await signsIn(fourth.secret)]).toEqual([401, 200]);
  await revoke('ALL');
  expect(await signsIn(fourth.secret)).toBe(401);
  expect(await signsIn((await rotate()).secret)).toBe(200);
  expect((await rotate({ overlapSeconds: 604_801 })).userErrors).toEqual([{ code: 'INVALID', path: ['overlapSeconds'] }]);
  expect((await door.told()).filter(({ type }) => type === 'auth.service-client-secret-revoked.v1').map(({ data, reason }) => [data, reason]))
    .toEqual([[{ serviceClientId, which: 'PREVIOUS' }, 'leaked'], [{ serviceClientId, which: 'ALL' }, 'leaked']]);
});

test('a program that does not exist fails and locks exactly as one that does', async () => {
  const attempt = async (client: string): Promise<number> =>
    (await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: 'wrong' }), headers: { 'x-forwarded-for': '192.0.2.77' } })).status;
  for (const client of ['demo', 'svc_nobody']) {
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) answers.push(await attempt(client));
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
  }
});
