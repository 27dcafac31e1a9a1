/** Trusted documents: what runs with a manifest, under which names, over HTTP and websockets, and while the manifest changes. */
import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RouterSettingsInput } from '../src/settings.ts';
import { quiet } from './federation.ts';
import { openShop, type Shop, until } from './shop.ts';

const product = 'query Product { product(id: 1) { name } }';
const owner = '{ owner { name } }';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const apolloManifest = (...bodies: string[]): string => JSON.stringify({
  format: 'apollo-persisted-query-manifest', version: 1, operations: bodies.map((body, index) => ({ id: hashOf(body), name: `O${index}`, type: 'query', body })),
});

let shop: Shop | undefined;
afterEach(async () => {
  await shop?.router.close();
  shop = undefined;
});

const folder = mkdtempSync(path.join(tmpdir(), 'documents-'));
function manifestFile(text: string): string {
  const file = path.join(folder, `${hashOf(text).slice(0, 8)}.json`);
  writeFileSync(file, text);
  return file;
}

interface Opened extends Shop { readonly warned: { readonly fields: object; readonly message: string }[]; readonly said: string[] }
async function open(documents: RouterSettingsInput['documents']): Promise<Opened> {
  const warned: Opened['warned'] = [];
  const said: string[] = [];
  shop = await openShop({ settings: { documents }, logger: { ...quiet, warn: (fields, message) => void warned.push({ fields, message }), info: (_, message) => void said.push(message) } });
  return { ...shop, warned, said };
}
const answer = async (post: Shop['post'], body: object): Promise<unknown> => (await post(body)).json();
const refused = { errors: [{ extensions: { code: 'FORBIDDEN', reason: 'QUERY_NOT_IN_SAFELIST' } }] };
const unknown = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };
const persisted = (text: string): object => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });

test('where the manifest is enforced its operations run, by each name and by their text, and nothing else does', async () => {
  const { post, router } = await open({ mode: 'enforce', manifest: manifestFile(apolloManifest(product, owner)) });
  const expected = { data: { product: { name: 'product 1' } } };
  expect(await answer(post, persisted(product))).toEqual(expected);
  expect(await answer(post, { ...persisted(product), query: product })).toEqual(expected);
  expect(await answer(post, { documentId: hashOf(product) })).toEqual(expected);
  expect(await answer(post, { documentId: `sha256:${hashOf(product)}` })).toEqual(expected);
  expect(await answer(post, { id: hashOf(product) })).toEqual(expected);
  expect(await answer(post, { query: product })).toEqual(expected);
  expect(await answer(post, { query: 'query Product {\n  product(id: 1) { name } # the same\n}' })).toEqual(expected);
  expect(await (await fetch(`${router.url}/graphql?documentId=${hashOf(product)}`, { headers: { 'apollo-require-preflight': '1', accept: 'application/json' } })).json()).toEqual(expected);

  const other = await post({ query: '{ product(id: 2) { name } }' });
  expect([other.status, await other.json()]).toMatchObject([403, refused]);
  expect(await answer(post, { query: '{ __schema { queryType { name } } }' })).toMatchObject(refused);
  expect(await answer(post, { query: '{ not GraphQL' })).toMatchObject(refused);
  expect(await answer(post, { documentId: 'nobody' })).toMatchObject(unknown);
  const automatic = '{ products { id } }';
  expect(await answer(post, persisted(automatic))).toMatchObject(unknown);
  expect(await answer(post, { ...persisted(automatic), query: automatic })).toMatchObject(refused);
  expect(await answer(post, persisted(automatic))).toMatchObject(unknown);
});

test('a map of hashes to texts, as Relay writes it, is a manifest too, and counts over websockets', async () => {
  const { router } = await open({ mode: 'enforce', manifest: manifestFile(JSON.stringify({ one: product })) });
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const received: { id?: string; type: string; payload?: unknown }[] = [];
  socket.on('message', (data: Buffer) => void received.push(JSON.parse(data.toString()) as { type: string }));
  const send = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('open', () => send({ type: 'connection_init' }));
  await until(() => received.length > 0);
  send({ id: 'a', type: 'subscribe', payload: { documentId: 'one' } });
  send({ id: 'b', type: 'subscribe', payload: { query: owner } });
  await until(() => received.length >= 4);
  socket.close();
  expect(received.find(({ id, type }) => id === 'a' && type === 'next')?.payload).toEqual({ data: { product: { name: 'product 1' } } });
  expect(received.find(({ id }) => id === 'b')).toMatchObject({ type: 'error', payload: refused.errors });
});

test('where it is only logged everything runs, and what is not in it is told with its hash and its client, and counted', async () => {
  const { post, warned, registry } = await open({ mode: 'log', manifest: manifestFile(apolloManifest(product)) });
  expect(await answer(post, { documentId: hashOf(product) })).toMatchObject({ data: { product: {} } });
  expect(await (await post({ query: owner }, { 'apollographql-client-name': 'till' })).json()).toEqual({ data: { owner: { name: 'Ann' } } });
  expect(warned).toEqual([{ fields: { hash: hashOf(owner), client: 'till' }, message: 'an operation is not in the manifest' }]);
  expect(await registry.metrics()).toContain('pms_router_untrusted_operations_total{outcome="logged"} 1');
});

test('a manifest that changes is taken over; one that cannot be used is told of, and the last good one stays', async () => {
  const file = manifestFile(apolloManifest(product, '{ a: __typename }'));
  const { post, warned, said } = await open({ mode: 'enforce', manifest: file });
  expect(await answer(post, { query: owner })).toMatchObject(refused);
  writeFileSync(`${file}.new`, apolloManifest(owner));
  renameSync(`${file}.new`, file);
  await until(() => said.includes('a new manifest of operations is in use'));
  expect(await answer(post, { query: owner })).toMatchObject({ data: { owner: {} } });
  expect(await answer(post, { query: product })).toMatchObject(refused);
  writeFileSync(file, '{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id"');
  await until(() => warned.some(({ message }) => message.includes('the last good one stays')));
  expect(await answer(post, { query: owner })).toMatchObject({ data: { owner: {} } });
});

test('a manifest that is needed and cannot be read ends the start, by name', async () => {
  await expect(open({ mode: 'enforce' })).rejects.toThrow('documents.manifest names no file');
  await expect(open({ mode: 'enforce', manifest: path.join(folder, 'none.json') })).rejects.toThrow('none.json');
  await expect(open({ mode: 'log', manifest: manifestFile('{"operations":[{"id":1}]}') })).rejects.toThrow();
});

test('automatic persisted queries can be switched off', async () => {
  const { post } = await open({ allowAutomatic: false });
  expect(await answer(post, persisted(product))).toMatchObject({ errors: [{ message: 'PersistedQueryNotSupported' }] });
  expect(await answer(post, { ...persisted(product), query: product })).toMatchObject({ data: { product: {} } });
});
