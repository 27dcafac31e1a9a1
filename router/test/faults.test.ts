/** One subgraph of two fails in every way a network knows: what the other said is there, the gap is named, and nothing of the fault leaks. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { overHttp } from '../src/dial/over-http.ts';
import type { RouterSettingsInput } from '../src/settings.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { federate } from './federation.ts';
import { type Remote, serveRemotely } from './remote.ts';
import { bell, openShop, type Shop, shop as partsOf, until } from './shop.ts';

const parts = partsOf(bell());
const local = federate(parts).subgraphs;
const query = '{ products(first: 2) { name price } }';
const named = [{ name: 'product 1', price: null }, { name: 'product 2', price: null }];

let stock: Remote;
let prices: Remote;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  [stock, prices] = await Promise.all([serveRemotely(local[0]!), serveRemotely(local[1]!)]);
  open.push(() => stock.close(), () => prices.close());
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A router whose prices are at that address. */
async function shopWith(pricesUrl: string, all: NonNullable<RouterSettingsInput['subgraphs']>['all'] = {}): Promise<Shop> {
  const http = overHttp();
  const { sdl } = federate(parts.map((part) => ({ ...part, url: part.name === 'stock' ? stock.url : pricesUrl })));
  const shop = await openShop({ supergraph: supergraphText(sdl), dial: http.dial, settings: { subgraphs: { all: { retries: { delayMs: 1, delayMsMax: 5 }, ...all } } } });
  open.push(() => http.close(), () => shop.router.close());
  return shop;
}

/** A TCP server that does what it is told with each connection, once a request has come. */
async function tcp(handle: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => handle(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const answering = (status: number, type: string, body: string): (() => Promise<string>) => async () => {
  prices.interfere = (_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body);
    return true;
  };
  return prices.url;
};
const good = '{"data":{"_entities":[{"price":1},{"price":2}]}}';

const faults: readonly (readonly [string, () => Promise<string>])[] = [
  ['nobody listens', async () => {
    const url = await tcp(() => {});
    await open.pop()?.();
    return url;
  }],
  ['the connection is accepted and nothing comes', () => tcp(() => {})],
  ['the connection ends at once', () => tcp((socket) => void socket.end())],
  ['the connection is reset', () => tcp((socket) => void socket.resetAndDestroy())],
  ['the answer ends half-way', () => tcp((socket) => void socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n${good.slice(0, 20)}`))],
  ['the answer stops half-way and the connection stays', () => tcp((socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n${good.slice(0, 20)}`))],
  ['it is not HTTP', () => tcp((socket) => void socket.end('SSH-2.0-OpenSSH_9.7\r\n'))],
  ['the JSON is cut off', answering(200, 'application/json', good.slice(0, -4))],
  ['the body is empty', answering(200, 'application/json', '')],
  ['the JSON is a list', answering(200, 'application/json', `[${good}]`)],
  ['the JSON is something else', answering(200, 'application/json', '{"ok":true}')],
  ['the data is no object', answering(200, 'application/json', '{"data":[1]}')],
  ['the content type is wrong', answering(200, 'text/html', good)],
  ['a proxy answers for it', answering(502, 'text/html', '<h1>nginx secret-host</h1>')],
  ['it redirects', async () => {
    const elsewhere = await serveRemotely(local[1]!);
    open.push(() => elsewhere.close());
    prices.interfere = (_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
      return true;
    };
    return prices.url;
  }],
  ['its certificate is nobody’s', async () => (await secure()).url],
  ['it speaks no TLS', async () => prices.url.replace('http:', 'https:')],
  ['its name is not known', async () => 'http://prices.invalid/graphql'],
];

/** The prices behind TLS, with a certificate that it signed itself. */
async function secure(): Promise<{ readonly url: string; readonly certificate: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2_048, extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const server = createTlsServer({ cert, key }, (request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(good));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, certificate: cert };
}

test.each(faults)('%s: the rest is answered, and the gap has an error', async (_, fault) => {
  const shop = await shopWith(await fault(), { timeoutMs: 1_500 });
  const reply = await shop.ask(query);
  expect(reply.data).toEqual({ products: named });
  expect(reply.errors).toEqual([{ message: 'prices did not answer', path: ['products'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
});

test('a certificate that the settings name is trusted', async () => {
  const { url, certificate } = await secure();
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  open.push(() => rm(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, certificate);
  const shop = await shopWith(url, { caFile });
  expect(await shop.ask(query)).toEqual({ data: { products: [{ name: 'product 1', price: 1 }, { name: 'product 2', price: 2 }] } });
});

describe('an answer that is GraphQL counts, whatever its status', () => {
  test.each([['application/json; charset=utf-8'], ['application/graphql-response+json'], ['']])('with content type "%s"', async (type) => {
    const shop = await shopWith(await answering(500, type, good)());
    expect(await shop.ask(query)).toEqual({ data: { products: [{ name: 'product 1', price: 1 }, { name: 'product 2', price: 2 }] } });
  });

  test('and an error in it is told at the entity that it is about', async () => {
    const body = { data: { _entities: [{ price: 1 }, null] }, errors: [{ message: 'no such price', path: ['_entities', 1], extensions: { code: 'NOT_FOUND' } }] };
    const shop = await shopWith(await answering(500, 'application/json', JSON.stringify(body))());
    const reply = await shop.ask(query);
    expect(reply.data).toEqual({ products: [{ name: 'product 1', price: 1 }, { name: 'product 2', price: null }] });
    expect(reply.errors).toEqual([{ message: 'no such price', path: ['products', 1], extensions: { code: 'NOT_FOUND' } }]);
  });
});

test('a client that goes away in the middle of a plan takes the request under way with it, and no further one is sent', async () => {
  let cancelled = false;
  const shop = await shopWith(await tcp((socket) => void socket.on('close', () => { cancelled = true; })), {});
  const gone = new AbortController();
  const asked = fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: JSON.stringify({ query }), headers: { 'content-type': 'application/json' } });
  asked.catch(() => {});
  await until(async () => /bulkhead_running\{subgraph="prices"\} 1/.test(await shop.registry.metrics()));
  gone.abort();
  await until(() => cancelled);
  await until(async () => /bulkhead_running\{subgraph="prices"\} 0/.test(await shop.registry.metrics()));
});

test('a subscriber who goes away takes the request for the rest of an event with it', async () => {
  const bells = bell();
  const [stockHere, pricesHere] = federate(partsOf(bells)).subgraphs;
  const signals: (AbortSignal | undefined)[] = [];
  const dial = inProcess([stockHere!, { ...pricesHere!, contextFor: ({ signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  } }]);
  const shop = await openShop({ supergraph: supergraphText(federate(partsOf(bells)).sdl), dial });
  const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  open.push(() => shop.router.close(), () => client.dispose());
  const stop = client.subscribe({ query: 'subscription { productChanged { name price } }' }, { next() {}, error() {}, complete() {} });
  await until(() => bells.listeners('productChanged') === 1);
  bells.ring('productChanged', { productChanged: { id: 3, name: 'p3' } });
  await until(() => signals.length === 1);
  expect(signals[0]?.aborted).toBe(false);
  stop();
  await until(() => signals[0]?.aborted === true);
});

test('in process the subgraph is told by a signal that the client has gone', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const world = federate([{ name: 'one', sdl: 'type Query { wait: Int }', resolvers: { Query: { wait: (_: unknown, __: unknown, { signal }: { signal?: AbortSignal }) => {
    signals.push(signal);
    return new Promise(() => {});
  } } } }]);
  const shop = await openShop({ supergraph: supergraphText(world.sdl), dial: world.dial });
  open.push(() => shop.router.close());
  const gone = new AbortController();
  const asked = fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: '{"query":"{ wait }"}', headers: { 'content-type': 'application/json' } });
  asked.catch(() => {});
  await until(() => signals.length === 1);
  expect(signals[0]?.aborted).toBe(false);
  gone.abort();
  await until(() => signals[0]?.aborted === true);
});
