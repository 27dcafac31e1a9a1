/** Subgraphs over TLS of both sides, with certificates made here: who shows none, or one of somebody else, gets nothing; a router that shows its own does. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { leaderboardSubgraph } from '@pms/leaderboard';
import { startRouter } from '@pms/router';
import { overHttp } from '@pms/router/dial/over-http';
import { serve, type Served } from '@pms/subgraph/serve';
import { silent } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { environment } from './environment.ts';
import { peerFetch } from './peers.ts';
import { redirected, routerOptions } from './router.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-tls-'));

interface Authority {
  readonly cert: string;
  readonly key: string;
}

async function authority(name: string): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], { keyType: 'ec', algorithm: 'sha256', extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }] });
  fs.writeFileSync(path.join(folder, `${name}.pem`), cert);
  return { cert, key };
}

/** Writes `<name>.pem` and `<name>.key`: for 127.0.0.1, on either side of a connection. */
async function issue(ca: Authority, name: string): Promise<void> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec', algorithm: 'sha256', ca,
    extensions: [{ name: 'basicConstraints', cA: false }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }, { name: 'extKeyUsage', serverAuth: true, clientAuth: true }],
  });
  fs.writeFileSync(path.join(folder, `${name}.pem`), cert);
  fs.writeFileSync(path.join(folder, `${name}.key`), key);
}

const at = (name: string): string => path.join(folder, name);
const tlsOf = (name: string) => ({ certFile: at(`${name}.pem`), keyFile: at(`${name}.key`), caFile: at('ours.pem') });

let door: FrontDoor;
let ours: Authority;
let served: Served;
const closing: (() => unknown)[] = [() => fs.rmSync(folder, { recursive: true, force: true })];
beforeAll(async () => {
  ours = await authority('ours');
  const theirs = await authority('theirs');
  await Promise.all([issue(ours, 'server'), issue(ours, 'router'), issue(theirs, 'stranger')]);
  door = await frontDoor(leaderboardSubgraph);
  closing.push(() => door.close());
  served = await serve(door.subgraph, {
    host: '127.0.0.1', port: 0, logger: silent, tls: { ...tlsOf('server'), clientCaFile: at('ours.pem') },
    authenticate: async (header) => (header === 'Bearer good' ? principal() : null),
  });
  closing.push(() => served.close());
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const QUERY = '{ leaderboard(metric: SHARPE, window: YEAR_TO_DATE) { edges { cursor } } }';
const asked = (get: typeof fetch, token?: string): Promise<number | string> =>
  get(served.url, { method: 'POST', body: JSON.stringify({ query: QUERY }), headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } })
    .then(({ status }) => status, () => 'no connection');

test('a subgraph answers those who show a certificate of its authority and a token, and refuses all others', async () => {
  expect(served.url).toMatch(/^https:/);
  const router = peerFetch({ tls: tlsOf('router') });
  expect([await asked(router, 'good'), await asked(router)]).toEqual([200, 401]);
  expect(await asked(peerFetch({ tls: tlsOf('stranger') }), 'good')).toBe('no connection');
  const without = (certificates: object): Promise<string> => new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: served.port, ca: fs.readFileSync(at('ours.pem')), ...certificates }, () => { socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n'); });
    socket.once('data', (bytes: Buffer) => { resolve(bytes.toString()); socket.destroy(); }).once('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message); }).once('close', () => { resolve('closed'); });
  });
  expect(await without({})).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET|closed/);
  expect(await fetch(served.url.replace('https', 'http')).then(() => 'answered', () => 'no connection')).toBe('no connection');
});

async function routerShowing(certificates: Record<string, string>): Promise<string> {
  const http = overHttp();
  metrics.clear(); // a process has one router otherwise
  const env = environment({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', PMS_HOME: folder, PMS_DEMO: 'false', PORT: '0', LOG_LEVEL: 'silent', ...certificates });
  const router = await startRouter({
    ...routerOptions(env, silent), authenticate: async () => principal(),
    dial: redirected(http.dial, new Map([['leaderboard', served.url]])),
  });
  closing.push(() => http.close(), () => router.close());
  return `${router.url}/graphql`;
}
const certificatesIn = (name: string): Record<string, string> => ({ PMS_TLS_CERT_FILE: at(`${name}.pem`), PMS_TLS_KEY_FILE: at(`${name}.key`), PMS_TLS_CA_FILE: at('ours.pem') });
const through = async (url: string): Promise<any> => (await fetch(url, { method: 'POST', body: JSON.stringify({ query: QUERY }), headers: { 'content-type': 'application/json', authorization: 'Bearer good' } })).json();

test('the router shows its certificate for requests and for subscriptions, and another one leads nowhere', async () => {
  const url = await routerShowing(certificatesIn('router'));
  expect(await through(url)).toEqual({ data: { leaderboard: { edges: [] } } });
  const given = new AbortController();
  const stream = await fetch(url, {
    method: 'POST', signal: given.signal, headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer good' },
    body: JSON.stringify({ query: 'subscription { leaderboardChanged(metric: SHARPE, window: YEAR_TO_DATE) { entries { portfolio { id } } } }' }),
  });
  let said = '';
  for await (const bytes of stream.body ?? []) if ((said += Buffer.from(bytes as Uint8Array).toString()).includes('data:')) break;
  given.abort();
  expect(said).toContain('"leaderboardChanged":{"entries":[]}');
  const stranger = await through(await routerShowing(certificatesIn('stranger')));
  expect(stranger.errors[0].extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
});

test('a certificate that is renewed is shown without a restart', async () => {
  const shown = (): Promise<string> => new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: served.port, ca: fs.readFileSync(at('ours.pem')), cert: fs.readFileSync(at('router.pem')), key: fs.readFileSync(at('router.key')) }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
  const before = await shown();
  await issue(ours, 'server');
  await vi.waitFor(async () => expect(await shown()).not.toBe(before), { timeout: 25_000, interval: 200 });
});
