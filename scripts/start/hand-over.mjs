/** Runs a program on the pinned Node as this process's other half: signals go through, its end is our end, and our sudden end is its end. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, StartError } from './root.mjs';

/**
 * Of each half of the heap for young objects, in MiB. What a request leaves behind dies with it, unless the space is full before: the standard 16 are.
 * And no word of timers that are due already: Kafka's client sets one for each broker that it need not wait for.
 * @type {readonly string[]}
 */
export const NODE_OPTIONS = JSON.parse(fs.readFileSync(path.join(root, 'scripts/start/node-options.json'), 'utf8'));

const OWN_NODE_MAJOR_MIN = 24; // runs TypeScript as it is
const PARENT_POLL_MS = 1_000;

export function pinnedNode() {
  const names = process.platform === 'win32' ? ['node.exe', 'node.CMD'] : ['node'];
  const pinned = names.map((name) => path.join(root, 'node_modules/.bin', name)).find((file) => fs.existsSync(file));
  if (pinned !== undefined) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= OWN_NODE_MAJOR_MIN) return process.execPath;
  throw new StartError(`npm has no Node 26 for ${process.platform}-${process.arch}: install Node ${OWN_NODE_MAJOR_MIN} or newer and run the same command again.`);
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {string} [cwd] where relative paths among the arguments start
 * @returns {Promise<number>} its exit code
 */
export function handOver(node, args, cwd = root) {
  const bin = path.join(root, 'node_modules/.bin');
  const child = spawn(node, args, {
    cwd,
    // The channel carries nothing: when it breaks, this process was killed, and the other half ends in good order by itself.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  // A terminal sends its Ctrl-C to both; sent twice, it is one request to stop.
  const forward = () => void child.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  const watch = watchParent(forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward);
      if (signal === 'SIGKILL') console.error('The platform was killed. Nothing that was acknowledged is lost: start it again.');
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 1));
    });
  });
}

/** npm killed outright leaves us behind, holding the port: then nobody can stop us but ourselves. */
function watchParent(/** @type {() => void} */ forward) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const before = callers();
  return setInterval(() => {
    if (callers() !== before) forward();
  }, PARENT_POLL_MS).unref();
}

/** The process that called us; where npm put a shell between, the one behind that, too. Only Linux tells, and only its shell stays between. */
function callers() {
  try {
    const shell = fs.readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').split('\0');
    if (shell[1] !== '-c') return String(process.ppid);
    const [, behind] = /\) \w (\d+) /.exec(fs.readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return `${process.ppid} ${behind}`;
  } catch {
    return String(process.ppid);
  }
}
