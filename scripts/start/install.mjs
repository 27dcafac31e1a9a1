/** Installs the dependencies when they are not those of the lockfile: with a pinned pnpm, fetched through npx, whatever the machine has. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root, StartError } from './root.mjs';

/** @type {string} */
const PNPM = JSON.parse(fs.readFileSync(path.join(root, 'scripts/start/pnpm-version.json'), 'utf8'));
const LINES_SHOWN_MAX = 40;
const PROGRESS_EVERY_MS = 5_000;
const STAMP = 'node_modules/.cache/pms/installed';
/** Folders that hold packages, as in pnpm-workspace.yaml. */
const PACKAGE_FOLDERS = ['.', 'platform/*', 'schema', 'schema/client', 'subgraphs/*', 'router', 'processes', 'prisma', 'web'];

export async function install() {
  const wanted = fingerprint();
  const stamp = path.join(root, STAMP);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  const start = performance.now();
  console.log(`Installing the dependencies with pnpm ${PNPM} (the first time downloads some 300 MB) …`);
  const status = await run('npx', ['--yes', '--package', `pnpm@${PNPM}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only']);
  if (status !== 0) throw new StartError('Installing failed, for the reason above. Is the npm registry reachable, and is there 2 GB of disk? The same command goes on where it stopped.');
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, wanted);
  console.log(`Installed in ${Math.round((performance.now() - start) / 1000)} s.`);
}

/** Whatever decides what is installed. Not the outer Node's version: nothing that is installed is built for it. */
function fingerprint() {
  const manifests = PACKAGE_FOLDERS.flatMap(expanded).map((folder) => path.join(folder, 'package.json')).filter((file) => fs.existsSync(path.join(root, file)));
  const hash = createHash('sha256').update(`${PNPM} ${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) hash.update(file).update(fs.readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** @param {string} pattern */
function expanded(pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return fs.readdirSync(path.join(root, parent)).toSorted().map((name) => path.join(parent, name));
}

/**
 * What npm tells its scripts is left out: pnpm would take npm's settings for its own. The registry and the way to it stay.
 * CI: it neither asks nor waits for an answer.
 */
function environment() {
  const kept = /^npm_config_(registry|cache|userconfig|proxy|https?_proxy|noproxy|cafile|strict_ssl|_auth.*|\/\/.*)$/i;
  const entries = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name));
  return { ...Object.fromEntries(entries), CI: '1' };
}

/**
 * pnpm tells much; shown are its progress and its complaints, and all of it when it fails.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environment(), shell: process.platform === 'win32' });
    /** @type {string[]} */
    const said = [];
    const hear = (/** @type {string} */ line) => {
      said.push(line);
      if (line.startsWith('Progress:')) show(line);
      else if (/ERR_|\bERR!/.test(line)) console.error(line);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear);
    child.once('error', (error) => reject(new StartError(`npx could not be run (${error.message}): it comes with npm, which is needed beside Node.`)));
    child.once('close', (status) => {
      if (process.stdout.isTTY) process.stdout.write('\n');
      if (status !== 0) console.error(said.slice(-LINES_SHOWN_MAX).join('\n'));
      resolve(status ?? 1);
    });
  });
}

let shownAt = -Infinity;

/** On a terminal in place, elsewhere a line now and then. @param {string} line */
function show(line) {
  if (process.stdout.isTTY) process.stdout.write(`\r  ${line}\u001b[K`);
  else if (performance.now() - shownAt > PROGRESS_EVERY_MS) {
    shownAt = performance.now();
    console.log(`  ${line}`);
  }
}
