/** A broker's drop copy, taken within the platform's one process or by `pms fix` beside it: executions become positions; a process that is killed while they stream in loses none and doubles none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { PmsClient } from '@pms/client';
import { BooksDocument } from '@pms/client/generated';
import type { Field } from '@pms/fix/message';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Broker } from './support/broker.ts';
import { operation, serviceClient } from './support/clients.ts';
import { PATIENCE, type Platform, startPlatform, STARTS_WITHIN_MS } from './support/platform.ts';
import { funded, lastWeekday, listed, SOON } from './support/world.ts';

interface Answer {
  readonly fixMessages: { readonly edges: readonly { readonly node: { readonly outcome: string } }[] };
}

const PATIENT = { timeout: 60_000, interval: 500 };
const pms = path.resolve(import.meta.dirname, '../../processes/pms.ts');

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
});

/** `pms fix` on the platform's database, as its service client. */
async function besides({ databaseUrl, home, url }: Platform, fix: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [pms, 'fix', '--port', '0'], { env: { ...process.env, DATABASE_URL: databaseUrl, PMS_HOME: home, PUBLIC_URL: url, ...fix }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => { said += bytes.toString(); });
  child.stderr?.on('data', (bytes: Buffer) => { said += bytes.toString(); });
  await vi.waitFor(() => expect(said).toContain('FIX sessions are open'), PATIENT);
  return child;
}

const execution = (id: string, over: Record<number, string> = {}): Field[] =>
  Object.entries({ 17: id, 150: 'F', 37: 'O1', 39: '2', 1: 'ACC1', 55: 'ACME', 54: '1', 32: '1', 31: '100', 15: 'USD', 75: lastWeekday().replaceAll('-', ''), ...over }).map(([tag, value]) => [Number(tag), value]);

describe.each(['within the platform', 'beside it'])('%s', PATIENCE, (shape) => {
  let platform: Platform;
  let aside: ChildProcess | null = null;
  let service: PmsClient;
  let broker: Broker;
  let folder: string;
  let portfolioId: string;
  let fix: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pms-fix-'));
    const file = path.join(folder, 'fix.yaml');
    const port = await freePort();
    const write = (account: string): void => writeFileSync(file, `client: { id: demo, secret: FIX_CLIENT }\nsessions:\n  - { name: broker, role: acceptor, ours: PMS, theirs: BROKER, port: ${port}, accounts: { ACC1: ${account} } }\n`);
    write('prt_not_yet');
    fix = { FIX_CONFIG: file, PMS_SECRET_FIX_CLIENT: 'demo-secret' };
    platform = await startPlatform('one process', shape === 'beside it' ? {} : { env: fix });
    service = serviceClient(platform);
    await listed(service, { symbol: 'ACME', until: lastWeekday(), close: 100 });
    portfolioId = await funded(service, 'Dropped', '10000000');
    if (shape === 'beside it') aside = await besides(platform, fix);
    write(portfolioId); // read again by itself
    broker = new Broker(port);
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    broker?.close();
    aside?.kill('SIGKILL');
    await service?.close();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const held = async (): Promise<string | undefined> => (await service.query(BooksDocument, { portfolioId })).portfolio?.positions[0]?.quantity;
  const outcomes = async (): Promise<Record<string, number>> => {
    const answer: Answer = await service.query(operation('{ fixMessages(first: 500) { edges { node { outcome } } } }'), {});
    return Object.fromEntries([...Map.groupBy(answer.fixMessages.edges, ({ node }) => node.outcome)].map(([outcome, of]) => [outcome, of.length]));
  };
  async function killed(): Promise<void> {
    if (aside === null) return platform.kill();
    aside.kill('SIGKILL');
    await once(aside, 'exit');
  }
  async function again(): Promise<void> {
    if (aside === null) await platform.restart();
    else aside = await besides(platform, fix);
  }

  test('an execution, its correction and a cancellation are booked', async () => {
    broker.say('8', execution('A1', { 32: '10' }));
    broker.say('8', execution('A2', { 32: '5' }));
    await vi.waitFor(async () => expect(await held()).toBe('15'), SOON);
    broker.say('8', execution('A3', { 150: 'G', 19: 'A1', 32: '12' }));
    broker.say('8', execution('A4', { 150: 'H', 19: 'A2' }));
    await vi.waitFor(async () => expect(await held()).toBe('12'), SOON);
    expect(await outcomes()).toEqual({ CAPTURED: 2, AMENDED: 1, CANCELLED: 1 });
  });

  test('a process that is killed while executions stream in captures each once, as soon as it runs again', async () => {
    const stream = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) {
        broker.say('8', execution(`K${at}`));
        if (at % 10 === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
      }
    };
    await stream(0, 150);
    await killed();
    await stream(150, 200);
    await again();
    await stream(200, 250);
    // an execution whose trade was made, and not noted, by the process that was killed is found again as a duplicate
    await vi.waitFor(async () => {
      const { CAPTURED = 0, DUPLICATE = 0, ...others } = await outcomes();
      expect([CAPTURED + DUPLICATE, others]).toEqual([252, { AMENDED: 1, CANCELLED: 1 }]);
    }, PATIENT);
    await vi.waitFor(async () => expect(await held()).toBe('262'), PATIENT);
  });
});
