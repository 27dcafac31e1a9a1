/** Who gets in and who does not: tokens that do not hold, other organisations' things, too many and too large requests. */
import { createHash } from 'node:crypto';
import { createClient, type PmsClient } from '@pms/client';
import {
  BooksDocument, CaptureTradeDocument, DepositCashDocument, InstrumentsDocument, PortfolioByIdDocument, PortfolioPnlDocument, PortfoliosDocument, TradeByIdDocument, TradeEventsDocument, ViewerDocument,
} from '@pms/client/generated';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { foundOrganization, newServiceClient, operation, type Organization, refusal, serviceClient, userClient } from './support/clients.ts';
import { forged } from './support/forge.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { browserSession, refreshed, signIn } from './support/sign-in.ts';
import { captured, funded, lastWeekday, listed } from './support/world.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** One request, as a program without our client writes it. */
async function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const codesOf = ({ body }: Answer): unknown[] => (body.errors ?? []).map(({ extensions }: any) => extensions?.code);

export const doors: Journey = (at) => describe('doors', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let other: Organization;
  let portfolioId: string;
  let tradeId: string;
  let instrumentId: string;
  const viewer = { query: '{ viewer { id } }' };

  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    instrumentId = await listed(service, { symbol: 'DOOR', until: lastWeekday(), close: 100 });
    portfolioId = await funded(service, 'Ours', '10000');
    tradeId = await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId: 'ours' });
    other = await foundOrganization(platform, 'harbour');
  }, PATIENCE.timeout);
  afterAll(async () => {
    await Promise.all([service, other?.admin, other?.service].map((client) => client?.close()));
  });

  const graphql = () => `${platform.url}/graphql`;
  const token = async (): Promise<string> => (await service.token()) ?? '';
  /** At the router; and at a subgraph called directly, where one can be. */
  const addresses = (): string[] => [graphql(), ...[platform.subgraphUrl('portfolio'), platform.subgraphUrl('trade-capture')].filter((url) => url !== null)];

  test('a person signs in with a password, code and PKCE; a refresh token works once', async () => {
    const first = await signIn(platform.url, { email: 'manager@demo.example', password: 'demo' });
    const me = createClient({ url: platform.url, token: first.accessToken });
    expect((await me.query(ViewerDocument)).viewer).toMatchObject({ kind: 'USER', roles: ['PORTFOLIO_MANAGER'], organization: { name: expect.any(String) } });
    const second = await refreshed(platform.url, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await expect(refreshed(platform.url, first.refreshToken)).rejects.toThrow('invalid_grant');
    await expect(signIn(platform.url, { email: 'manager@demo.example', password: 'guess' })).rejects.toThrow('401');
    await me.close();
  });

  test('a browser signs in at the router’s own address, and its cookie is a session for pages of that address alone', async () => {
    const cookie = await browserSession(platform.url, { email: 'trader@demo.example', password: 'demo' });
    const asked = (headers: Readonly<Record<string, string>>): Promise<Answer> => post(graphql(), { query: '{ viewer { roles } }' }, { cookie, ...headers });
    expect((await asked({ origin: platform.url })).body).toEqual({ data: { viewer: { roles: ['TRADER'] } } });
    expect(codesOf(await asked({ origin: 'https://evil.example' }))).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await asked({ origin: platform.url, cookie: cookie.replace(/(pms_session=[^;]*)./, '$1!') }))).toEqual(['UNAUTHENTICATED']);
    const leave = (origin: string): Promise<Response> => fetch(`${platform.url}/auth/sign-out`, { method: 'POST', headers: { cookie, origin } });
    expect((await leave('https://evil.example')).status).toBe(403);
    const left = await leave(platform.url);
    expect([left.status, left.headers.getSetCookie().filter((one) => one.startsWith('pms_session=;'))]).toEqual([204, [expect.stringContaining('Max-Age=0')]]);
  });

  test('a program signs in with its secret', async () => {
    expect((await service.query(ViewerDocument)).viewer).toMatchObject({ kind: 'SERVICE', roles: [], scopes: expect.arrayContaining(['trade:write']) });
    const guessing = createClient({ url: platform.url, credentials: { clientId: 'demo', clientSecret: 'guess' } });
    expect(await refusal(guessing.query(ViewerDocument))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('`pms token` prints a token for a developer', async () => {
    const { code, output } = await platform.pms('token', '--user', 'trader@demo.example');
    const trader = createClient({ url: platform.url, token: output.trim() });
    expect([code, (await trader.query(ViewerDocument)).viewer.roles]).toEqual([0, ['TRADER']]);
    await trader.close();
  });

  test('without a token, and with one that does not hold, nobody gets in anywhere', async () => {
    const tokens = await forged(platform, await token());
    for (const url of addresses()) {
      const question = url === graphql() ? viewer : { query: '{ __typename }' };
      const without = await post(url, question);
      expect([url, codesOf(without)], 'no token').toEqual([url, ['UNAUTHENTICATED']]);
      for (const [what, bad] of Object.entries(tokens)) {
        const answer = await post(url, question, bearer(bad));
        expect([url, what, answer.status, codesOf(answer)]).toEqual([url, what, 401, ['UNAUTHENTICATED']]);
        expect(answer.body.data ?? null).toBeNull();
      }
      expect(codesOf(await post(url, question, bearer(await token())))).toEqual([]);
    }
  });

  test('whose sessions were ended gets in nowhere with what they were issued before, at the router or at a subgraph', async () => {
    const { accessToken } = await signIn(platform.url, { email: 'risk@demo.example', password: 'demo' });
    const ask = (url: string): Promise<Answer> => post(url, { query: '{ __typename }' }, bearer(accessToken));
    for (const url of addresses()) expect(codesOf(await ask(url))).toEqual([]);
    await post(graphql(), { query: 'mutation { revokeSessions(input: {}) { revoked userErrors { code } } }' }, bearer(accessToken));
    for (const url of addresses()) await vi.waitFor(async () => expect([url, codesOf(await ask(url))]).toEqual([url, ['UNAUTHENTICATED']]), { timeout: 30_000, interval: 200 });
  });

  test('a websocket without a token that holds is closed', async () => {
    const { 'wrong audience': bad = '' } = await forged(platform, await token());
    for (const wrong of [createClient({ url: platform.url }), createClient({ url: platform.url, token: bad })]) {
      const first = wrong.subscribe(TradeEventsDocument, { portfolioId })[Symbol.asyncIterator]().next();
      expect(await refusal(first)).toMatchObject({ code: 'UNAUTHENTICATED' });
      await wrong.close();
    }
  });

  test("another organisation's things look like nothing", async () => {
    const stranger = other.service;
    expect(await refusal(stranger.query(PortfolioByIdDocument, { id: portfolioId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(stranger.query(TradeByIdDocument, { id: tradeId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(stranger.query(BooksDocument, { portfolioId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(stranger.query(operation(`{ instrument(id: "${instrumentId}") { symbol } }`), {}))).toMatchObject({ code: 'NOT_FOUND' });
    const listsOfOthers = await stranger.query(PortfoliosDocument, {});
    expect(listsOfOthers.portfolios.edges).toEqual([]);
    expect((await stranger.query(InstrumentsDocument, {})).instruments.edges).toEqual([]);
    const { depositCash } = await stranger.mutate(DepositCashDocument, { input: { portfolioId, amount: { amount: '1', currency: 'USD' }, idempotencyKey: 'theirs' } });
    expect(depositCash).toMatchObject({ cash: null, userErrors: [{ code: 'NOT_FOUND' }] });
    const trade = { portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '1', currency: 'USD', tradeDate: lastWeekday(), externalId: 'theirs' } as const;
    expect((await stranger.mutate(CaptureTradeDocument, { input: trade })).captureTrade).toMatchObject({ trade: null, userErrors: [{ code: 'NOT_FOUND' }] });
    for (const document of [PortfolioPnlDocument, TradeEventsDocument])
      expect(await refusal(stranger.subscribe<unknown, { portfolioId: string }>(document, { portfolioId })[Symbol.asyncIterator]().next())).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('who may read may not write, and the rest of the answer comes all the same', async () => {
    const risk = await userClient(platform, 'risk');
    expect(await refusal(risk.mutate(DepositCashDocument, { input: { portfolioId, amount: { amount: '1', currency: 'USD' }, idempotencyKey: 'risk' } }))).toMatchObject({ code: 'FORBIDDEN' });
    const trader = await userClient(platform, 'trader');
    const partly = await refusal(trader.query(operation('{ viewer { kind } users(first: 1) { edges { cursor } } }'), {}));
    expect(partly).toMatchObject({ code: 'FORBIDDEN' });
    await Promise.all([risk.close(), trader.close()]);
  });

  test('a query may be sent as its hash once its text is known', async () => {
    const query = '{ viewer { id kind } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const headers = bearer(await token());
    expect((await post(graphql(), { extensions }, headers)).body.errors[0]).toMatchObject({ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
    expect(codesOf(await post(graphql(), { query, extensions }, headers))).toEqual([]);
    expect((await post(graphql(), { extensions }, headers)).body.data.viewer.kind).toBe('SERVICE');
    expect(codesOf(await post(graphql(), { query: '{ viewer { id } }', extensions }, headers))).toHaveLength(1);
  });

  test('an operation that is too deep, too wide or too dear is refused before it runs', async () => {
    const deep = `{ portfolios(first: 1) { edges { node { ${'benchmark { quote { instrument { quote { instrument { quote { instrument '.repeat(4)}{ id } ${'} } } } } } '.repeat(4)} } } } }`;
    const wide = `{ ${Array.from({ length: 100 }, (_, index) => `a${String(index)}: viewer { id }`).join(' ')} }`;
    const dear = '{ portfolios(first: 1000) { edges { node { trades(first: 1000) { edges { node { checks { rule } history { by } } } } } } } }';
    for (const query of [deep, wide, dear]) expect(codesOf(await post(graphql(), { query }, bearer(await token())))).toEqual(['OPERATION_TOO_COMPLEX']);
  });

  test('a form of another site cannot send an operation', async () => {
    const response = await fetch(graphql(), { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(viewer) });
    expect([400, 415]).toContain(response.status);
  });

  test('who asks too often is told when to come back, and others are not held up', async () => {
    const busy = await newServiceClient(platform, other.admin, 'busy');
    const headers = bearer((await busy.token()) ?? '');
    const calm = await post(graphql(), viewer, headers);
    const [, limit = '0'] = /q=(\d+)/.exec(calm.headers.get('ratelimit-policy') ?? '') ?? [];
    expect(Number(limit)).toBeGreaterThan(0);
    expect(calm.headers.get('ratelimit')).toMatch(/r=\d+;t=\d+/);
    let refused: Answer | undefined;
    for (let sent = 0; sent < Number(limit) * 3 && refused === undefined; sent += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => post(graphql(), { query: '{ __typename }' }, headers)));
      refused = answers.find(({ status }) => status === 429);
    }
    expect(refused?.body.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
    expect(refused?.headers.get('ratelimit')).toMatch(/r=0;t=\d+/);
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    // What was used comes back all the time, so that of many at once a few may pass, or all of them where each takes long.
    let told: PromiseSettledResult<unknown> | undefined;
    for (let sent = 0; sent < Number(limit) * 3 && told === undefined; sent += 50) {
      const more = await Promise.allSettled(Array.from({ length: 50 }, () => refusal(busy.query(ViewerDocument))));
      told = more.find(({ status }) => status === 'fulfilled');
    }
    expect(told).toMatchObject({ value: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    expect((await service.query(ViewerDocument)).viewer.kind).toBe('SERVICE');
    await busy.close();
  });

});
