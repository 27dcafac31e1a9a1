/** Programs of the benchmark in processes of their own: started, told when they are ready, ended with this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const START_MAX_MS = 60_000;
const SAID_CHARACTERS_MAX = 20_000;
/** Of Linux's /proc: what a tick of CPU time is, everywhere that Node runs. */
const TICKS_PER_SECOND = 100;

export interface Child {
  readonly process: ChildProcess;
  /** What the awaited line said: its first group. */
  readonly said: string;
  stop(): Promise<void>;
}

/** Starts `program` and waits for a line like `awaited`. Throws with all it said when it ends instead. */
export function child(program: string, args: readonly string[], awaited: RegExp, env: Readonly<Record<string, string>> = {}): Promise<Child> {
  const started = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let said = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      started.kill('SIGKILL');
      reject(new Error(`${program} did not start in time:\n${said}`));
    }, START_MAX_MS);
    const hear = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
      const found = awaited.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve({ process: started, said: found, stop: () => stopped(started) });
    };
    started.stdout?.on('data', hear);
    started.stderr?.on('data', hear);
    started.once('error', reject);
    started.once('exit', () => {
      clearTimeout(late);
      reject(new Error(`${program} ended:\n${said}`));
    });
  });
}

async function stopped(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.signalCode !== null) return;
  const exit = once(started, 'exit');
  started.kill('SIGTERM');
  await exit;
}

/** CPU time of a process so far, in milliseconds; null where the system does not tell. */
export function cpuMs(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** Resident memory of a process in MiB; null where the system does not tell. */
export function residentMib(pid: number | undefined): number | null {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Math.round(Number(kib) / 1_024);
  } catch {
    return null;
  }
}

/** CPU time of the whole machine so far, in milliseconds, whoever used it; null where the system does not tell. */
export function machineCpuMs(): number | null {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number);
    return ((user + nice + system + irq + softIrq) * 1_000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
