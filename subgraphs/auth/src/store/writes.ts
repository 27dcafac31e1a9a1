/** What a transaction on people, programs and organisations may do. */
import type { Work } from '@pms/events/unit-of-work';
import type { Organization } from '../domain/organization.ts';
import type { ServiceClient } from '../domain/service-client.ts';
import type { User } from '../domain/user.ts';
import { erasing } from './erasing.ts';
import { factorWrites } from './factor-store.ts';
import { federatedWrites } from './federated-writes.ts';
import { investorWrites } from './investor-writes.ts';
import type { PeopleKeys } from './people-keys.ts';
import { personOf, toServiceClient, toUser, USER_COLUMNS as USER, type UserRow } from './rows.ts';

export type AuthWrites = ReturnType<typeof writes>;

const CLIENT = `id, organization_id as "organizationId", client_id as "clientId", name, scopes, created_at as "createdAt", secret_rotated_at as "secretRotatedAt",
  previous_secret_valid_until as "previousSecretValidUntil"`;

export interface NewSecret {
  readonly secretHash: string;
  readonly at: Date;
  /** Until when the one before holds beside it; null: no longer. */
  readonly previousUntil: Date | null;
}

/** What of a person goes into rows and events: sealed under the person's key. */
export interface SealedPerson {
  readonly email: string;
  readonly displayName: string;
}

export function writes({ sql, outbox, firstSights }: Work, people: PeopleKeys) {
  return {
    outbox,
    firstSights,
    ...factorWrites(sql),
    ...federatedWrites(sql, people),
    ...erasing(sql, people),
    ...investorWrites(sql),

    /** False when there is one of that id. */
    async insertOrganization({ id, name, createdAt }: Organization): Promise<boolean> {
      const { rowCount } = await sql.query(
        'insert into auth.organization (id, name, created_at) values ($1, $2, $3) on conflict (id) do nothing', [id, name, createdAt]);
      return rowCount === 1;
    },

    /** What of the user may be told in events; null when somebody has the e-mail address. */
    async insertUser(user: User, passwordHash: string): Promise<SealedPerson | null> {
      const index = await people.emailIndex(user.email);
      const sealed = await people.vault.seal(sql, personOf(user), { email: user.email, displayName: user.displayName });
      if (sealed === null) return null;
      const { rowCount } = await sql.query(
        `insert into auth."user" (id, organization_id, email, email_index, display_name, roles, investor_ids, password_hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (email_index) do nothing`,
        [user.id, user.organizationId, sealed.email, index, sealed.displayName, user.roles, user.investorIds, passwordHash, user.createdAt]);
      return rowCount === 1 ? sealed : null;
    },

    /** False when one has the client id. */
    async insertServiceClient(client: ServiceClient, secretHash: string): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into auth.service_client (id, organization_id, client_id, name, scopes, secret_hash, created_at, secret_rotated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (client_id) do nothing`,
        [client.id, client.organizationId, client.clientId, client.name, client.scopes, secretHash, client.createdAt, client.secretRotatedAt]);
      return rowCount === 1;
    },

    async userForUpdate(organizationId: string, id: string): Promise<User | null> {
      const { rows } = await sql.query<UserRow>(`select ${USER} from auth."user" where organization_id = $1 and id = $2 and erased_at is null for update`, [organizationId, id]);
      return rows[0] === undefined ? null : toUser(rows[0], await people.vault.opener(sql, rows.map(personOf)));
    },

    /** ADMINs of the organisation besides one user; they are locked, so that two last ADMINs cannot resign at once. */
    async otherAdmins(organizationId: string, userId: string): Promise<number> {
      const { rows } = await sql.query<{ id: string }>(
        `select id from auth."user" where organization_id = $1 and 'ADMIN' = any (roles) order by id for update`, [organizationId]);
      return rows.filter(({ id }) => id !== userId).length;
    },

    saveRoles: async ({ id, roles }: User): Promise<void> => void (await sql.query('update auth."user" set roles = $2 where id = $1', [id, roles])),
    savePassword: async (userId: string, passwordHash: string): Promise<void> =>
      void (await sql.query('update auth."user" set password_hash = $2 where id = $1', [userId, passwordHash])),
    sawUser: async (userId: string, at: Date): Promise<void> =>
      void (await sql.query('update auth."user" set last_signed_in_at = $2 where id = $1', [userId, at])),

    /** Null when there is none in the organisation. */
    async replaceSecret(organizationId: string, serviceClientId: string, { secretHash, at, previousUntil }: NewSecret): Promise<ServiceClient | null> {
      const { rows } = await sql.query<ServiceClient>(
        `update auth.service_client set secret_hash = $3, secret_rotated_at = $4, previous_secret_valid_until = $5::timestamptz,
           previous_secret_hash = case when $5::timestamptz is null then null else secret_hash end
         where organization_id = $1 and id = $2 returning ${CLIENT}`,
        [organizationId, serviceClientId, secretHash, at, previousUntil]);
      return rows[0] === undefined ? null : toServiceClient(rows[0]);
    },

    /** The secret before holds no longer. Null when there is no such client in the organisation. */
    async dropPreviousSecret(organizationId: string, serviceClientId: string): Promise<ServiceClient | null> {
      const { rows } = await sql.query<ServiceClient>(
        `update auth.service_client set previous_secret_hash = null, previous_secret_valid_until = null where organization_id = $1 and id = $2 returning ${CLIENT}`,
        [organizationId, serviceClientId]);
      return rows[0] === undefined ? null : toServiceClient(rows[0]);
    },
    /** Their access tokens hold no longer, for those who ask; save one, where its id is given. The later of two revocations counts. */
    async revokeTokens(subject: string, at: Date, spared: string | null = null): Promise<void> {
      await sql.query(
        `insert into auth.revocation (subject, at, spared) values ($1, $2, $3)
         on conflict (subject) do update set at = excluded.at, spared = excluded.spared where revocation.at <= excluded.at`, [subject, at, spared]);
    },

    /** Everything that lets the user stay signed in; resolves to how many sessions and refresh tokens were among it. */
    async endSessions(userId: string): Promise<number> {
      const { rows } = await sql.query<{ model: string }>('delete from auth.oauth_artifact where account_id = $1 returning model', [userId]);
      return rows.filter(({ model }) => model === 'Session' || model === 'RefreshToken').length;
    },
  };
}
