/** One start at a time per data folder: a file that names its holder, ignored once that process is gone. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

const LOCK_WAIT_MAX_MS = 120_000;
const LOCK_POLL_MS = 50;

export async function holding<T>(file: string, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + LOCK_WAIT_MAX_MS;
  while (!taken(file)) {
    if (Date.now() > until) throw new StartError(`Another start holds ${file} for too long; end it, or delete that file.`);
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function taken(file: string): boolean {
  // Linked into place whole: a lock is never seen without its holder's name.
  const mine = `${file}.${String(process.pid)}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAlive(holderOf(file))) fs.rmSync(file, { force: true });
    return false;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Zero when it was let go of in this instant. */
function holderOf(file: string): number {
  try {
    return Number(fs.readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** False also for a process that has ended and that nobody collects, as happens to orphans in a container without an init. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !/\) Z /.test(procStat(pid));
}

/** Linux alone tells more of a process than that it exists; empty elsewhere. */
export function procStat(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return '';
  }
}
