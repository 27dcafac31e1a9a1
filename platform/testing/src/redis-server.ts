/** A Redis of a test's own, from Debian's package: nothing is kept on disk, nothing listens beyond this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface RedisServer {
  readonly url: string;
  /** Comes back empty, at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Accepts connections and does not answer, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

/** Why there is none, or null. Where REQUIRE_REDIS is set there has to be one. */
export const noRedis = ((): string | null => {
  try {
    execFileSync('redis-server', ['--version']);
    return null;
  } catch {
    if (process.env['REQUIRE_REDIS'] === '1') throw new Error('REQUIRE_REDIS is set, and no redis-server is on the PATH');
    return 'no redis-server is on the PATH (Debian: apt-get install redis-server)';
  }
})();

export async function redisServer(): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    for await (const chunk of server.stdout ?? []) {
      said += String(chunk);
      if (/ready to accept connections/i.test(said)) break;
    }
    if (server.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`, start,
    async stop() {
      if (server === null || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
