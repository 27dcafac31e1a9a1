/**
 * `npm start` as a newcomer meets it, on a fresh copy of what is committed: the printed request, Ctrl-C, a second start, kill -9, a reset,
 * a taken port, an old Node, an ordinary account. Run by .ci/run with `node --test`; needs git, curl and a POSIX shell.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const START_MAX_MS = 300_000;
const STOP_MAX_MS = 40_000;
const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const isRoot = process.getuid?.() === 0;
/** @type {string} */ let folder;
/** @type {string} */ let copy;
/** @type {string[]} */ let ports;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-ci-'));
  copy = path.join(folder, 'pms');
  execFileSync('git', ['clone', '--quiet', project, copy]);
  ports = [await freePort(), await freePort()];
});
after(() => {
  for (const pid of platforms(folder)) process.kill(pid, 'SIGKILL');
  if (fs.existsSync(path.join(copy, 'node_modules'))) pms(['reset']);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** @returns {Promise<string>} */
async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (probe.address());
  probe.close();
  return String(port);
}

/** The processes of this copy that still run, its Postgres among them. @param {string} where */
function platforms(where) {
  const record = path.join(copy, '.pms/postgres.json');
  const data = fs.existsSync(record) ? JSON.parse(fs.readFileSync(record, 'utf8')).dataDir : where;
  const { stdout } = spawnSync('ps', ['-ewwo', 'pid=,stat=,args='], { encoding: 'utf8' });
  const mine = stdout.split('\n').filter((line) => (line.includes(`${where}/`) || line.includes(data)) && !/^\s*\d+ Z/.test(line));
  return mine.map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid);
}

/** @param {string[]} args */
const pms = (args) => spawnSync(path.join(copy, 'node_modules/.bin/pms'), args, { cwd: copy, encoding: 'utf8' });

/**
 * Starts it and waits until it says that it runs, or ends.
 * @param {string[]} options
 * @param {{ cwd?: string, uid?: number, gid?: number, env?: NodeJS.ProcessEnv }} [as]
 */
async function started(options, as = {}) {
  const begun = performance.now();
  const child = spawn('npm', ['start', '--', ...options], { cwd: copy, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...as });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  // Closed: not npm alone has gone, but everyone who could still say something.
  let closed = false;
  const ended = once(child, 'close').then(() => (closed = true));
  const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), START_MAX_MS);
  const runs = () => said.includes('Ctrl-C stops it');
  while (!runs() && !closed) await new Promise((resolve) => setTimeout(resolve, 50));
  const ready = runs();
  clearTimeout(late);
  return { ready, said: () => said, seconds: (performance.now() - begun) / 1_000, child, ended, group: -(child.pid ?? 0) };
}

/** @param {string} said */
function pasted(said) {
  const command = said.split('\n').find((line) => line.startsWith('curl '));
  assert.ok(command, said);
  return JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }));
}

/** @param {Awaited<ReturnType<typeof started>>} platform @param {NodeJS.Signals} signal */
async function stopped(platform, signal) {
  process.kill(platform.group, signal);
  await platform.ended;
}

/** npm itself ends at once on SIGTERM, the platform when it has drained; resolves to what is still there when the time is up. */
async function leftBehind() {
  const until = performance.now() + STOP_MAX_MS;
  while (platforms(folder).length > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  return platforms(folder);
}

const oldNode = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.0"})';

test('a Node that is too old is told so in one sentence', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', oldNode, 'scripts/start.mjs'], { cwd: copy, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^Node 18\.20\.0 is too old: install Node 20 or newer[^\n]*\n$/);
});

test('--help answers before anything is installed', () => {
  const { stdout } = spawnSync('npm', ['start', '--silent', '--', '--help'], { cwd: copy, encoding: 'utf8' });
  assert.match(stdout, /--reset/);
  assert.ok(!fs.existsSync(path.join(copy, 'node_modules')));
});

test('one command starts it from nothing, the printed request answers, Ctrl-C stops it and its Postgres', async (t) => {
  const platform = await started(['--port', ports[0]]);
  assert.ok(platform.ready, platform.said());
  t.diagnostic(`ready in ${platform.seconds.toFixed(1)} s`);
  const { data, errors } = pasted(platform.said());
  assert.equal(errors, undefined);
  assert.ok(data.portfolios.edges.length >= 4);
  assert.ok(data.portfolios.edges.every((/** @type {any} */ { node }) => Number(node.valuation.marketValue.amount) > 0));
  await stopped(platform, 'SIGINT');
  assert.deepEqual(await leftBehind(), []);
});

test('a second start finds everything there; a third beside it is told that it runs; a token is printed', async (t) => {
  const platform = await started(['--port', ports[0]]);
  assert.ok(platform.ready, platform.said());
  t.diagnostic(`ready again in ${platform.seconds.toFixed(1)} s`);
  const beside = await started(['--port', ports[0]]);
  assert.ok(!beside.ready);
  assert.match(beside.said(), /already running from this folder/);
  assert.equal(pasted(platform.said()).errors, undefined);
  const token = spawnSync('npx', ['pms', 'token', '--user', 'trader@demo.example'], { cwd: copy, encoding: 'utf8', env: { ...process.env, PORT: ports[0] } });
  assert.match(token.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, token.stderr);
  await stopped(platform, 'SIGTERM');
  assert.deepEqual(await leftBehind(), []);
});

test('after kill -9 of every process but Postgres the next start recovers by itself', async () => {
  const killed = await started(['--port', ports[0]]);
  const answer = pasted(killed.said());
  await stopped(killed, 'SIGKILL');
  const next = await started(['--port', ports[0]]);
  assert.ok(next.ready, next.said());
  const names = (/** @type {any} */ { data }) => data.portfolios.edges.map((/** @type {any} */ { node }) => node.name);
  assert.deepEqual(names(pasted(next.said())), names(answer));
  await stopped(next, 'SIGINT');
});

test('another program’s port is told in a sentence that names a way out', async () => {
  const squatter = net.createServer().listen(Number(ports[1]), '127.0.0.1');
  await once(squatter, 'listening');
  const refused = await started(['--port', ports[1]]);
  assert.ok(!refused.ready);
  assert.match(refused.said(), new RegExp(`Port ${ports[1]} is in use by another program[^\n]*--port`));
  squatter.close();
});

test('a broken data folder is told in a sentence, and --reset starts anew', async () => {
  const { dataDir } = JSON.parse(fs.readFileSync(path.join(copy, '.pms/postgres.json'), 'utf8'));
  fs.rmSync(path.join(dataDir, 'global/pg_control'));
  const broken = await started(['--port', ports[0]]);
  assert.ok(!broken.ready);
  assert.match(broken.said(), /npm start -- --reset/);
  const anew = await started(['--port', ports[0], '--reset']);
  assert.ok(anew.ready, anew.said());
  assert.equal(pasted(anew.said()).errors, undefined);
  await stopped(anew, 'SIGINT');
});

test('an ordinary account starts it, too', { skip: isRoot ? false : 'this run is by an ordinary account already' }, async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-nobody-'));
  const account = { uid: Number(execFileSync('id', ['-u', 'nobody'])), gid: Number(execFileSync('id', ['-g', 'nobody'])) };
  const theirs = path.join(home, 'pms');
  execFileSync('git', ['clone', '--quiet', project, theirs]);
  execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, home]);
  const env = { ...process.env, HOME: home, npm_config_cache: path.join(home, '.npm') };
  const platform = await started(['--port', ports[1], '--no-demo'], { cwd: theirs, ...account, env });
  assert.ok(platform.ready, platform.said());
  await stopped(platform, 'SIGINT');
  fs.rmSync(home, { recursive: true, force: true });
});
