/** No secret comes to light: distinctive ones in every place that takes one, real requests that succeed and that fail, and a look into everything that is told or left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createClient } from '@pms/client';
import { CreateServiceClientDocument, CreateUserDocument } from '@pms/client/generated';
import { encoded } from '@pms/fix/message';
import { type Collector, otlpCollector } from '@pms/testing/otlp-collector';
import { testDatabase, type TestDatabase } from '@pms/testing/test-database';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, canary, found, type Place } from './support/canaries.ts';
import { operation, serviceClient, userClient } from './support/clients.ts';
import { freePort, PATIENCE, type Platform, shapes, startPlatform, STARTS_WITHIN_MS } from './support/platform.ts';
import { browserSession, refreshed, signIn } from './support/sign-in.ts';
import { arrived, captured, funded, lastWeekday, listed } from './support/world.ts';

const LONG = 20;
const pms = path.resolve(import.meta.dirname, '../../processes/pms.ts');

test('a secret is found however it is written, and what is none is not', () => {
  const one = canary('one');
  const forms = [one.secret, encodeURIComponent(one.secret), JSON.stringify(one.secret), ...['', 'x', 'xy'].flatMap((before) => (['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(before + one.secret + before).toString(form)))];
  for (const text of forms) expect(found([one], [{ name: 'here', text: `before ${text} behind` }]).length, text).toBeGreaterThan(0);
  expect(found([one], [{ name: 'here', text: canary('another').secret }])).toEqual([]);
});

describe.each(shapes)('in the shape of %s', PATIENCE, (shape) => {
  const given = Object.fromEntries((['AUTH_KEYS', 'AUTH_COOKIES', 'AUTH_REVOCATIONS', 'AUDIT_SEAL', 'AUDIT_CHECKPOINT', 'FIX_PASSWORD'] as const).map((name) => [name, canary(`PMS_SECRET_${name}`, LONG)]));
  const [database, redis, collectorToken, kafka, supergraph] = ['password of Postgres', 'password of Redis', 'token of the collector', 'password of Kafka', 'token of the supergraph'].map((name) => canary(name)) as [Canary, Canary, Canary, Canary, Canary];
  const [password, wrongPassword, wrongSecret, fixWrong] = ['password of a user', 'wrong password of a user', 'wrong client secret', 'wrong password over FIX'].map((name) => canary(name)) as [Canary, Canary, Canary, Canary];
  const secrets: Canary[] = [...Object.values(given), database, redis, collectorToken, kafka, supergraph, password, wrongPassword, wrongSecret, fixWrong];
  /** What came into being on the way: tokens, codes, cookies, secrets that the platform made. */
  const made = (name: string, secret: string): string => {
    secrets.push({ name, secret });
    return secret;
  };
  const places: Place[] = [];
  let folder: string;
  let collector: Collector;
  let own: TestDatabase;
  let platform: Platform;
  let fixPort: number;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-canaries-'));
    collector = await otlpCollector();
    own = await testDatabase();
    fixPort = await freePort();
    fs.writeFileSync(path.join(folder, 'fix.yaml'), `client: { id: demo, secret: FIX_CLIENT }\nsessions:\n  - { name: broker, role: acceptor, ours: PMS, theirs: BROKER, port: ${fixPort}, credentials: { username: broker, passwordSecret: FIX_PASSWORD }, accounts: { '*': prt_none } }\n`);
    platform = await startPlatform(shape, {
      databaseUrl: await withPassword(own.url, database.secret), only: ['auth', 'portfolio', 'rttm', 'trade-capture', 'validation', 'transactional'],
      env: {
        PMS_SECRET_FIX_CLIENT: 'demo-secret',
        ...Object.fromEntries(Object.entries(given).map(([name, { secret }]) => [`PMS_SECRET_${name}`, secret])), FIX_CONFIG: path.join(folder, 'fix.yaml'), JOURNEY_LOG: path.join(folder, 'log'), LOG_LEVEL: 'debug',
        REDIS_URL: `redis://:${encodeURIComponent(redis.secret)}@127.0.0.1:${await freePort()}`, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1', OTEL_EXPORTER_OTLP_HEADERS: `x-token=${encodeURIComponent(collectorToken.secret)}`,
      },
    });
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    await platform?.stop();
    await own?.drop();
    await collector?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** A request that is to be refused: its answer is looked into as well. */
  async function refused(name: string, address: string, request: RequestInit): Promise<number> {
    const response = await fetch(new URL(address, platform.url), { redirect: 'manual', ...request });
    places.push({ name: `the answer to ${name}`, text: JSON.stringify([...response.headers]) + (await response.text()) });
    return response.status;
  }
  const asks = (query: string, headers: Readonly<Record<string, string>> = {}, variables: object = {}): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}` });

  test('what people and programs do with secrets, rightly and wrongly', async () => {
    const admin = await userClient(platform, 'admin');
    made('password of roles in the database', fs.readFileSync(path.join(platform.home, 'secrets', 'database-auth'), 'utf8'));
    made('access token of an administrator', (await admin.token()) ?? '');
    await admin.mutate(CreateUserDocument, { input: { email: 'canary@demo.example', displayName: 'Canary', roles: ['TRADER'], password: password.secret } });
    const tokens = await signIn(platform.url, { email: 'canary@demo.example', password: password.secret });
    made('access token of a user', tokens.accessToken);
    made('refresh token', tokens.refreshToken);
    const next = await refreshed(platform.url, tokens.refreshToken);
    made('refresh token after the first', next.refreshToken);
    await expect(refreshed(platform.url, tokens.refreshToken)).rejects.toThrow();
    await expect(signIn(platform.url, { email: 'canary@demo.example', password: wrongPassword.secret })).rejects.toThrow();
    for (const cookie of (await browserSession(platform.url, { email: 'canary@demo.example', password: password.secret })).split('; ')) if (cookie.length > 60) made(`cookie ${cookie.split('=')[0] ?? ''}`, cookie.slice(cookie.indexOf('=') + 1));
    const holder = createClient({ url: platform.url, token: next.accessToken });
    const { beginTotp: app } = await holder.mutate<any, object>(operation('mutation ($p: String!) { beginTotp(input: { currentPassword: $p }) { secret uri userErrors { code } } }'), { p: password.secret });
    made('secret of an authenticator app', app.secret);
    await refused('a wrong code of the app', '/graphql', asks('mutation ($c: String!) { confirmTotp(input: { code: $c }) { userErrors { code message } } }', bearer(made('access token after a refresh', next.accessToken)), { c: '000000' }));
    await refused('a wrong password for the app', '/graphql', asks('mutation ($p: String!) { beginTotp(input: { currentPassword: $p }) { userErrors { code message } } }', bearer(next.accessToken), { p: wrongPassword.secret }));
    const { createServiceClient: client } = await admin.mutate(CreateServiceClientDocument, { input: { name: 'Canary', scopes: ['portfolio:read'] } });
    const id = client.serviceClient?.clientId ?? '';
    const program = createClient({ url: platform.url, credentials: { clientId: id, clientSecret: made('secret of a service client', client.secret ?? '') } });
    made('access token of a program', (await program.token()) ?? '');
    const form = { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) };
    expect(await refused('a wrong secret', '/oauth2/token', { ...form, headers: basic(id, wrongSecret.secret) })).toBe(401);
    expect(await refused('a wrong secret in the form', '/oauth2/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: wrongSecret.secret }) })).toBeGreaterThanOrEqual(400);
    await Promise.all([admin.close(), program.close(), holder.close()]);
  });

  test('requests that fail', async () => {
    const service = serviceClient(platform);
    const token = made('access token of the demo’s program', (await service.token()) ?? '');
    const forged = made('forged token', `${token.slice(0, -6)}AAAAAA`);
    expect(await refused('a forged token', '/graphql', asks('{ viewer { id } }', bearer(forged)))).toBe(401);
    await refused('a token in the wrong place', `/graphql?token=${encodeURIComponent(token)}`, asks('{ nothing }', bearer(token)));
    await refused('a token in a document', '/graphql', asks(`{ portfolio(id: "${token}") { id nothing } }`, bearer(token)));
    await refused('a secret among the variables', '/graphql', asks('mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { userErrors { code } } }', bearer(token), { i: { currentPassword: wrongPassword.secret, newPassword: 7 } }));
    await refused('a wrong current password', '/graphql', asks('mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { userErrors { code message } } }', bearer(token), { i: { currentPassword: wrongPassword.secret, newPassword: password.secret } }));
    await refused('an export without a right', '/exports/trades.csv', { headers: bearer(forged) });
    await refused('a body that is none', '/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...bearer(token) }, body: `{"query": "${password.secret}` });
    await refused('a form that is too large', '/oauth2/token', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `grant_type=client_credentials&client_secret=${encodeURIComponent(wrongSecret.secret)}&pad=${'x'.repeat(300_000)}` });
    const auth = platform.subgraphUrl('auth');
    if (auth !== null) await refused('a forged token at a domain', auth, asks('{ viewer { id } }', bearer(forged)));
    await service.close();
  });

  test('trades, and a counterparty with the wrong password', async () => {
    const service = serviceClient(platform);
    const instrumentId = await listed(service, { symbol: 'CANARY', until: lastWeekday(), close: 100 });
    const portfolioId = await funded(service, 'Canaries', '10000');
    const id = await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId: 'canary' });
    await arrived(service, id, 'BOOKED', 'SETTLED');
    await expect(service.query(operation('{ trade(id: "none") { nothing } }'), {})).rejects.toThrow();
    await service.close();
    if (shape !== 'one process') return; // elsewhere `pms fix` is a process of its own
    const socket = net.connect(fixPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(encoded([[35, 'A'], [49, 'BROKER'], [56, 'PMS'], [34, '1'], [52, new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21)], [98, '0'], [108, '30'], [553, 'broker'], [554, fixWrong.secret]]), 'latin1');
    await once(socket, 'close');
  });

  test('commands that fail', async () => {
    const config = path.join(folder, 'router.yaml');
    fs.writeFileSync(config, 'supergraph: { startMsMax: 500 }\n'); // else it would be waited for
    const env = { ROUTER_CONFIG: config, KAFKA_BROKERS: '127.0.0.1:1', KAFKA_SASL: 'plain', KAFKA_USERNAME: 'pms', KAFKA_PASSWORD: kafka.secret, SUPERGRAPH: 'http://127.0.0.1:1/supergraph', SUPERGRAPH_TOKEN: supergraph.secret };
    const failing = [
      [['router', '--port', '0'], env], [['migrate'], { ...env, DATABASE_URL: `postgresql://pms:${encodeURIComponent(database.secret)}@127.0.0.1:1/pms` }],
      [['topics', 'list'], { KAFKA_SASL: kafka.secret, DATABASE_URL: `postgresql:/${database.secret}`, REDIS_URL: `redis:${redis.secret}` }],
    ] as const;
    await Promise.all(failing.map(async ([args, more]) => {
      const child = spawn(process.execPath, [pms, ...args], { env: { ...process.env, PMS_HOME: folder, LOG_LEVEL: 'debug', ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { said += bytes.toString(); });
      const [status] = (await once(child, 'close')) as [number | null];
      expect(status, `${args[0]} ends with a failure: ${said}`).not.toBe(0);
      places.push({ name: `pms ${args[0]}`, text: said });
    }));
  });

  test('none of it is in logs, metrics, spans, refusals or files', async () => {
    const at = [platform.url, ...(['auth', 'portfolio', 'transactional'] as const).map((domain) => platform.subgraphUrl(domain)?.replace('/graphql', '')).filter((url) => url !== undefined)];
    for (const url of at) places.push({ name: `metrics of ${url}`, text: await (await fetch(`${url}/metrics`)).text() });
    await platform.kill();
    places.push({ name: 'the log', text: fs.readFileSync(path.join(folder, 'log'), 'utf8') }, ...collector.texts.map((text) => ({ name: 'a span', text })));
    for (const file of fs.globSync('**/*', { cwd: platform.home, withFileTypes: true })) {
      const whole = path.join(file.parentPath, file.name);
      if (file.isFile() && !whole.includes(`${path.sep}secrets${path.sep}`)) places.push({ name: path.relative(platform.home, whole), text: fs.readFileSync(whole, 'latin1') });
    }
    const [log] = places.filter(({ name }) => name === 'the log');
    expect(log?.text.length, 'the processes said something').toBeGreaterThan(2_000);
    expect(collector.texts.length, 'there were spans').toBeGreaterThan(0);
    expect(found(secrets, places)).toEqual([]);
  });
});

/** The same database for a role whose password is the secret. */
async function withPassword(url: string, secret: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const role = `canary_${Date.now().toString(36)}_${String(process.pid)}`;
  await client.query(`create role ${role} login superuser password ${pg.escapeLiteral(secret)}`);
  await client.end();
  const address = new URL(url);
  address.username = role;
  address.password = encodeURIComponent(secret);
  return address.toString();
}
