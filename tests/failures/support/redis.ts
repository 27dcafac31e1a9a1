/** A real Redis that keeps nothing on disk; killed and started again at the same port, it has forgotten everything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

const START_MS_MAX = 20_000;

export interface Redis {
  readonly port: number;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startRedis(): Promise<Redis> {
  const [port = 0] = await freePorts(1);
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    child.on('error', () => undefined);
    await until('Redis answers', START_MS_MAX, () => answers(port));
  };
  await start();
  return {
    port, start,
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

const answers = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.once('connect', () => { socket.destroy(); resolve(true); }).once('error', () => resolve(false));
});
