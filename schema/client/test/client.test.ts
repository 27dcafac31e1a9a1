/** The client against a small server over real sockets. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, createClient, PmsError, type PmsClient } from '@pms/client';
import { smallPlatform, type SmallPlatform } from './small-platform.ts';

const document = <Result, Variables = Record<string, never>>(text: string): TypedDocumentNode<Result, Variables> => parse(text);
const greeting = document<{ greeting: string }, { name: string }>('query ($name: String!) { greeting(name: $name) }');
const credentials = { clientId: 'demo', clientSecret: 'secret' };

async function started(options: (platform: SmallPlatform) => Partial<ClientOptions>): Promise<{ platform: SmallPlatform; client: PmsClient }> {
  const platform = await smallPlatform();
  const client = createClient({ url: platform.url, ...options(platform) });
  onTestFinished(async () => {
    await client.close();
    await platform.close();
  });
  return { platform, client };
}

const failure = async (work: Promise<unknown>): Promise<PmsError> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof PmsError)) throw new Error(`not a PmsError: ${String(error)}`);
  return error;
};

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test('a query with a given token answers with its data', async () => {
  const { client } = await started(() => ({ token: 'given' }));
  expect(await client.query(greeting, { name: 'you' })).toEqual({ greeting: 'hello you' });
});

test('a client that reads its writes presents the token of its last answer that had one', async () => {
  const presented: (string | null)[] = [];
  const tokens = ['1~a.b.v1=x', null, null];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    presented.push(new Headers(init?.headers).get('x-pms-consistency'));
    const { body, status, headers } = await globalThis.fetch(url, init);
    const token = tokens.shift() ?? null;
    return new Response(body, { status, headers: { 'content-type': headers.get('content-type') ?? '', ...(token === null ? {} : { 'x-pms-consistency': token }) } });
  };
  const { client } = await started(() => ({ token: 'given', fetch, readsItsWrites: true }));
  for (const name of ['one', 'two', 'three']) await client.query(greeting, { name });
  expect(presented).toEqual([null, '1~a.b.v1=x', '1~a.b.v1=x']);
});

test('of a change whose consequence was put aside a client that reads its writes is told once; what is only late it asks for again', async () => {
  const presented: (string | null)[] = [];
  const refused = (extensions: object) => Response.json({ errors: [{ message: 'not yet', extensions: { code: 'STALE_READ', ...extensions } }] });
  const answers = [null, refused({}), refused({ putAside: 'evt_1' }), null];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    presented.push(new Headers(init?.headers).get('x-pms-consistency'));
    const answer = answers.shift();
    if (answer != null) return answer;
    const { body, status } = await globalThis.fetch(url, init);
    return new Response(body, { status, headers: { 'content-type': 'application/json', ...(presented.length === 1 ? { 'x-pms-consistency': '1~a.b.v1=x' } : {}) } });
  };
  const { client } = await started(() => ({ token: 'given', fetch, readsItsWrites: true }));
  await client.query(greeting, { name: 'one' });
  for (const name of ['late', 'never']) expect((await failure(client.query(greeting, { name }))).code).toBe('STALE_READ');
  expect(await client.query(greeting, { name: 'what is there' })).toEqual({ greeting: 'hello what is there' });
  expect(presented).toEqual([null, '1~a.b.v1=x', '1~a.b.v1=x', null]);
});

test('many requests at once share one token', async () => {
  const { client, platform } = await started(() => ({ credentials }));
  await Promise.all(Array.from({ length: 20 }, () => client.query(greeting, { name: 'you' })));
  expect(platform.issued).toBe(1);
});

test('a token that is about to run out is renewed before the next request', async () => {
  const { client, platform } = await started(() => ({ credentials }));
  platform.lifetimeS = 0;
  await client.query(greeting, { name: 'you' });
  await client.query(greeting, { name: 'you' });
  expect(platform.issued).toBe(2);
});

test('a token that the platform no longer takes is replaced once', async () => {
  const { client, platform } = await started(() => ({ credentials }));
  await client.query(greeting, { name: 'you' });
  platform.valid.clear();
  expect(await client.query(greeting, { name: 'you' })).toEqual({ greeting: 'hello you' });
  expect(platform.issued).toBe(2);
});

test('a given token that is refused is an error and is not tried again', async () => {
  const { client } = await started(() => ({ token: 'forged' }));
  expect(await failure(client.query(greeting, { name: 'you' }))).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('wrong credentials are an error that says so', async () => {
  const { client } = await started(() => ({ credentials: { clientId: 'demo', clientSecret: 'guess' } }));
  expect(await failure(client.query(greeting, { name: 'you' }))).toMatchObject({ code: 'UNAUTHENTICATED', message: 'invalid_client' });
});

test('an error carries its code, its correlation id, and when to try again', async () => {
  const { client } = await started(() => ({ token: 'given' }));
  const error = await failure(client.query(document('{ limited }')));
  expect(error).toMatchObject({ code: 'RATE_LIMITED', correlationId: 'cor-1', retryAfterMs: 1500, data: { limited: null } });
});

test('a platform that does not answer is a NETWORK error', async () => {
  const { client } = await started(() => ({ url: 'http://127.0.0.1:1', token: 'given' }));
  expect(await failure(client.query(greeting, { name: 'you' }))).toMatchObject({ code: 'NETWORK' });
});

test('an aborted query rejects with the reason it was given', async () => {
  const { client } = await started(() => ({ token: 'given' }));
  const stop = new AbortController();
  const answer = client.query(document('{ slow }'), {}, { signal: stop.signal });
  stop.abort(new Error('no longer wanted'));
  await expect(answer).rejects.toThrow('no longer wanted');
});

test('a subscription yields every result and ends with the last', async () => {
  const { client } = await started(() => ({ credentials }));
  const count = document<{ count: number }, { to: number }>('subscription ($to: Int!) { count(to: $to) }');
  expect(await all(client.subscribe(count, { to: 3 }))).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
});

test('leaving the loop ends the subscription at the platform', async () => {
  const { client, platform } = await started(() => ({ token: 'given' }));
  for await (const { forever } of client.subscribe(document<{ forever: number }>('subscription { forever }'))) if (forever === 3) break;
  await expect.poll(() => platform.open).toBe(0);
});

test('an aborted subscription throws the reason and ends at the platform', async () => {
  const { client, platform } = await started(() => ({ token: 'given' }));
  const stop = new AbortController();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { forever } of client.subscribe(document<{ forever: number }>('subscription { forever }'), {}, { signal: stop.signal })) {
      seen.push(forever);
      if (forever === 2) stop.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(seen.slice(0, 2)).toEqual([1, 2]);
  await expect.poll(() => platform.open).toBe(0);
});

test('an error in a subscription is thrown with its code', async () => {
  const { client } = await started(() => ({ token: 'given' }));
  expect(await failure(all(client.subscribe(document('subscription { failing }'))))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
});

test('a subscription with a refused token is an UNAUTHENTICATED error', async () => {
  const { client } = await started(() => ({ token: 'forged' }));
  expect(await failure(all(client.subscribe(document('subscription { forever }'))))).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a subscription replaces a token that the platform no longer takes', async () => {
  const { client, platform } = await started(() => ({ credentials }));
  await client.query(greeting, { name: 'you' });
  platform.valid.clear();
  expect(await all(client.subscribe(document<{ count: number }>('subscription { count(to: 1) }')))).toEqual([{ count: 1 }]);
});
