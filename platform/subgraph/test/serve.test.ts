import { DomainError, Refusal } from '@pms/errors';
import { principalFrom } from '@pms/identity/principal';
import { revocationList } from '@pms/identity/revocations';
import { authenticator } from '@pms/identity/tokens';
import { payload } from '@pms/subgraph/refusals';
import { executableSchema } from '@pms/subgraph/schema';
import type { Follow } from '@pms/subgraph/follow';
import { serve, type Served } from '@pms/subgraph/serve';
import { signed, type Subgraph } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair, SignJWT, createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';

const ISSUER = 'http://issuer.example';
const keys = await generateKeyPair('ES256');
const others = await generateKeyPair('ES256');
const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256' }] });

const claims = { token_use: 'USER', org: 'org_1', roles: ['TRADER'], scope: 'thing:read' };
const token = (changes: { key?: CryptoKey; issuer?: string; audience?: string; expires?: string; subject?: string; id?: string; claims?: object } = {}): Promise<string> =>
  new SignJWT({ ...claims, ...changes.claims }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).setIssuer(changes.issuer ?? ISSUER)
    .setAudience(changes.audience ?? 'pms-api').setSubject(changes.subject ?? 'usr_1').setJti(changes.id ?? 'j').setExpirationTime(changes.expires ?? '5m').sign(changes.key ?? keys.privateKey);

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@policy"])
  scalar Decimal
  type Query {
    who: String
    read: String @requiresScopes(scopes: [["thing:read"]])
    write: String @requiresScopes(scopes: [["thing:read", "thing:write"], ["admin"]])
    tall: String @policy(policies: [["tall"]])
    broken: String
    full: String
    missing: String
    double(value: Decimal!): Decimal!
    refused: Refused!
  }
  type Refused { thing: String code: String }
  type Subscription { count: Int! @requiresScopes(scopes: [["thing:read"]]) secret: Int! @requiresScopes(scopes: [["thing:write"]]) endless: Int! }`;

async function* counting(): AsyncGenerator<object> { for (const count of [1, 2]) yield { count, secret: count }; }
async function* endless(): AsyncGenerator<object> { yield { endless: 1 }; await new Promise(() => undefined); }

const resolvers = {
  Query: {
    who: (_: unknown, __: unknown, { principal }: { principal: { subject: string } }) => principal.subject,
    read: () => 'read', write: () => 'written', tall: () => 'tall',
    broken: () => { throw new Error('password=hunter2'); },
    full: () => { throw Object.assign(new Error('could not extend file "base/5/1259"'), { code: '53100' }); },
    missing: () => { throw new DomainError('NOT_FOUND', 'thing not found'); },
    double: (_: unknown, { value }: { value: string }) => `${value}${value}`,
    refused: async () => {
      const answer = await payload(['thing'], async (): Promise<{ thing: string }> => { throw new Refusal('CONFLICT', 'closed'); });
      return { thing: answer.thing, code: answer.userErrors[0]?.code };
    },
  },
  Subscription: { count: { subscribe: counting }, secret: { subscribe: counting }, endless: { subscribe: () => endless() } },
};

const subgraph: Subgraph = {
  name: 'things', schema: executableSchema(sdl, resolvers, { tall: () => false }), reactions: [],
  contextFor: (request) => signed(request), ready: async () => undefined, close: async () => undefined,
};

/** Says whose events it was asked about. */
const follow: Follow = async ({ principal, headers }) => [{ type: String(headers?.['x-pms-consistency']), id: principal?.organizationId ?? '' }];

const HOUR_MS = 3_600_000;
const revocations = revocationList(HOUR_MS);
let served: Served;
beforeAll(async () => {
  served = await serve(subgraph, { port: 0, host: '127.0.0.1', logger: silent, revocations, graceMs: 0, authenticate: authenticator([{ issuer: ISSUER, audience: 'pms-api', keys: jwks }]), follow });
});
afterAll(() => served.close());

const ask = async (query: string, bearer?: string, more: Record<string, string> = {}): Promise<{ status: number; body: any; kept: string | null }> => {
  const response = await fetch(served.url, {
    method: 'POST', body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'req_7', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...more },
  });
  return { status: response.status, body: await response.json(), kept: response.headers.get('cache-control') };
};
const codeOf = async (query: string, bearer?: string): Promise<unknown> => (await ask(query, bearer)).body.errors?.[0]?.extensions?.code;

describe('a subgraph called directly', () => {
  test('answers nothing without a token', async () => {
    expect(await ask('{ __typename }')).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
  });

  test.each([
    ['expired', () => token({ expires: '-1m' })],
    ['of a foreign issuer', () => token({ issuer: 'http://elsewhere.example' })],
    ['for another audience', () => token({ audience: 'other-api' })],
    ['signed by another key', () => token({ key: others.privateKey })],
    ['with a changed payload', async () => (await token()).replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...claims, sub: 'usr_2', iss: ISSUER, aud: 'pms-api', jti: 'j', exp: 9e9 })).toString('base64url')}.`)],
    ['with alg none', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, sub: 'usr_1', iss: ISSUER, aud: 'pms-api', jti: 'j', exp: 9e9 })).toString('base64url')}.`],
    ['of no organisation', () => token({ claims: { org: '' } })],
  ])('refuses a token that is %s', async (_, make) => {
    expect(await codeOf('{ who }', await make())).toBe('UNAUTHENTICATED');
  });

  test('knows who asks', async () => {
    expect((await ask('{ who }', await token())).body).toEqual({ data: { who: 'usr_1' } });
  });

  test('says what followed from the events of a consistency token to who may ask it anything, instead of an answer, and to nobody else', async () => {
    const asking = { 'x-pms-consistency': 'follow=100;1.abcdefgh~a.b.v1=x' };
    expect((await ask('{ __typename }', await token(), asking)).body).toEqual({ data: {}, extensions: { consequences: [{ type: asking['x-pms-consistency'], id: 'org_1' }] } });
    expect(await ask('{ __typename }', undefined, asking)).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
  });

  test('leaves it to the router how long an answer may be kept', async () => {
    expect((await ask('{ who }', await token())).kept).toBeNull();
  });

  test('enforces scopes and policies field by field', async () => {
    const { body } = await ask('{ read write tall }', await token());
    expect(body.data).toEqual({ read: 'read', write: null, tall: null });
    expect(body.errors.map((error: any) => [error.path[0], error.extensions.code])).toEqual([['write', 'FORBIDDEN'], ['tall', 'FORBIDDEN']]);
    expect((await ask('{ write }', await token({ claims: { scope: 'admin' } }))).body.data).toEqual({ write: 'written' });
  });

  test('says nothing of what broke but a correlation id', async () => {
    const { body } = await ask('{ broken }', await token());
    expect(body.errors[0].extensions).toEqual({ code: 'INTERNAL', correlationId: 'req_7' });
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(await codeOf('{ missing }', await token())).toBe('NOT_FOUND');
  });

  test('tells who may try again that the platform cannot work at the moment, and not why', async () => {
    const { body } = await ask('{ full }', await token());
    expect(body.errors[0]).toMatchObject({ message: expect.stringContaining('try again'), extensions: { code: 'SUBGRAPH_UNAVAILABLE', correlationId: 'req_7' } });
    expect(JSON.stringify(body)).not.toContain('base/5');
  });

  test('takes decimals as text only', async () => {
    expect((await ask('{ double(value: "1.5") }', await token())).body.data).toEqual({ double: '1.51.5' });
    for (const bad of ['1.5', '"1e3"', '"0.1234567890123456789"', '"NaN"'])
      expect((await ask(`{ double(value: ${bad}) }`, await token())).body.errors, bad).toBeDefined();
  });

  test('gives a refusal as data', async () => {
    expect((await ask('{ refused { thing code } }', await token())).body.data).toEqual({ refused: { thing: null, code: 'CONFLICT' } });
  });
});

describe('a subscription to a subgraph', () => {
  const subscribe = async (query: string, bearer?: string): Promise<unknown[]> => {
    const client = createClient({
      url: served.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0,
      ...(bearer === undefined ? {} : { connectionParams: { authorization: `Bearer ${bearer}` } }),
    });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) results.push(result);
    await client.dispose();
    return results;
  };

  test('delivers to one who is signed in', async () => {
    expect(await subscribe('subscription { count }', await token())).toEqual([{ data: { count: 1 } }, { data: { count: 2 } }]);
  });

  test('is refused without a token', async () => {
    await expect(subscribe('subscription { count }')).rejects.toMatchObject({ code: 4403 });
  });

  /** What is open: its first message has come, and `ended` resolves to the code that the socket was closed with. */
  const opened = async (bearer: string): Promise<{ readonly ended: Promise<number>; close(): void }> => {
    const socket = new WebSocket(served.url.replace('http', 'ws'), 'graphql-transport-ws');
    const ended = new Promise<number>((resolve) => { socket.once('close', (code) => { resolve(code); }); });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => { socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } })); });
      socket.on('message', (bytes: Buffer) => {
        const { type } = JSON.parse(bytes.toString()) as { type: string };
        if (type === 'connection_ack') socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: 'subscription { endless }' } }));
        if (type === 'next') resolve();
      });
      socket.once('error', reject);
    });
    return { ended, close: () => { socket.close(); } };
  };

  test('ends when its token is revoked, as requests with it are refused; the token that is spared goes on', async () => {
    const revoked = await token({ subject: 'usr_9', id: 'old', claims: { iat: 1_000 } });
    const spared = await token({ subject: 'usr_9', id: 'own', claims: { iat: 1_000 } });
    const [theirs, ours] = [await opened(revoked), await opened(spared)];
    expect(await codeOf('{ who }', revoked)).toBeUndefined();
    revocations.revoke('usr_9', Date.now(), 'own');
    expect(await theirs.ended).toBe(4403);
    expect([await codeOf('{ who }', revoked), await codeOf('{ who }', spared)]).toEqual(['UNAUTHENTICATED', undefined]);
    ours.close();
    expect(await ours.ended).toBe(1005);
  });

  test('ends when its token has expired', async () => {
    const { ended } = await opened(await token({ expires: '1s' }));
    expect(await ended).toBe(4403);
  });

  test('is refused without the scope, before it begins', async () => {
    expect(await subscribe('subscription { secret }', await token())).toMatchObject([{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
  });
});

test('what is larger than a capture of ten thousand trades is refused: a body with 413, a websocket message with 1009', async () => {
  const large = JSON.stringify({ query: `{ who } # ${'x'.repeat(17 * 1024 * 1024)}` });
  const body = await fetch(served.url, { method: 'POST', body: large, headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` } });
  expect(body.status).toBe(413);
  const socket = new WebSocket(served.url.replace('http', 'ws'), 'graphql-transport-ws');
  const closed = new Promise<number>((resolve) => { socket.once('close', resolve); });
  socket.on('error', () => undefined).once('open', () => socket.send(large));
  expect(await closed).toBe(1009);
});

test('a principal is not made of a token that lacks its organisation', () => {
  expect(() => principalFrom({ ...claims, org: undefined, sub: 'usr_1', jti: 'j', exp: 1 })).toThrow();
});
