/** Where supergraphs come from: files that are moved, linked, half written; addresses that change, fail, and answer too much. */
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { inProcess } from '../src/dial/in-process.ts';
import type { RouterLogger } from '../src/observe.ts';
import type { RouterOptions } from '../src/options.ts';
import { supergraphAt } from '../src/supergraph/source.ts';
import { users } from '../src/supergraph/users.ts';
import { federate, type Part, quiet } from './federation.ts';
import { openShop, type Shop, until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const part = (version: number): Part => ({
  name: 'one', sdl: `type Query { version: Int! only${version}: Int } type Subscription { tick: Int }`,
  resolvers: { Query: { version: () => version }, Subscription: { tick: { subscribe: () => [] } } },
});
const worlds = [1, 2, 3].map((version) => federate([part(version)]));
const sdl = (version: number): string => worlds[version - 1]!.sdl;

interface Watching { readonly shop: Shop; readonly warned: string[] }

async function watching(supergraph: RouterOptions['supergraph'], settings: NonNullable<RouterOptions['settings']> = {}): Promise<Watching> {
  const warned: string[] = [];
  const logger: RouterLogger = { ...quiet, warn: (fields, message) => void warned.push(`${message}: ${String((fields as { reason?: string }).reason)}`) };
  const shop = await openShop({ supergraph, dial: inProcess(worlds[0]!.subgraphs), logger, settings });
  open.push(() => shop.router.close());
  return { shop, warned };
}
const has = async ({ shop }: Watching, version: number): Promise<boolean> => (await shop.ask(`{ only${version} }`)).errors === undefined;
const reloads = async ({ shop }: Watching, outcome: string): Promise<number> =>
  Number(new RegExp(`reloads_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await shop.registry.metrics())?.[1] ?? 0);

describe('a file', () => {
  async function folder(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'supergraph-'));
    open.push(() => rm(made, { recursive: true }));
    return made;
  }
  const file = (path: string): RouterOptions['supergraph'] => ({ kind: 'file', path, watch: true, lookEveryMs: 20 });

  test('behind a link to a folder that is swapped, as a mounted configuration is, is followed', async () => {
    const base = await folder();
    for (const version of [1, 2]) {
      await mkdir(join(base, `v${version}`));
      await writeFile(join(base, `v${version}`, 'supergraph.graphql'), sdl(version));
    }
    await symlink(join(base, 'v1'), join(base, 'data'));
    await symlink(join('data', 'supergraph.graphql'), join(base, 'supergraph.graphql'));
    const router = await watching(file(join(base, 'supergraph.graphql')));
    expect(await has(router, 1)).toBe(true);
    await symlink(join(base, 'v2'), join(base, 'data.new'));
    await rename(join(base, 'data.new'), join(base, 'data'));
    await until(() => has(router, 2));
    expect(router.warned).toEqual([]);
  });

  test('that cannot be used is told of once for each content', async () => {
    const path = join(await folder(), 'supergraph.graphql');
    await writeFile(path, sdl(1));
    const router = await watching(file(path));
    await writeFile(path, 'type Query {');
    await until(() => router.warned.length === 1);
    const again = new Date();
    for (let turn = 0; turn < 5; turn += 1) {
      await utimes(path, again, new Date(again.getTime() - 10_000 * turn)); // touched, and the same
      await new Promise((resolve) => void setTimeout(resolve, 40));
    }
    expect(router.warned).toHaveLength(1);
    await writeFile(path, '');
    await until(() => router.warned.length === 2);
    expect([await has(router, 1), await reloads(router, 'refused')]).toEqual([true, 2]);
    await writeFile(path, sdl(2));
    await until(() => has(router, 2));
  });

  test('that is being written is not taken before it is whole, although half of it were a supergraph', async () => {
    const path = join(await folder(), 'supergraph.graphql');
    await writeFile(path, sdl(1));
    const router = await watching({ kind: 'file', path, watch: true, lookEveryMs: 250 });
    const half = sdl(2).slice(0, sdl(2).indexOf('type Subscription')).replace('subscription: Subscription', '');
    const end = performance.now() + 1_000;
    for (let written = 0; performance.now() < end; written += 1) await writeFile(path, `${half}\n# ${'.'.repeat(written % 100)}`); // a writer without pause
    await writeFile(path, sdl(2));
    await until(() => has(router, 2));
    expect([await reloads(router, 'taken'), router.warned]).toEqual([1, []]);
  });
});

describe('an address', () => {
  interface Store { readonly url: string; readonly asked: IncomingMessage['headers'][]; answer: (request: IncomingMessage, response: ServerResponse) => void; readonly close: () => Promise<unknown>; at(version: number): void }

  async function store(): Promise<Store> {
    const asked: IncomingMessage['headers'][] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers);
      kept.answer(request, response);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const kept: Store = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/supergraph`, asked, answer: () => {},
      close: () => new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
      at(version) {
        kept.answer = (request, response) => {
          if (request.headers['if-none-match'] === `"${version}"`) response.writeHead(304).end();
          else response.writeHead(200, { etag: `"${version}"` }).end(sdl(version));
        };
      },
    };
    kept.at(1);
    open.push(kept.close);
    return kept;
  }
  const settings = { supergraph: { lookEveryMs: 20, bytesMax: 100_000, timeoutMs: 1_000 } };

  test('is asked again, with what is known of it; nothing new is not even sent', async () => {
    const at = await store();
    const router = await watching(supergraphAt(at.url, 'key'), settings);
    await until(() => at.asked.length > 3);
    expect(at.asked[0]).toMatchObject({ authorization: 'Bearer key' });
    expect([at.asked[0]?.['if-none-match'], at.asked[2]?.['if-none-match']]).toEqual([undefined, '"1"']);
    at.at(2);
    await until(() => has(router, 2));
    expect(await reloads(router, 'taken')).toBe(1);
  });

  test('that fails, answers nonsense or too much leaves the last good one in place, and is told once while it lasts', async () => {
    const at = await store();
    const router = await watching(supergraphAt(at.url), settings);
    for (const [index, answer] of ([
      (_, response) => void response.writeHead(503).end(), (_, response) => void response.end('x'.repeat(100_001)), (request) => void request.socket.destroy(),
    ] satisfies Store['answer'][]).entries()) {
      const asked = at.asked.length;
      at.answer = answer;
      await until(() => at.asked.length > asked + 2);
      await until(() => router.warned.length === index + 1);
      expect(await has(router, 1)).toBe(true);
      at.at(1);
      const failed = at.asked.length;
      await until(() => at.asked.length > failed + 1); // it is well again
    }
    expect(router.warned.map((line) => line.replace(/^.*stays: /, ''))).toMatchObject([expect.stringContaining('503'), expect.stringContaining('bytes'), expect.stringContaining('fetch failed')]);
    at.answer = (_, response) => void response.end('type Query {');
    await until(async () => (await reloads(router, 'refused')) === 1);
    at.at(2);
    await until(() => has(router, 2));
  });

  test('is waited for at start, for a bounded time, and then named', async () => {
    const at = await store();
    at.answer = (_, response) => void response.writeHead(500).end();
    setTimeout(() => at.at(1), 700);
    expect(await has(await watching(supergraphAt(at.url), settings), 1)).toBe(true);
    at.answer = (_, response) => void response.writeHead(500).end();
    await expect(watching(supergraphAt(`${at.url}?key=secret`), { supergraph: { startMsMax: 100 } })).rejects.toThrow(`no supergraph at ${at.url} after 100 ms: it answered 500`);
  });
});

test('what is given up closes when the last who uses it has gone, once', () => {
  let closed = 0;
  const using = users(() => void (closed += 1));
  using.enter();
  const free = using.hold();
  using.close();
  using.leave();
  expect(closed).toBe(0);
  free();
  free();
  using.close();
  expect(closed).toBe(1);
});
