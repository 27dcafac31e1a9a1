/** What may be told of people, their erasure, and what stands against it. */
import type { Sql } from '@pms/events/sql';
import type { Person } from '@pms/subgraph/person-vault';
import type { LegalHold } from '../domain/legal-hold.ts';
import type { PeopleKeys } from './people-keys.ts';

/** Stands where sealed text was: nobody can open it. */
const UNREADABLE = 'sealed:1:';

const HOLD = `id, organization_id as "organizationId", person_id as "personId", reason, placed_by as "placedBy", placed_at as "placedAt", released_by as "releasedBy", released_at as "releasedAt"`;

export function erasing(sql: Sql, { vault }: PeopleKeys) {
  return {
    /** From where somebody came, as an event may tell it; undefined for somebody who was erased. */
    async sealedClient(person: Person, address: string): Promise<string | undefined> {
      return (await vault.seal(sql, person, { client: JSON.stringify({ address }) }))?.client;
    },

    /** The key is destroyed, and with it what was sealed anywhere; what is left of the user is an id that signs in nobody. False where that was done before. */
    async erase(organizationId: string, userId: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query(
        `update auth."user" set email = '${UNREADABLE}' || id, email_index = null, display_name = '${UNREADABLE}', roles = '{}', investor_ids = '{}', password_hash = '', erased_at = $3
          where organization_id = $1 and id = $2 and erased_at is null`, [organizationId, userId, at]);
      for (const table of ['totp', 'recovery_code', 'passkey', 'federated_identity']) await sql.query(`delete from auth.${table} where organization_id = $1 and user_id = $2`, [organizationId, userId]);
      await vault.erase(sql, { organizationId, personId: userId }, at);
      return rowCount === 1;
    },

    /** Those that stand; locked, so that none is released while somebody is erased because of it. */
    async holdsOn(organizationId: string, personId: string): Promise<LegalHold[]> {
      const { rows } = await sql.query<LegalHold>(
        `select ${HOLD} from auth.legal_hold where organization_id = $1 and person_id = $2 and released_at is null order by placed_at for update`, [organizationId, personId]);
      return rows;
    },

    insertHold: async ({ id, organizationId, personId, reason, placedBy, placedAt }: LegalHold): Promise<void> =>
      void (await sql.query('insert into auth.legal_hold (id, organization_id, person_id, reason, placed_by, placed_at) values ($1, $2, $3, $4, $5, $6)',
        [id, organizationId, personId, reason, placedBy, placedAt])),

    /** Null where there is none that stands. */
    async releaseHold(organizationId: string, id: string, by: { readonly actor: string; readonly at: Date }): Promise<LegalHold | null> {
      const { rows: [row] } = await sql.query<LegalHold>(
        `update auth.legal_hold set released_by = $3, released_at = $4 where organization_id = $1 and id = $2 and released_at is null returning ${HOLD}`, [organizationId, id, by.actor, by.at]);
      return row ?? null;
    },
  };
}
