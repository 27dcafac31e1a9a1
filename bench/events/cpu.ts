/** Where the CPU time of a round goes: to the processes of a contestant, the broker and the database, in milliseconds. It says more than a clock does where others use the machine. */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { cpuMs } from '../child.ts';

export interface CpuTimes {
  readonly publisher: number;
  readonly consumer: number;
  readonly broker: number;
  readonly postgres: number;
}

interface Seen { readonly pid: number; readonly parent: number; readonly command: string }

/** Of Linux; elsewhere nothing is seen, and all times are 0. */
function processes(): readonly Seen[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[1]);
        return [{ pid: Number(pid), parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  } catch {
    return [];
  }
}

/** `dataDir` tells the benchmark's own Postgres from others. */
export function cpuTimes(pids: { readonly publisher: number | undefined; readonly consumer: number | undefined }, dataDir: string): CpuTimes {
  const all = processes();
  const servers = all.filter(({ command }) => command.includes(`-D ${dataDir} `)).map(({ pid }) => pid);
  const sum = (some: readonly Seen[]): number => some.reduce((ms, { pid }) => ms + (cpuMs(pid) ?? 0), 0);
  return {
    publisher: cpuMs(pids.publisher) ?? 0, consumer: cpuMs(pids.consumer) ?? 0,
    broker: sum(all.filter(({ parent, command }) => parent === process.pid && command.includes('kafka.Kafka'))),
    postgres: sum(all.filter(({ pid, parent }) => servers.includes(pid) || servers.includes(parent))),
  };
}

const PARTS = ['publisher', 'consumer', 'broker', 'postgres'] as const;

/** Microseconds of an event. */
export const perEvent = (before: CpuTimes, after: CpuTimes, events: number): CpuTimes =>
  Object.fromEntries(PARTS.map((part) => [part, ((after[part] - before[part]) * 1_000) / events])) as unknown as CpuTimes;

export const whole = (times: CpuTimes): number => PARTS.reduce((sum, part) => sum + times[part], 0);

export const medianOf = (all: readonly CpuTimes[]): CpuTimes =>
  Object.fromEntries(PARTS.map((part) => [part, all.map((one) => one[part]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0])) as unknown as CpuTimes;

export const shown = (times: CpuTimes): string => `${whole(times).toFixed(1)} µs (${PARTS.map((part) => `${part} ${times[part].toFixed(1)}`).join(', ')})`;
