/** Answers that follow each other over HTTP, read by the clients of their protocols: server-sent events by graphql-sse, parts by meros. */
import { connect } from 'node:net';
import { type Client, createClient } from 'graphql-sse';
import { meros } from 'meros/browser';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { overHttp } from '../src/dial/over-http.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { federate } from './federation.ts';
import { serveRemotely } from './remote.ts';
import { bell, openShop, type Shop, shop as partsOf, until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function shopWith(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop(options);
  open.push(() => shop.router.close());
  return shop;
}
const buyer = { authorization: 'Bearer buyer' };
const CHANGES = 'subscription { productChanged { name price } }';
const listening = (shop: Shop, count = 1): Promise<void> => until(() => shop.bells.listeners('productChanged') === count);
const ring = (shop: Shop, id: number): void => shop.bells.ring('productChanged', { productChanged: { id, name: `p${id}`, cost: 1 } });
const changed = (id: number): object => ({ data: { productChanged: { name: `p${id}`, price: id * 100 } } });

describe('server-sent events', () => {
  function clientOf(shop: Shop): Client {
    const client = createClient({ url: `${shop.router.url}/graphql`, headers: buyer, retryAttempts: 0 });
    open.push(() => client.dispose());
    return client;
  }

  test('carry a subscription, and its end', async () => {
    const shop = await shopWith();
    const events = clientOf(shop).iterate({ query: CHANGES });
    const first = events.next();
    await listening(shop);
    for (const id of [1, 2]) ring(shop, id);
    expect((await first).value).toEqual(changed(1));
    expect((await events.next()).value).toEqual(changed(2));
    await events.return?.();
    await listening(shop, 0);
  });

  test('carry queries and mutations, their errors, and those of operations that are not valid', async () => {
    const client = clientOf(await shopWith());
    const all = async (query: string, variables?: Record<string, unknown>): Promise<unknown[]> => {
      const answers: unknown[] = [];
      for await (const answer of client.iterate({ query, ...(variables === undefined ? {} : { variables }) })) answers.push(answer);
      return answers;
    };
    expect(await all('query ($id: ID!) { product(id: $id) { name } }', { id: '3' })).toEqual([{ data: { product: { name: 'product 3' } } }]);
    expect(await all('mutation { second first }')).toEqual([{ data: { second: 2, first: 1 } }]);
    expect(await all('{ refused }')).toMatchObject([{ data: { refused: null }, errors: [{ path: ['refused'] }] }]);
    expect(await all('{ nothing }')).toMatchObject([{ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
    expect(await all('subscription { failing }')).toMatchObject([{ errors: [{ extensions: { code: 'INTERNAL' } }] }]);
  });

  test('by GET, too, with headers that let them through proxies', async () => {
    const shop = await shopWith();
    const response = await fetch(`${shop.router.url}/graphql?${new URLSearchParams({ query: '{ __typename }' }).toString()}`, { headers: { ...buyer, accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('x-correlation-id')).toMatch(/^[\da-f-]{36}$/);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe('event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n');
  });

  test('say that they live when nothing happens', async () => {
    const shop = await shopWith({ settings: { subscriptions: { heartbeatMs: 20 } } });
    const gone = new AbortController();
    const response = await fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: JSON.stringify({ query: CHANGES }), headers: { 'content-type': 'application/json', accept: 'text/event-stream' } });
    const reader = response.body?.getReader();
    for (let beat = 0; beat < 3; beat += 1) expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toMatch(/^(:\n\n)+$/);
    gone.abort();
    await listening(shop, 0);
  });

  test('end what they listen to when the client goes away, even before it was opened', async () => {
    let opened = 0;
    let closed = 0;
    let letOpen = (): void => {};
    const gate = new Promise<void>((resolve) => {
      letOpen = resolve;
    });
    const base = await shopWith();
    const shop = await shopWith({
      supergraph: supergraphText(base.federation.sdl),
      dial: (subgraph) => ({ ...inProcess(base.federation.subgraphs)(subgraph), subscribe: async () => {
        opened += 1;
        await gate;
        return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: async () => {
          closed += 1;
          return { done: true, value: undefined };
        } }) };
      } }),
    });
    const gone = new AbortController();
    const asked = fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: JSON.stringify({ query: CHANGES }), headers: { 'content-type': 'application/json', accept: 'text/event-stream' } });
    await asked;
    await until(() => opened === 1);
    gone.abort();
    letOpen();
    await until(() => closed > 0);
  });
});

test.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])('a client of %s that does not read is waited for within bounds, then told and ended', async (accept) => {
  const shop = await shopWith();
  const body = JSON.stringify({ query: 'subscription { productChanged { name } }' });
  const socket = connect(shop.router.port, '127.0.0.1');
  open.push(() => socket.destroy());
  socket.write(`POST /graphql HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await listening(shop);
  const name = 'x'.repeat(200_000);
  for (let event = 0; event < 1_000 && shop.bells.listeners('productChanged') > 0; event += 1) {
    shop.bells.ring('productChanged', { productChanged: { id: 1, name } });
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await listening(shop, 0); // before it reads: its source is not kept for it
  let end = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    end = (end + text).slice(-1_000);
  });
  await until(() => end.includes('RATE_LIMITED') && /(?:event: complete|--graphql--)/.test(end));
});

describe('parts', () => {
  const ACCEPT = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';

  async function parts(shop: Shop, query: string, headers: Record<string, string> = {}): Promise<{ readonly response: Response; next(): Promise<unknown>; rest(): Promise<unknown[]>; leave(): void }> {
    const gone = new AbortController();
    const response = await fetch(`${shop.router.url}/graphql`, {
      method: 'POST', signal: gone.signal, body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', accept: ACCEPT, ...headers },
    });
    const read = await meros(response);
    if (read instanceof Response) throw new Error('it was not answered in parts');
    const next = async (): Promise<unknown> => {
      const { done, value } = await read.next();
      return done === true ? undefined : value.json ? value.body : 'not JSON';
    };
    return { response, next, leave: () => gone.abort(), rest: async () => {
      const found: unknown[] = [];
      for (let part = await next(); part !== undefined; part = await next()) found.push(part);
      return found;
    } };
  }

  test('carry a subscription as the clients of Apollo read it', async () => {
    const shop = await shopWith();
    const one = await parts(shop, CHANGES);
    expect(one.response.headers.get('content-type')).toBe('multipart/mixed; boundary="graphql"; subscriptionSpec=1.0');
    await listening(shop);
    ring(shop, 1);
    expect(await one.next()).toEqual({ payload: changed(1) }); // before there is another
    ring(shop, 2);
    expect(await one.next()).toEqual({ payload: changed(2) });
    one.leave();
    await listening(shop, 0);
  });

  test('say {} when nothing happens', async () => {
    const one = await parts(await shopWith({ settings: { subscriptions: { heartbeatMs: 20 } } }), CHANGES);
    for (let beat = 0; beat < 3; beat += 1) expect(await one.next()).toEqual({});
    one.leave();
  });

  test('end with the source, by the closing boundary', async () => {
    const base = await shopWith();
    const shop = await shopWith({
      supergraph: supergraphText(base.federation.sdl),
      dial: (subgraph) => ({ ...inProcess(base.federation.subgraphs)(subgraph), subscribe: async () => (async function* () {
        yield { data: { tick: { of: 'A', price: 1 } } };
      })() }),
    });
    const query = 'subscription { tick { price } }';
    expect(await (await parts(shop, query)).rest()).toEqual([{ payload: { data: { tick: { price: 1 } } } }]);
    expect(await (await shop.post({ query }, { accept: ACCEPT })).text()).toBe(
      '\r\n--graphql\r\ncontent-type: application/json; charset=utf-8\r\n\r\n{"payload":{"data":{"tick":{"price":1}}}}\r\n--graphql--\r\n');
  });

  test('tell an operation that is refused apart from a stream that cannot go on', async () => {
    const shop = await shopWith();
    expect(await (await parts(shop, 'subscription { failing }')).rest()).toMatchObject([{ payload: { errors: [{ extensions: { code: 'INTERNAL' } }] } }]);
    expect(await (await parts(shop, CHANGES, { authorization: 'Bearer brief' })).rest()).toMatchObject([{ payload: null, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
  });

  test('are not there for an invalid subscription, nor for a query', async () => {
    const shop = await shopWith();
    const asked = (query: string): Promise<Response> => shop.post({ query }, { accept: 'multipart/mixed;subscriptionSpec=1.0, application/graphql-response+json' });
    expect((await asked('subscription { nothing }')).status).toBe(400);
    expect((await asked('{ __typename }')).headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  });
});

test('streams over subgraphs that are servers of their own end upstream with their client', async () => {
  const bells = bell();
  const own = partsOf(bells);
  const [stock, prices] = await Promise.all(federate(own).subgraphs.map(serveRemotely));
  const http = overHttp();
  const urls: Record<string, string | undefined> = { stock: stock?.url, prices: prices?.url };
  const { sdl } = federate(own.map((part) => ({ ...part, url: urls[part.name] ?? '' })));
  open.push(() => prices?.close(), () => stock?.close(), () => http.close());
  const shop = await shopWith({ supergraph: supergraphText(sdl), dial: http.dial });
  for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0']) {
    const gone = new AbortController();
    const response = await fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: JSON.stringify({ query: CHANGES }), headers: { 'content-type': 'application/json', accept } });
    await until(() => bells.listeners('productChanged') === 1);
    bells.ring('productChanged', { productChanged: { id: 2, name: 'p2' } });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('"price":200')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    gone.abort();
    await until(() => bells.listeners('productChanged') === 0);
  }
});

test('a server that goes away tells each stream to subscribe again, ends it properly, and closes websockets with 1001', async () => {
  const shop = await openShop();
  const stream = async (accept: string): Promise<Promise<string>> => (await fetch(`${shop.router.url}/graphql`, { method: 'POST', body: JSON.stringify({ query: CHANGES }), headers: { 'content-type': 'application/json', accept } })).text();
  const events = stream('text/event-stream');
  const mixed = stream('multipart/mixed;subscriptionSpec=1.0');
  const socket = new WebSocket(`${shop.router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  socket.once('open', () => {
    socket.send('{"type":"connection_init"}');
    socket.once('message', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } })));
  });
  await listening(shop, 3);
  await shop.router.close();
  expect(await events).toMatch(/event: next\ndata: \{"errors":\[\{"message":"[^"]*","extensions":\{"code":"GOING_AWAY"\}\}\]\}\n\nevent: complete\ndata:\n\n$/);
  expect(await mixed).toMatch(/\{"payload":null,"errors":\[\{"message":"[^"]*","extensions":\{"code":"GOING_AWAY"\}\}\]\}\r\n--graphql--\r\n$/);
  expect(await closed).toBe(1001);
  expect(shop.bells.listeners('productChanged')).toBe(0);
});
