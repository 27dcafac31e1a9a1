/** What a process makes of its environment, and what it refuses before anything starts. */
import fs from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environment, shown } from '@pms/processes/environment';
import { availablePort, noteRunning } from '@pms/processes/port';
import { secretsOf } from '@pms/processes/secrets';

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-environment-'));
});
afterEach(() => fs.rmSync(home, { recursive: true }));

test('nothing set is a demo on this machine alone, on port 4000, with the embedded database', () => {
  expect(environment({})).toMatchObject({ production: false, demo: true, host: '127.0.0.1', port: 4000, databaseUrl: null, publicUrl: 'http://127.0.0.1:4000' });
});

test('production has no demo unless asked, and refuses when asked', () => {
  expect(environment({ NODE_ENV: 'production' }).demo).toBe(false);
  expect(() => environment({ NODE_ENV: 'production', PMS_DEMO: 'true' })).toThrow('production refuses it');
});

test('the command line goes before the environment', () => {
  expect(environment({ PORT: '5000', PMS_DEMO: 'true' }, { port: 6000, demo: false })).toMatchObject({ port: 6000, demo: false });
});

test('a process behind the router takes the router’s address for the public one', () => {
  expect(environment({ PORT: '5001' }, { behindRouter: true })).toMatchObject({ port: 5001, publicUrl: 'http://127.0.0.1:4000' });
});

test('every variable that cannot be used is named at once, in one line', () => {
  expect(() => environment({ PORT: 'many', DATABASE_URL: 'mysql://x', NODE_ENV: 'staging' })).toThrow(/^(?=.*PORT)(?=.*DATABASE_URL)(?=.*NODE_ENV)[^\n]*$/);
});

test('addresses of subgraphs are read by the domain’s name', () => {
  const { subgraphUrls } = environment({ SUBGRAPH_URL_TRADE_CAPTURE: 'http://10.0.0.1:4001/graphql' });
  expect(subgraphUrls.get('trade-capture')).toBe('http://10.0.0.1:4001/graphql');
});

test('traces go to a collector where one is named, one in a hundred unless said otherwise', () => {
  expect(environment({}).tracing).toBeNull();
  expect(environment({ OTEL_TRACES_SAMPLER_ARG: '1' }).tracing, 'a ratio alone records nothing').toBeNull();
  expect(environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).tracing).toEqual({ endpoint: 'http://collector:4318', ratio: 0.01 });
  expect(environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_SAMPLER_ARG: '0.5' }).tracing?.ratio).toBe(0.5);
  expect(() => environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow('OTEL_TRACES_SAMPLER_ARG');
});

test('no secret is printed', () => {
  const lines = shown(environment({ DATABASE_URL: 'postgres://me:hush@db/pms', REDIS_URL: 'rediss://router:hush@cache:6380/1', PMS_SECRET_COOKIE: 'x'.repeat(64) })).join('\n');
  expect(lines).toContain('postgres://me:***@db/pms');
  expect(lines).toContain('rediss://router:***@cache:6380/1');
  expect(lines).not.toMatch(/hush|xxxx/);
});

test('a secret is made once and kept for its owner alone; the environment’s own goes before it', async () => {
  const settings = { production: false, home, secrets: new Map([['given', 'g'.repeat(43)]]) };
  const secret = secretsOf(settings);
  const [first, second] = await Promise.all([secret('cookie'), secretsOf(settings)('cookie')]);
  expect(first).toBe(second);
  expect(Buffer.from(first, 'base64url').length).toBeGreaterThanOrEqual(32);
  expect(fs.statSync(path.join(home, 'secrets/cookie')).mode & 0o777).toBe(0o600);
  expect(await secret('given')).toBe('g'.repeat(43));
});

test('production makes no secret, and no one’s secret may be short', async () => {
  await expect(secretsOf({ production: true, home, secrets: new Map() })('cookie-key')).rejects.toThrow('set PMS_SECRET_COOKIE_KEY');
  await expect(secretsOf({ production: false, home, secrets: new Map([['a', 'short']]) })('a')).rejects.toThrow('too short');
});

test('a taken port is told apart from our own platform running already', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const asked = { host: '127.0.0.1', port, home };
  await expect(availablePort(asked)).rejects.toThrow(`Port ${String(port)} is in use by another program`);
  noteRunning(home, port, 'http://127.0.0.1:4000');
  await expect(availablePort(asked)).rejects.toThrow('already running from this folder');
  server.close();
});

test('port 0 is any free port', async () => {
  expect(await availablePort({ host: '127.0.0.1', port: 0, home })).toBeGreaterThan(0);
});

test('Kafka is named by its brokers; a login that lacks a part is refused, and its password is never shown', () => {
  expect(environment({}).kafka).toBeNull();
  expect(environment({ KAFKA_BROKERS: 'one:9092, two:9092' }).kafka).toEqual({ brokers: ['one:9092', 'two:9092'], prefix: 'pms.', tls: null, login: null });
  expect(() => environment({ KAFKA_BROKERS: 'http://one' })).toThrow('KAFKA_BROKERS: is <host>:<port>');
  expect(() => environment({ KAFKA_BROKERS: 'one:9092', KAFKA_SASL: 'plain', KAFKA_USERNAME: 'pms' })).toThrow('KAFKA_SASL=plain wants KAFKA_USERNAME and KAFKA_PASSWORD');
  expect(() => environment({ KAFKA_BROKERS: 'one:9092', KAFKA_SASL: 'aws-iam' })).toThrow('AWS_REGION');
  expect(environment({ KAFKA_BROKERS: 'one:9098', KAFKA_SASL: 'aws-iam', AWS_REGION: 'eu-west-1' }).kafka).toMatchObject({ tls: { caFile: null }, login: { mechanism: 'aws-iam', region: 'eu-west-1' } });
  const settings = environment({ KAFKA_BROKERS: 'one:9092', KAFKA_TLS: 'true', KAFKA_SASL: 'scram-sha-512', KAFKA_USERNAME: 'pms', KAFKA_PASSWORD: 'a secret word' });
  expect(shown(settings).join('\n')).toContain('one:9092 over TLS as pms (scram-sha-512)');
  expect(shown(settings).join('\n')).not.toContain('a secret word');
});
