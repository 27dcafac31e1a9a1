/** The keys of the people who sign in, and the keyed hash by which an e-mail address is found although it is sealed. */
import type { Transactions } from '@pms/events/sql';
import { blindIndex, isSealed, type PersonVault, personVault } from '@pms/subgraph/person-vault';
import type { Settings } from '@pms/subgraph/subgraph';
import { personOf } from './rows.ts';

export interface PeopleKeys {
  readonly vault: PersonVault;
  /** Rejects where a secret is missing: better at the start than at the first sign-in. */
  ready(): Promise<void>;
  /** Of an address in lower case. */
  emailIndex(email: string): Promise<string>;
}

export const peopleKeys = (settings: Settings): PeopleKeys => ({
  vault: personVault('auth', settings),
  ready: async () => void (await Promise.all(['person-keys', 'person-index'].map((name) => settings.secret(name)))),
  emailIndex: blindIndex(() => settings.secret('person-index'), 'email'),
});

interface Stored {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly displayName: string;
}

const AT_ONCE = 500;

/** Seals users that a release before sealing left as they were typed; resolves to how many. Several processes may do so side by side. */
export async function sealStored(database: Transactions, { vault, emailIndex, ready }: PeopleKeys): Promise<number> {
  await ready();
  for (let done = 0; ;) {
    const found = await database.transaction(async (sql) => {
      const { rows } = await sql.query<Stored>(
        `select id, organization_id as "organizationId", email, display_name as "displayName" from auth."user"
          where email_index is null and erased_at is null order by id limit ${AT_ONCE} for update skip locked`);
      for (const { email, displayName, ...user } of rows) {
        if (isSealed(email)) throw new Error(`the address of ${user.id} is sealed and has no index`);
        const sealed = await vault.seal(sql, personOf(user), { email, displayName });
        if (sealed === null) continue;
        await sql.query('update auth."user" set email = $2, display_name = $3, email_index = $4 where id = $1', [user.id, sealed.email, sealed.displayName, await emailIndex(email)]);
      }
      return rows.length;
    });
    done += found;
    if (found < AT_ONCE) return done;
  }
}
