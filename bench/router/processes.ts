/**
 * Programs of this benchmark in processes of their own. What they say goes to a file, as a service's output does, so that reading it costs the
 * machine nothing while it is measured; all run on the options of Node that ours is started with; they are ready when that file has a line like the awaited one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import nodeOptions from '../../scripts/start/node-options.json' with { type: 'json' };
import { type Child, cpuMs } from '../child.ts';

const START_MAX_MS = 90_000;
const LOOK_EVERY_MS = 50;
const STOP_MAX_MS = 15_000;
const SHOWN_CHARACTERS_MAX = 4_000;

export interface Program {
  readonly file: string;
  readonly args?: readonly string[];
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
  /** Its first group is what the child is said to have said. */
  readonly awaited: RegExp;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Processes {
  start(program: Program): Promise<Child & { readonly log: string }>;
  /** CPU time of this process and of all that run now, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** `folder` is where the logs go. */
export function processes(folder: string): Processes {
  const children: Child[] = [];
  // Some of them do not notice that the benchmark has gone.
  process.once('exit', () => {
    for (const { process: left } of children) left.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  return {
    async start(program) {
      const log = join(folder, `${basename(program.file)}-${String(children.length)}.log`);
      const out = openSync(log, 'a');
      const started = spawn(process.execPath, [...nodeOptions, ...(program.node ?? []), program.file, ...(program.args ?? [])], {
        env: { ...process.env, ...program.env }, stdio: ['ignore', out, out, 'ipc'], ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
      });
      closeSync(out);
      const stop = async (): Promise<void> => {
        if (started.exitCode !== null || started.signalCode !== null) return;
        const exit = once(started, 'exit');
        started.kill('SIGTERM');
        const late = setTimeout(() => started.kill('SIGKILL'), STOP_MAX_MS);
        await exit;
        clearTimeout(late);
      };
      const one = { process: started, said: '', stop, log };
      children.push(one);
      for (const end = Date.now() + START_MAX_MS; ;) {
        const text = readFileSync(log, 'utf8');
        const said = program.awaited.exec(text)?.[1];
        if (said !== undefined) return Object.assign(one, { said });
        if (Date.now() > end || started.exitCode !== null || started.signalCode !== null) throw new Error(`${program.file} did not start:\n${text.slice(-SHOWN_CHARACTERS_MAX)}`);
        await new Promise((resolve) => void setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    cpuMs: () => [process.pid, ...children.map((one) => one.process.pid)].reduce<number>((sum, pid) => sum + (cpuMs(pid) ?? 0), 0),
    async stop() {
      await Promise.all(children.splice(0).map((one) => one.stop()));
    },
  };
}
