/** Failed attempts to sign in, counted before the secret is looked at, so that attempts made at once cannot pass the bound together. */
import type { Sql, Transactions } from '@pms/events/sql';
import { afterFailure, type Attempts, type LockPolicy, lockOf } from '../domain/lockout.ts';

export interface Counted {
  /** A hash of what is counted. */
  readonly key: string;
  readonly policy: LockPolicy;
}

/** `lockedUntil`: no attempt may be made before; `key` is what is locked. `next`: until when the attempt, should it fail, locks. */
export type Reserved = { readonly lockedUntil: Date; readonly key?: string } | { readonly lockedUntil: null; readonly next: Date | null };

export type AttemptStore = ReturnType<typeof attemptStore>;

const SWEEP_AFTER_MS = 86_400_000;

export function attemptStore(database: Sql & Transactions) {
  return {
    /** Counts an attempt as failed in advance, unless one of the keys is locked. */
    reserve: (counted: readonly Counted[], at: Date): Promise<Reserved> =>
      database.transaction(async (sql) => {
        const inOrder = counted.toSorted((a, b) => (a.key < b.key ? -1 : 1)); // one order for all, so that nobody waits in a circle
        const after: Attempts[] = [];
        for (const { key, policy } of inOrder) {
          const before = await lockRow(sql, key);
          const lockedUntil = lockOf(before, at);
          if (lockedUntil !== null) return { lockedUntil, key };
          after.push(afterFailure(before, at, policy));
        }
        for (const [index, { failures, lastAt, lockedUntil }] of after.entries())
          await sql.query('update auth.sign_in_attempts set failures = $2, last_at = $3, locked_until = $4 where key = $1', [inOrder[index]?.key, failures, lastAt, lockedUntil]);
        const locks = after.flatMap(({ lockedUntil }) => lockedUntil ?? []);
        return { lockedUntil: null, next: locks.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null };
      }),
    /** The attempt succeeded: `own` starts anew, `shared` takes back the one it had counted in advance. */
    async forgive(own: string, shared: string): Promise<void> {
      await database.query('delete from auth.sign_in_attempts where key = $1', [own]);
      await database.query('update auth.sign_in_attempts set failures = greatest(failures - 1, 0), locked_until = null where key = $1', [shared]);
    },
    async sweep(at: Date): Promise<void> {
      await database.query('delete from auth.sign_in_attempts where last_at < $1', [new Date(at.getTime() - SWEEP_AFTER_MS)]);
    },
  };
}

/** The row is made where there is none: what does not exist cannot be locked. */
async function lockRow(sql: Sql, key: string): Promise<Attempts | null> {
  await sql.query(`insert into auth.sign_in_attempts (key, failures, last_at) values ($1, 0, 'epoch') on conflict (key) do nothing`, [key]);
  const { rows } = await sql.query<Attempts>(
    'select failures, last_at as "lastAt", locked_until as "lockedUntil" from auth.sign_in_attempts where key = $1 for update', [key]);
  return rows[0] ?? null;
}
