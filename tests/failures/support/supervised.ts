/** A process under an orchestrator: started again whenever it ends, at the same address; what it says goes to a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_AFTER_MS = 300;
const AGAIN_AFTER_MS_MAX = 3_000;
/** One that lived so long is started again at once. */
const LIVED_MS = 10_000;
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');
const clock = path.resolve(import.meta.dirname, 'shifted-clock.mjs');

export interface Supervised {
  readonly name: string;
  readonly url: string;
  /** SIGKILL; the orchestrator starts it again. False when it was down. */
  kill(): boolean;
  /** Shifts what the process takes for the time; 0 is the real one. */
  shiftClock(ms: number): void;
  /** The last words of each time that it ended without being killed by us. */
  crashes(): readonly string[];
  /** For good, and without drain: what has to be judged has been. */
  stop(): Promise<void>;
}

export interface Supervising {
  readonly name: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

export function supervised({ name, args, port, env, folder }: Supervising): Supervised {
  const clockFile = path.join(folder, `${name}.clock`);
  fs.writeFileSync(clockFile, '0');
  const log = fs.openSync(path.join(folder, `${name}.log`), 'a');
  let child: ChildProcess | null = null;
  let killed = false;
  let stopping = false;
  const crashed: string[] = [];

  const life = (async () => {
    for (let wait = AGAIN_AFTER_MS; !stopping; ) {
      const from = performance.now();
      killed = false;
      // the channel ends the child should this process be killed
      child = spawn(process.execPath, ['--import', clock, pms, ...args, '--port', String(port)], { env: { ...env, CHAOS_CLOCK: clockFile }, stdio: ['ignore', log, log, 'ipc'] });
      child.on('error', () => undefined);
      await once(child, 'exit').catch(() => undefined);
      if (stopping) return;
      if (!killed) crashed.push(lastWords(path.join(folder, `${name}.log`)));
      fs.writeSync(log, `\n=== ${new Date().toISOString()} ${killed ? 'killed' : `ended by itself, ${String(child.exitCode ?? child.signalCode)}`}\n`);
      wait = killed || performance.now() - from > LIVED_MS ? AGAIN_AFTER_MS : Math.min(wait * 2, AGAIN_AFTER_MS_MAX);
      await delay(wait);
    }
  })();

  return {
    name, url: `http://127.0.0.1:${String(port)}`,
    kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return false;
      killed = true;
      return child.kill('SIGKILL');
    },
    shiftClock: (ms) => fs.writeFileSync(clockFile, String(ms)),
    crashes: () => crashed,
    async stop() {
      stopping = true;
      child?.kill('SIGKILL');
      await life;
      fs.closeSync(log);
    },
  };
}

const WORDS_MAX = 300;

/** What it logged as fatal, else what it said last. */
function lastWords(file: string): string {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '');
  const fatal = lines.findLast((line) => line.includes('"level":60')) ?? lines.at(-1) ?? '';
  return fatal.slice(0, WORDS_MAX);
}
