/** Several router processes on one port, as real processes over a subgraph of this test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const pms = path.resolve(import.meta.dirname, '../../processes/pms.ts');
const PATIENCE = { timeout: 60_000, interval: 100 } as const;
const WORKERS = 2;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-workers-'));
const subgraph = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json').end('{"data":{"hello":"there"}}');
});
let router: ChildProcess;
let said = '';
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => void subgraph.listen(0, '127.0.0.1', resolve));
  const { supergraphSdl } = composeServices([{ name: 'greetings', url: `http://127.0.0.1:${String((subgraph.address() as AddressInfo).port)}/`, typeDefs: parse('type Query { hello: String }') }]);
  const supergraph = path.join(folder, 'supergraph.graphql');
  fs.writeFileSync(supergraph, supergraphSdl ?? '');
  const env = { ...process.env, SUPERGRAPH: supergraph, PMS_HOME: folder, PMS_RATE_LIMIT: '1000000/10', NODE_ENV: 'development', LOG_LEVEL: 'error' };
  router = spawn(process.execPath, [pms, 'router', '--port', '0', '--workers', String(WORKERS)], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  for (const stream of [router.stdout, router.stderr]) stream?.on('data', (bytes: Buffer) => void (said += bytes.toString()));
  await vi.waitFor(() => expect(said).toMatch(/The router answers at \S+, in 2 processes/), PATIENCE);
  url = /answers at (\S+),/.exec(said)?.[1] ?? '';
}, PATIENCE.timeout);
afterAll(async () => {
  if (router.exitCode === null) router.kill('SIGKILL');
  subgraph.closeAllConnections();
  subgraph.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** On a connection of its own, so that any of them may take it. */
const ask = async (): Promise<unknown> => (await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close' }, body: '{"query":"{ hello }"}' })).json();

async function workers(): Promise<number[]> {
  const children = await fs.promises.readFile(`/proc/${String(router.pid)}/task/${String(router.pid)}/children`, 'utf8');
  return children.trim().split(' ').map(Number);
}

test('whichever worker is asked answers, and its metrics are those of all', async () => {
  const ASKED = 40;
  for (let count = 0; count < ASKED; count += 1) expect(await ask()).toEqual({ data: { hello: 'there' } });
  const text = await (await fetch(`${url}/metrics`)).text();
  const counted = [...text.matchAll(/^pms_router_requests_total\{.*outcome="ok".*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(counted).toBe(ASKED);
});

test.runIf(process.platform === 'linux')('a worker that is killed is replaced, and the port answers all the while', async () => {
  const before = await workers();
  process.kill(before[0] ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    const now = await workers();
    expect(now).toHaveLength(WORKERS);
    expect(now).not.toEqual(before);
  }, PATIENCE);
  await vi.waitFor(async () => expect(await ask()).toEqual({ data: { hello: 'there' } }), PATIENCE);
}, PATIENCE.timeout * 2);

test('told to end, all of them drain and end', async () => {
  const exit = once(router, 'exit');
  router.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  await expect(ask()).rejects.toThrow();
}, PATIENCE.timeout);
