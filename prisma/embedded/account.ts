/** The account Postgres runs under: it refuses root, so root hands it to another. `null` where the caller is not root and none is needed. */
import fs from 'node:fs';
import path from 'node:path';
import { StartError } from './start-error.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** The owner of `place` if that is an ordinary account (so that starting once as root does not lock it out), else `postgres`, else `nobody`. */
export function accountFor(place: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = listed();
  const owner = fs.statSync(nearestExisting(place)).uid;
  const chosen = accounts.find(({ uid }) => uid === owner && uid !== 0) ?? named(accounts, 'postgres') ?? named(accounts, 'nobody');
  if (chosen === undefined) throw new StartError('Postgres does not run as root and there is no account `postgres` or `nobody` to run it as: start as an ordinary user.');
  return chosen;
}

/** Whether `account` may walk down to `folder`: one closed folder above it is enough to keep it out. */
export function canEnter(folder: string, account: Account): boolean {
  for (let place = nearestExisting(folder); ; place = path.dirname(place)) {
    const { uid, gid, mode } = fs.statSync(place);
    const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return false;
    if (place === path.dirname(place)) return true;
  }
}

export function nearestExisting(place: string): string {
  return fs.existsSync(place) ? place : nearestExisting(path.dirname(place));
}

const named = (accounts: readonly Account[], name: string): Account | undefined => accounts.find((account) => account.name === name);

function listed(): Account[] {
  return fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
