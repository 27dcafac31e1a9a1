/** Who a user is at an organisation's own provider, and whom it may be linked to. */
import type { Sql } from '@pms/events/sql';
import type { FederatedPerson } from '../domain/federated.ts';
import type { User } from '../domain/user.ts';
import type { PeopleKeys } from './people-keys.ts';
import { personOf, toUser, USER_COLUMNS as USER, type UserRow } from './rows.ts';

export function federatedWrites(sql: Sql, { vault, emailIndex }: PeopleKeys) {
  const opened = async (rows: readonly UserRow[]): Promise<User | null> => (rows[0] === undefined ? null : toUser(rows[0], await vault.opener(sql, rows.map(personOf))));
  return {
    async federatedUser(issuer: string, subject: string): Promise<User | null> {
      const { rows } = await sql.query<UserRow>(
        `select ${USER} from auth."user" where id = (select user_id from auth.federated_identity where issuer = $1 and subject = $2) and erased_at is null for update`, [issuer, subject]);
      return opened(rows);
    },
    async userOfEmail(organizationId: string, email: string): Promise<User | null> {
      const { rows } = await sql.query<UserRow>(`select ${USER} from auth."user" where organization_id = $1 and email_index = $2 for update`, [organizationId, await emailIndex(email)]);
      return opened(rows);
    },
    async linkFederated({ issuer, subject, organizationId }: FederatedPerson, userId: string, at: Date): Promise<void> {
      await sql.query('insert into auth.federated_identity (issuer, subject, user_id, organization_id, created_at) values ($1, $2, $3, $4, $5)', [issuer, subject, userId, organizationId, at]);
    },
  };
}
