/**
 * The processes of a platform on this machine: started, watched, and started again at the same address when they end unasked. Each is in a process group of its
 * own, so that a Ctrl-C reaches the one who started them and nobody else; should that one be killed, the closed channel ends them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@pms/prisma/embedded';

const START_MS_MAX = 180_000;
const AGAIN_AFTER_MS = 500;
const DEATHS_A_MINUTE_MAX = 20;
const MINUTE_MS = 60_000;
/** What a process has said is kept for the sentence that tells why it did not start, and no more of it than this. */
const SAID_CHARACTERS_MAX = 4_000;
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');

export interface PartPlan {
  readonly name: string;
  /** Of `pms`, without the port. */
  readonly command: readonly string[];
  readonly port: number;
  /** The line that says where it answers: its first group. */
  readonly awaited: RegExp;
  readonly env: NodeJS.ProcessEnv;
}

export interface Part {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

export interface PartsOptions {
  /** Each process writes what it says to `<folder>/<name>.log`. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Called once where a process ends again and again. */
  readonly hopeless: () => void;
}

export interface Parts {
  /** Resolves when it answers. Throws StartError with what it said when it ends instead, or is late. */
  start(plan: PartPlan): Promise<Part>;
  /** One that has ended is among them: it comes back at its address. */
  all(): readonly Part[];
  /** Ends each in good order, the last that was started first; those of one `order` together. */
  stop(order: readonly (readonly string[])[]): Promise<void>;
}

interface Running extends Part { readonly child: ChildProcess }

export function parts({ folder, say, hopeless }: PartsOptions): Parts {
  const running = new Map<string, Running>();
  const deaths: number[] = [];
  let open = true;
  fs.mkdirSync(folder, { recursive: true });

  async function start(plan: PartPlan): Promise<Part> {
    const part = await spoken(plan, path.join(folder, `${plan.name}.log`));
    running.set(plan.name, part);
    if (part.child.exitCode !== null || part.child.signalCode !== null) again(plan, part);
    else part.child.once('exit', () => again(plan, part));
    return part;
  }

  function again(plan: PartPlan, { child, url }: Running): void {
    if (!open) return;
    deaths.push(Date.now());
    say(`${plan.name} ended (${child.signalCode ?? String(child.exitCode)}); it is started again`);
    if (deaths.filter((at) => at > Date.now() - MINUTE_MS).length > DEATHS_A_MINUTE_MAX) {
      open = false;
      hopeless();
      return;
    }
    void restarted({ ...plan, port: Number(new URL(url).port) });
  }

  /** Until it answers, or the end has come: what it needs may be away itself. */
  async function restarted(plan: PartPlan): Promise<void> {
    while (open) {
      await delay(AGAIN_AFTER_MS);
      if (!open) return;
      try {
        const { url, pid } = await start(plan);
        say(`${plan.name} answers at ${url} again (process ${String(pid)})`);
        return;
      } catch (error) {
        say(`${plan.name} did not start: ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}`);
      }
    }
  }

  return {
    start,
    all: () => [...running.values()],
    async stop(order) {
      open = false;
      for (const names of order) await Promise.all(names.map((name) => ended(running.get(name)?.child)));
    },
  };
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

function spoken({ name, command, port, awaited, env }: PartPlan, log: string): Promise<Running> {
  const child = spawn(process.execPath, [...process.execArgv, pms, ...command, '--port', String(port)], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const written = fs.createWriteStream(log, { flags: 'a' });
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new StartError(`${name} ${why}; it said (${log}):\n${said}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`did not answer within ${String(START_MS_MAX / 1_000)} s`);
    }, START_MS_MAX);
    const hear = (bytes: Buffer): void => {
      written.write(bytes);
      said = (said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
      const url = awaited.exec(said)?.[1];
      if (url === undefined || child.pid === undefined) return;
      clearTimeout(late);
      resolve({ name, url: new URL(url).origin, pid: child.pid, child });
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(late);
      written.end();
      fail('ended before it answered');
    });
  });
}
