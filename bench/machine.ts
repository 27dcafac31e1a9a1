/** What a figure was measured on: the machine's kind, never its name, and the versions that matter. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  /** Of the last minute, before anything was measured: well below the number of cores, or others took part. */
  readonly loadBefore: number;
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryGib: Math.round(totalmem() / 2 ** 30), system: `${platform()} ${arch()}`, loadBefore: loadavg()[0] ?? 0,
});

/** Read as a file: not every package exports its package.json. */
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(import.meta.dirname, '../node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;

export const versions = (): Record<string, string> => ({
  commit: commit(), node: process.version.slice(1), ...Object.fromEntries(['@apollo/gateway', '@apollo/server', 'graphql', 'undici'].map((name) => [name, versionOf(name)])),
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
