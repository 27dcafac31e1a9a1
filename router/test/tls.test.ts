/** The router behind its own TLS: HTTP/2, HTTP/1.1 and websockets on one port, and certificates that change while it runs. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { quiet } from './federation.ts';
import { openShop, type Shop, until } from './shop.ts';
import { welcomed } from './talk.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

interface Made { readonly cert: string; readonly private: string }
const fingerprintOf = ({ cert }: Made): string => new X509Certificate(cert).fingerprint;
const made = (): Promise<Made> => generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048, extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }] });

interface Secure { readonly shop: Shop; readonly warnings: string[]; readonly certFile: string; readonly keyFile: string; readonly first: Made; readonly port: number }

async function secured(more: object = {}, options: Parameters<typeof openShop>[0] = {}, http: object = {}): Promise<Secure> {
  const folder = await mkdtemp(join(tmpdir(), 'tls-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const first = await made();
  await Promise.all([writeFile(certFile, first.cert), writeFile(keyFile, first.private)]);
  const warnings: string[] = [];
  const shop = await openShop({ logger: { ...quiet, warn: (_, message) => void warnings.push(message) }, ...options, settings: { http: { tls: { certFile, keyFile, lookEveryMs: 20, ...more }, ...http } } });
  open.push(() => rm(folder, { recursive: true }), () => shop.router.close());
  return { shop, warnings, certFile, keyFile, first, port: shop.router.port };
}

function session(port: number, ca: string): ClientHttp2Session {
  const client = connect(`https://127.0.0.1:${port}`, { ca });
  client.on('error', () => {});
  open.push(() => client.destroy());
  return client;
}

interface Http2Answer { readonly headers: Record<string, unknown>; readonly text: string }

function overHttp2(client: ClientHttp2Session, body: object, headers: Record<string, string> = {}): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json', ...headers });
    let found: Record<string, unknown> = {};
    let text = '';
    stream.on('response', (given) => {
      found = given;
    });
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => resolve({ headers: found, text })).on('error', reject);
    stream.end(JSON.stringify(body));
  });
}

const overHttp1 = (port: number, ca: string, query = '{ __typename }'): Promise<string> => new Promise((resolve, reject) => {
  const sent = request({ host: '127.0.0.1', port, ca, path: '/graphql', method: 'POST', agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => resolve(`${response.httpVersion} ${text}`));
  });
  sent.on('error', reject);
  sent.end(JSON.stringify({ query }));
});

/** The certificate that a new connection is shown. */
const shown = (port: number): Promise<string> => new Promise((resolve, reject) => {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint);
    socket.destroy();
  });
  socket.on('error', reject);
});

test('HTTP/2, HTTP/1.1 and websockets are answered on one port', async () => {
  const { shop, port, first } = await secured();
  expect(shop.router.url).toBe(`https://127.0.0.1:${port}`);
  const client = session(port, first.cert);
  const { headers, text } = await overHttp2(client, { query: '{ product(id: 1) { name } }' });
  expect([client.alpnProtocol, headers[':status'], JSON.parse(text)]).toEqual(['h2', 200, { data: { product: { name: 'product 1' } } }]);
  expect(headers['strict-transport-security'], 'who came over TLS is to come over TLS again').toBe('max-age=31536000; includeSubDomains');
  expect(await overHttp1(port, first.cert)).toBe('1.1 {"data":{"__typename":"Query"}}');
  const one = await welcomed(shop);
  one.say({ id: '1', type: 'subscribe', payload: { query: '{ product(id: 1) { price } }' } });
  expect(await one.heard()).toMatchObject({ payload: { data: { product: { price: 100 } } } });
  one.socket.terminate();
});

test('over HTTP/2 refusals, compression, streams and cookies of the own origin are as over HTTP/1.1', async () => {
  const { shop, port, first } = await secured({}, { sessionToken: async () => 'buyer' });
  const client = session(port, first.cert);
  const mine = await overHttp2(client, { query: '{ product(id: 1) { cost } }' }, { cookie: 'session=1', origin: shop.router.url });
  expect(mine.text).toBe('{"data":{"product":{"cost":60}}}');
  expect((await overHttp2(client, { query: '{ product(id: 1) { cost } }' }, { cookie: 'session=1', origin: 'https://evil.example' })).text).toContain('"cost":null');
  expect((await overHttp2(client, { query: '{ nothing }' }, { accept: 'application/graphql-response+json' })).headers[':status']).toBe(400);
  expect((await overHttp2(client, { query: `{ __typename } # ${'x'.repeat(9_000_000)}` })).headers[':status']).toBe(413);
  const wide = `{ ${Array.from({ length: 18 }, (_, n) => `p${n}: products { id name price }`).join(' ')} }`;
  expect((await overHttp2(client, { query: wide }, { 'accept-encoding': 'br' })).headers['content-encoding']).toBe('br');
  for (const [accept, end] of [['text/event-stream', 'event: complete\ndata:\n\n'], ['multipart/mixed;subscriptionSpec=1.0', '--graphql--\r\n']] as const) {
    const answer = overHttp2(client, { query: 'subscription { productChanged { name } }' }, { accept, authorization: 'Bearer brief' });
    await until(() => shop.bells.listeners('productChanged') === 1);
    shop.bells.ring('productChanged', { productChanged: { id: 1, name: 'p1' } });
    const { headers, text } = await answer;
    expect(headers[':status']).toBe(200);
    expect(text).toContain('{"data":{"productChanged":{"name":"p1"}}}');
    expect(text).toContain('UNAUTHENTICATED'); // the token expired
    expect(text.endsWith(end)).toBe(true);
  }
});

test('a client that resets its stream ends what it listened to, and its session stays', async () => {
  const { shop, port, first } = await secured();
  const client = session(port, first.cert);
  const stream = client.request({ ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json', accept: 'text/event-stream' });
  stream.end(JSON.stringify({ query: 'subscription { productChanged { name } }' }));
  stream.on('error', () => {});
  await until(() => shop.bells.listeners('productChanged') === 1);
  stream.close();
  await until(() => shop.bells.listeners('productChanged') === 0);
  expect((await overHttp2(client, { query: '{ __typename }' })).text).toBe('{"data":{"__typename":"Query"}}');
});

test('without http2 it is HTTP/1.1 alone', async () => {
  const { port, first } = await secured({ http2: false });
  expect(await overHttp1(port, first.cert)).toBe('1.1 {"data":{"__typename":"Query"}}');
  const offered = new Promise<string | false | null>((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] }, () => {
      resolve(socket.alpnProtocol);
      socket.destroy();
    });
  });
  expect(await offered).toBe('http/1.1');
});

test.each([{ http2: true }, { http2: false }])('a certificate that is renewed is shown to new connections, those that are open stay ($http2)', async (more) => {
  const { shop, warnings, port, certFile, keyFile, first } = await secured(more);
  const talk = await welcomed(shop);
  expect(await shown(port)).toBe(fingerprintOf(first));
  const second = await made();
  await writeFile(`${certFile}.new`, second.cert);
  await rename(`${certFile}.new`, certFile); // its key is not there yet
  await until(() => warnings.includes('the certificate files cannot be used; the last good ones stay'));
  await writeFile(keyFile, '-----BEGIN PRIVATE KEY-----\nhalf');
  expect(await shown(port)).toBe(fingerprintOf(first));
  await writeFile(`${keyFile}.new`, second.private);
  await rename(`${keyFile}.new`, keyFile);
  await until(async () => (await shown(port)) === fingerprintOf(second));
  talk.say({ type: 'ping' });
  expect(await talk.heard()).toEqual({ type: 'pong' });
  talk.socket.terminate();
});

test('closing ends sessions of HTTP/2 after their answers', async () => {
  const { shop, port, first } = await secured();
  const client = session(port, first.cert);
  await overHttp2(client, { query: '{ __typename }' });
  const stream = overHttp2(client, { query: 'subscription { productChanged { name } }' }, { accept: 'text/event-stream' });
  await until(() => shop.bells.listeners('productChanged') === 1);
  const gone = new Promise<void>((resolve) => void client.once('close', resolve));
  await shop.router.close();
  expect((await stream).text).toMatch(/GOING_AWAY.*\n\nevent: complete\ndata:\n\n$/);
  await gone;
});

test('closing waits for answers that never come no longer than it may, over HTTP/2 and HTTP/1.1', async () => {
  const { shop, port, first } = await secured({}, {}, { drainMsMax: 100 });
  const client = session(port, first.cert);
  await overHttp2(client, { query: '{ __typename }' });
  overHttp2(client, { query: '{ slow }' }).catch(() => {});
  const cut = overHttp1(port, first.cert, '{ slow }').catch(() => 'cut off');
  await until(async () => /operations_in_flight 2/.test(await shop.registry.metrics()));
  const gone = new Promise<void>((resolve) => void client.once('close', resolve));
  await shop.router.close();
  await gone;
  expect(await cut).toBe('cut off');
});

test('files that hold no certificate are refused at start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tls-'));
  open.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'none.pem');
  await writeFile(file, 'nothing');
  await expect(openShop({ settings: { http: { tls: { certFile: file, keyFile: file } } } })).rejects.toThrow();
  await expect(openShop({ settings: { http: { tls: { certFile: `${file}x`, keyFile: file } } } })).rejects.toThrow('ENOENT');
});
