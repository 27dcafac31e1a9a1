/** A Redis of the cluster's own: the redis-server of the PATH, on a free port of 127.0.0.1. It keeps nothing: what is in it can be made again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { StartError } from '@pms/prisma/embedded';
import { endStray, noteStarted } from './stray.ts';

const NONE = 'There is no redis-server on the PATH (Debian: apt-get install redis-server; macOS: brew install redis), and REDIS_URL names no other Redis.';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** `note` is the file that names its process, for a start after this one was killed. Throws StartError where there is none. */
export async function startRedis(note: string): Promise<RedisServer> {
  endStray(note);
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new StartError(NONE)));
    child.once('exit', () => reject(new StartError(`redis-server ended: ${said}`)));
    child.stdout.on('data', (bytes: Buffer) => {
      said += String(bytes);
      if (/ready to accept connections/i.test(said)) resolve();
    });
  });
  child.stdout.removeAllListeners('data').resume();
  noteStarted(note, child.pid, 'redis-server');
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
