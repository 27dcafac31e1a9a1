/** Federated subscriptions: the websocket protocol spoken by hand and by its own client, and server-sent events. */
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { openShop, type Shop, until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function shopWith(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop(options);
  open.push(() => shop.router.close());
  return shop;
}

interface Talk {
  readonly socket: WebSocket;
  say(message: unknown): void;
  /** The next message; fails when the socket closes first. */
  heard(): Promise<Record<string, unknown>>;
  readonly closed: Promise<[number, string]>;
}

async function talk(shop: Shop, headers: Record<string, string> = {}, protocols: string[] = ['graphql-transport-ws']): Promise<Talk> {
  const socket = new WebSocket(`${shop.router.url.replace('http', 'ws')}/graphql`, protocols, { headers });
  open.push(() => socket.terminate());
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => void messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>));
  const closed = new Promise<[number, string]>((resolve) => void socket.once('close', (code, reason) => resolve([code, String(reason)])));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket, closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async heard() {
      await until(() => messages.length > 0);
      return messages.shift() as Record<string, unknown>;
    },
  };
}

async function welcomed(shop: Shop, payload?: object, headers: Record<string, string> = {}): Promise<Talk> {
  const one = await talk(shop, headers);
  one.say({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
  expect(await one.heard()).toEqual({ type: 'connection_ack' });
  return one;
}

const changes = 'subscription { productChanged { name price } }';
const buyer = { authorization: 'Bearer buyer' };

describe('over a websocket', () => {
  test('an event carries fields of other subgraphs', async () => {
    const shop = await shopWith();
    const one = await welcomed(shop);
    one.say({ id: '1', type: 'subscribe', payload: { query: changes } });
    await until(() => shop.bells.listeners('productChanged') === 1);
    for (const id of [1, 2]) shop.bells.ring('productChanged', { productChanged: { id, name: `p${id}` } });
    expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { productChanged: { name: 'p1', price: 100 } } } });
    expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { productChanged: { name: 'p2', price: 200 } } } });
    one.say({ id: '1', type: 'complete' });
    await until(() => shop.bells.listeners('productChanged') === 0);
  });

  test('the protocol’s own client understands it', async () => {
    const shop = await shopWith();
    const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: buyer });
    open.push(() => client.dispose());
    const events = client.iterate({ query: 'subscription { productChanged { margin } }' });
    const first = events.next();
    await until(() => shop.bells.listeners('productChanged') === 1);
    shop.bells.ring('productChanged', { productChanged: { id: 2, name: 'x', cost: 50 } });
    expect((await first).value).toEqual({ data: { productChanged: { margin: 150 } } });
    await events.return?.();
    await until(() => shop.bells.listeners('productChanged') === 0);
  });

  test('queries and mutations are answered once', async () => {
    const one = await welcomed(await shopWith());
    one.say({ id: 'q', type: 'subscribe', payload: { query: 'query ($id: ID!) { product(id: $id) { price } }', variables: { id: '3' } } });
    expect(await one.heard()).toEqual({ id: 'q', type: 'next', payload: { data: { product: { price: 300 } } } });
    expect(await one.heard()).toEqual({ id: 'q', type: 'complete' });
  });

  test('an operation that is not valid is an error message, and the connection stays', async () => {
    const one = await welcomed(await shopWith());
    one.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { nothing }' } });
    expect(await one.heard()).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    one.say({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { __typename: 'Query' } } });
  });

  test('a source that refuses is an error message without its secrets', async () => {
    const one = await welcomed(await shopWith());
    one.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { failing }' } });
    const { payload, ...rest } = await one.heard();
    expect(rest).toEqual({ id: '1', type: 'error' });
    expect(payload).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(payload)).not.toContain('secret');
  });

  test('fields that may not be read are taken out of every event', async () => {
    const shop = await shopWith();
    const one = await welcomed(shop, { authorization: 'Bearer reader' });
    one.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { productChanged { name cost } }' } });
    await until(() => shop.bells.listeners('productChanged') === 1);
    shop.bells.ring('productChanged', { productChanged: { id: 1, name: 'p', cost: 50 } });
    expect(await one.heard()).toMatchObject({ payload: { data: { productChanged: { name: 'p', cost: null } }, errors: [{ path: ['productChanged', 'cost'], extensions: { code: 'FORBIDDEN' } }] } });
  });

  test('pings are answered with what they carried', async () => {
    const one = await welcomed(await shopWith());
    one.say({ type: 'ping', payload: { at: 1 } });
    expect(await one.heard()).toEqual({ type: 'pong', payload: { at: 1 } });
    one.say({ type: 'pong' });
    one.say({ type: 'ping' });
    expect(await one.heard()).toEqual({ type: 'pong' });
  });

  test('each breach of the protocol closes with its code', async () => {
    const shop = await shopWith();
    const codeAfter = async (...messages: unknown[]): Promise<number> => {
      const one = await talk(shop);
      for (const message of messages) one.say(message);
      return (await one.closed)[0];
    };
    const init = { type: 'connection_init' };
    const subscribe = { id: '1', type: 'subscribe', payload: { query: changes } };
    expect(await codeAfter('not json')).toBe(4400);
    expect(await codeAfter({ type: 'unknown' })).toBe(4400);
    expect(await codeAfter({ type: 'subscribe', payload: {} })).toBe(4400);
    expect(await codeAfter(subscribe)).toBe(4401);
    expect(await codeAfter({ ...init, payload: { authorization: 'Bearer nobody' } })).toBe(4401);
    expect(await codeAfter(init, init)).toBe(4429);
    const twice = await welcomed(shop);
    twice.say(subscribe);
    twice.say(subscribe);
    expect(await twice.closed).toEqual([4409, 'Subscriber for 1 already exists']);
    expect((await (await talk(shop, {}, [])).closed)[0]).toBe(4406);
  });

  test('a connection has a bounded number of operations', async () => {
    const shop = await shopWith({ settings: { subscriptions: { perConnectionMax: 1 } } });
    const one = await welcomed(shop);
    one.say({ id: '1', type: 'subscribe', payload: { query: changes } });
    one.say({ id: '2', type: 'subscribe', payload: { query: changes } });
    expect(await one.heard()).toMatchObject({ id: '2', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  test('a token that expires ends its subscriptions, then the connection', async () => {
    const shop = await shopWith();
    const one = await welcomed(shop, { authorization: 'Bearer brief' });
    one.say({ id: '1', type: 'subscribe', payload: { query: changes } });
    expect(await one.heard()).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await one.closed).toEqual([4401, 'the access token has expired']);
    await until(() => shop.bells.listeners('productChanged') === 0);
  });

  test('a cookie session counts for pages of this server, and not for others', async () => {
    const shop = await shopWith({ sessionToken: async (cookies) => (cookies === 'session=1' ? 'buyer' : null) });
    const asksCost = async (headers: Record<string, string>): Promise<unknown> => {
      const one = await welcomed(shop, undefined, headers);
      one.say({ id: '1', type: 'subscribe', payload: { query: '{ product(id: 1) { cost } }' } });
      return ((await one.heard())['payload'] as { data?: unknown }).data;
    };
    expect(await asksCost({ cookie: 'session=1', origin: shop.router.url })).toEqual({ product: { cost: 60 } });
    expect(await asksCost({ cookie: 'session=1', origin: 'https://evil.example' })).toEqual({ product: { cost: null } });
  });

  test('a client that goes away ends what it subscribed upstream', async () => {
    const shop = await shopWith();
    const one = await welcomed(shop);
    one.say({ id: '1', type: 'subscribe', payload: { query: changes } });
    await until(() => shop.bells.listeners('productChanged') === 1);
    one.socket.terminate();
    await until(() => shop.bells.listeners('productChanged') === 0);
  });

  test('a source that ends completes the subscription', async () => {
    const shop = await shopWith();
    const ending = await shopWith({
      supergraph: { kind: 'text', sdl: shop.federation.sdl },
      dial: (subgraph) => ({ ...inProcess(shop.federation.subgraphs)(subgraph), subscribe: async () => (async function* () {
        yield { data: { tick: { of: 'A', price: 1 } } };
      })() }),
    });
    const one = await welcomed(ending);
    one.say({ id: '1', type: 'subscribe', payload: { query: 'subscription { tick { price } }' } });
    expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { tick: { price: 1 } } } });
    expect(await one.heard()).toEqual({ id: '1', type: 'complete' });
  });
});

describe('over server-sent events', () => {
  async function* lines(response: Response): AsyncGenerator<string> {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  }

  test.each(['POST', 'GET'])('a subscription by %s streams its events, with the header’s identity', async (method) => {
    const shop = await shopWith();
    const query = 'subscription { productChanged { name margin } }';
    const gone = new AbortController();
    const response = method === 'POST'
      ? await fetch(`${shop.router.url}/graphql`, { method, signal: gone.signal, body: JSON.stringify({ query }), headers: { ...buyer, 'content-type': 'application/json', accept: 'text/event-stream' } })
      : await fetch(`${shop.router.url}/graphql?${new URLSearchParams({ query }).toString()}`, { signal: gone.signal, headers: { ...buyer, accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await until(() => shop.bells.listeners('productChanged') === 1);
    shop.bells.ring('productChanged', { productChanged: { id: 1, name: 'p', cost: 30 } });
    const events = lines(response);
    expect((await events.next()).value).toBe('event: next\ndata: {"data":{"productChanged":{"name":"p","margin":70}}}');
    gone.abort();
    await until(() => shop.bells.listeners('productChanged') === 0);
  });

  test('an invalid subscription is told in the stream where nothing else is taken, else as an ordinary answer; one without the right type is told so', async () => {
    const shop = await shopWith();
    const streamed = await shop.post({ query: 'subscription { nothing }' }, { accept: 'text/event-stream' });
    expect(streamed.status).toBe(200);
    expect(await streamed.text()).toMatch(/^event: next\ndata: \{"errors":.*GRAPHQL_VALIDATION_FAILED.*\}\n\nevent: complete\ndata:\n\n$/);
    expect((await shop.post({ query: 'subscription { nothing }' }, { accept: 'application/graphql-response+json, text/event-stream' })).status).toBe(400);
    expect(await shop.ask(changes)).toMatchObject({ errors: [{ message: expect.stringContaining('text/event-stream') as string }] });
  });

  test('an expired token completes the stream with the reason', async () => {
    const shop = await shopWith();
    const response = await shop.post({ query: changes }, { authorization: 'Bearer brief', accept: 'text/event-stream' });
    const text = await response.text();
    expect(text).toContain('UNAUTHENTICATED');
    expect(text).toMatch(/event: complete\ndata:\n\n$/);
  });
});
