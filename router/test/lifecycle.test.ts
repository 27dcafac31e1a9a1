/** A router's life: new supergraphs while it runs, and an end without tears. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { federate, type Part } from './federation.ts';
import { openShop, type Shop, until } from './shop.ts';
import { welcomed } from './talk.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const versioned = (version: number): Part => ({
  name: 'one', sdl: `type Query { version: Int! only${version}: Int }`, resolvers: { Query: { version: () => version } },
});
const versionOf = async (shop: Shop): Promise<unknown> => ((await shop.ask('{ version }')).data as { version: number } | undefined)?.version;

describe('a watched supergraph file', () => {
  async function watched(): Promise<{ shop: Shop; path: string; sdl(version: number): string }> {
    const folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
    const path = join(folder, 'supergraph.graphql');
    const worlds = [1, 2, 3].map((version) => federate([versioned(version)]));
    let current = 0;
    await writeFile(path, worlds[0]!.sdl);
    const shop = await openShop({
      supergraph: { kind: 'file', path, watch: true, lookEveryMs: 20 },
      dial: (subgraph) => inProcess(worlds[current++ % 3]!.subgraphs)(subgraph),
    });
    open.push(() => rm(folder, { recursive: true }), () => shop.router.close());
    return { shop, path, sdl: (version) => worlds[version - 1]!.sdl };
  }

  test('is taken over when it changes, also by renames, again and again', async () => {
    const { shop, path, sdl } = await watched();
    expect(await versionOf(shop)).toBe(1);
    await writeFile(path, sdl(2));
    await until(async () => (await versionOf(shop)) === 2);
    await writeFile(`${path}.new`, sdl(3));
    await rename(`${path}.new`, path);
    await until(async () => (await shop.ask('{ only3 }')).errors === undefined);
    await writeFile(`${path}.new`, sdl(1));
    await rename(`${path}.new`, path);
    await until(async () => (await shop.ask('{ only1 }')).errors === undefined);
  });

  test('that is empty, half written, invalid or gone leaves the last good one in place', async () => {
    const { shop, path, sdl } = await watched();
    const refused = async (): Promise<number> => Number(/reloads_total\{outcome="refused"\} (\d+)/.exec(await shop.registry.metrics())?.[1] ?? 0);
    let count = 0;
    for (const bad of ['', sdl(2).slice(0, sdl(2).length / 2), 'type Query { a: Int }', sdl(2).replaceAll('Int!', 'Nothing!')]) {
      await writeFile(path, bad);
      count += 1;
      await until(async () => (await refused()) >= count);
      expect(await versionOf(shop)).toBe(1);
    }
    await rm(path);
    expect(await versionOf(shop)).toBe(1);
    await writeFile(path, sdl(2));
    await until(async () => (await shop.ask('{ only2 }')).errors === undefined);
  });
});

test('a reload that is asked for is refused with its reason', async () => {
  const shop = await openShop();
  open.push(() => shop.router.close());
  await expect(shop.router.reload('nonsense')).rejects.toThrow();
  expect((await shop.ask('{ product(id: 1) { name } }')).data).toEqual({ product: { name: 'product 1' } });
});

test('a subscription goes on through a reload', async () => {
  const shop = await openShop();
  open.push(() => shop.router.close());
  const socket = new WebSocket(`${shop.router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const heard: string[] = [];
  socket.on('message', (data) => void heard.push((data as Buffer).toString()));
  await new Promise((resolve) => void socket.once('open', resolve));
  socket.send('{"type":"connection_init"}');
  await until(() => heard.length === 1);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { productChanged { price } }' } }));
  await until(() => shop.bells.listeners('productChanged') === 1);
  await shop.router.reload(`${shop.federation.sdl}\n# changed`);
  shop.bells.ring('productChanged', { productChanged: { id: 4 } });
  await until(() => heard.length === 2);
  expect(heard[1]).toBe('{"id":"1","type":"next","payload":{"data":{"productChanged":{"price":400}}}}');
});

test('closing says so first, ends what is under way, and closes websockets with 1001', async () => {
  let started = false;
  let finish = (): void => {};
  const slow: Part = { name: 'one', sdl: 'type Query { slow: String }', resolvers: { Query: { slow: () => new Promise((resolve) => {
    started = true;
    finish = () => resolve('done');
  }) } } };
  const { sdl, dial } = federate([slow]);
  const shop = await openShop({ supergraph: { kind: 'text', sdl }, dial, settings: { http: { drainNoticeMs: 100 } } });
  const socket = new WebSocket(`${shop.router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve) => void socket.once('open', resolve));
  const closedWith = new Promise((resolve) => void socket.once('close', resolve));
  const answer = shop.ask('{ slow }');
  await until(() => started);
  const closed = shop.router.close();
  expect((await fetch(`${shop.router.url}/health/ready`)).status).toBe(503);
  expect(await closedWith).toBe(1001);
  finish();
  expect(await answer).toEqual({ data: { slow: 'done' } });
  await closed;
  await expect(fetch(`${shop.router.url}/health/live`)).rejects.toThrow();
});

/** A router whose answer waits for the test. */
async function slowShop(): Promise<{ readonly shop: Shop; started(): boolean; finish(): void }> {
  let answer: (() => void) | null = null;
  const { sdl, dial } = federate([{ name: 'one', sdl: 'type Query { slow: String }', resolvers: { Query: { slow: () => new Promise((resolve) => {
    answer = () => resolve('done');
  }) } } }]);
  return { shop: await openShop({ supergraph: { kind: 'text', sdl }, dial }), started: () => answer !== null, finish: () => answer?.() };
}

describe('a connection that is kept alive, while the router closes', () => {
  /** One connection, spoken by hand: requests go out as they are, answers come as text. */
  async function connection(port: number): Promise<{ ask(query: string): void; heard(text: string): Promise<string>; readonly ended: Promise<void> }> {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => {});
    const ended = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    await new Promise((resolve) => void socket.once('connect', resolve));
    return {
      ended,
      ask(query) {
        const body = JSON.stringify({ query });
        socket.write(`POST /graphql HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      },
      async heard(expected) {
        await until(() => text.includes(expected));
        return text.toLowerCase();
      },
    };
  }

  test('is told to close with its next answer, once it is announced', async () => {
    const shop = await openShop({ settings: { http: { drainNoticeMs: 1_500 } } });
    const one = await connection(shop.router.port);
    one.ask('{ product(id: 1) { name } }');
    expect(await one.heard('product 1')).toContain('connection: keep-alive');
    const closed = shop.router.close();
    expect((await fetch(`${shop.router.url}/health/ready`)).status).toBe(503);
    one.ask('{ product(id: 2) { name } }');
    expect(await one.heard('product 2')).toContain('connection: close');
    await one.ended;
    await closed;
  });

  test('ends at once when nothing is under way on it, and after its answer when something is', async () => {
    const { shop, started, finish } = await slowShop();
    const [idle, busy] = await Promise.all([connection(shop.router.port), connection(shop.router.port)]);
    idle.ask('{ __typename }');
    await idle.heard('Query');
    busy.ask('{ slow }');
    await until(started);
    const closed = shop.router.close();
    await idle.ended;
    finish();
    const answer = await busy.heard('done');
    expect(answer).toContain('connection: close');
    expect(answer).toContain('http/1.1 200');
    await closed;
  });

  test('is waited for no longer than it may take', async () => {
    const shop = await openShop({ settings: { http: { drainMsMax: 100 } } });
    const one = await connection(shop.router.port);
    one.ask('{ slow }');
    await until(async () => /operations_in_flight 1/.test(await shop.registry.metrics()));
    await shop.router.close();
    await one.ended;
  });
});

test('closing gives a websocket the single answer that it waits for, and then 1001', async () => {
  const { shop, started, finish } = await slowShop();
  const one = await welcomed(shop);
  one.say({ id: '1', type: 'subscribe', payload: { query: '{ slow }' } });
  await until(started);
  const closed = shop.router.close();
  finish();
  expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { slow: 'done' } } });
  expect(await one.heard()).toEqual({ id: '1', type: 'complete' });
  expect((await one.closed)[0]).toBe(1001);
  await closed;
});
