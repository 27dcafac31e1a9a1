/** Second factors of users. What may be used once is spent by the statement that asks for it, so that two at once are not both first. */
import type { Sql } from '@pms/events/sql';
import type { Passkey } from '../domain/passkey.ts';
import type { User } from '../domain/user.ts';

export interface StoredTotp {
  readonly sealedSecret: string;
  readonly lastStep: number;
  readonly confirmed: boolean;
}

export interface HeldFactors {
  readonly totp: boolean;
  readonly passkeys: readonly Passkey[];
  readonly recoveryCodesLeft: number;
}

export type FactorStore = ReturnType<typeof factorStore>;

const PASSKEY = `id, user_id as "userId", organization_id as "organizationId", name, public_key as "publicKey", counter, transports, created_at as "createdAt", last_used_at as "lastUsedAt"`;
type PasskeyRow = Omit<Passkey, 'counter' | 'publicKey'> & { readonly counter: string | number; readonly publicKey: Uint8Array };
const toPasskey = (row: PasskeyRow): Passkey => ({ ...row, counter: Number(row.counter), publicKey: new Uint8Array(row.publicKey) });

export function factorStore(sql: Sql) {
  return {
    async totp(userId: string): Promise<StoredTotp | null> {
      const { rows } = await sql.query<{ sealedSecret: string; lastStep: string; confirmed: boolean }>(
        'select sealed_secret as "sealedSecret", last_step::text as "lastStep", confirmed_at is not null as confirmed from auth.totp where user_id = $1', [userId]);
      return rows[0] === undefined ? null : { ...rows[0], lastStep: Number(rows[0].lastStep) };
    },
    async held(userId: string): Promise<HeldFactors> {
      const { rows: [counts] } = await sql.query<{ totp: boolean; left: number }>(
        `select exists (select from auth.totp where user_id = $1 and confirmed_at is not null) as totp,
           (select count(*)::int from auth.recovery_code where user_id = $1 and used_at is null) as left`, [userId]);
      const { rows } = await sql.query<PasskeyRow>(`select ${PASSKEY} from auth.passkey where user_id = $1 order by created_at, id`, [userId]);
      return { totp: counts?.totp === true, passkeys: rows.map(toPasskey), recoveryCodesLeft: counts?.left ?? 0 };
    },
    async passkey(id: string): Promise<Passkey | null> {
      const { rows } = await sql.query<PasskeyRow>(`select ${PASSKEY} from auth.passkey where id = $1`, [id]);
      return rows[0] === undefined ? null : toPasskey(rows[0]);
    },
    /** False when a code was taken for that step, or a later one, already. */
    async spendStep(userId: string, step: number): Promise<boolean> {
      const { rowCount } = await sql.query('update auth.totp set last_step = $2 where user_id = $1 and last_step < $2', [userId, step]);
      return rowCount === 1;
    },
    /** False when there is no such code, or it was used before. */
    async spendRecoveryCode(userId: string, digest: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query('update auth.recovery_code set used_at = $3 where user_id = $1 and digest = $2 and used_at is null', [userId, digest, at]);
      return rowCount === 1;
    },
    /** False when a later use was seen meanwhile: somebody has a copy of the authenticator. */
    async usePasskey(id: string, counter: number, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query('update auth.passkey set counter = $2, last_used_at = $3 where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))', [id, counter, at]);
      return rowCount === 1;
    },
  };
}

export function factorWrites(sql: Sql) {
  return {
    /** A secret that is not confirmed yet; it takes the place of one that was not confirmed either. False when a confirmed one is there. */
    async proposeTotp({ id, organizationId }: User, sealedSecret: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into auth.totp (user_id, organization_id, sealed_secret, created_at) values ($1, $2, $3, $4)
         on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at where totp.confirmed_at is null`,
        [id, organizationId, sealedSecret, at]);
      return rowCount === 1;
    },
    async confirmTotp(userId: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query('update auth.totp set confirmed_at = $2 where user_id = $1 and confirmed_at is null', [userId, at]);
      return rowCount === 1;
    },
    async removeTotp(userId: string): Promise<boolean> {
      const { rowCount } = await sql.query('delete from auth.totp where user_id = $1 and confirmed_at is not null', [userId]);
      return rowCount === 1;
    },
    async replaceRecoveryCodes({ id, organizationId }: User, digests: readonly string[], at: Date): Promise<void> {
      await sql.query('delete from auth.recovery_code where user_id = $1', [id]);
      await sql.query('insert into auth.recovery_code (user_id, digest, organization_id, created_at) select $1, unnest($3::text[]), $2, $4', [id, organizationId, digests, at]);
    },
    /** False when somebody has that credential already. */
    async insertPasskey({ id, userId, organizationId, name, publicKey, counter, transports, createdAt }: Passkey): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into auth.passkey (id, user_id, organization_id, name, public_key, counter, transports, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (id) do nothing`, [id, userId, organizationId, name, Buffer.from(publicKey), counter, transports, createdAt]);
      return rowCount === 1;
    },
    async removePasskey(userId: string, id: string): Promise<boolean> {
      const { rowCount } = await sql.query('delete from auth.passkey where user_id = $1 and id = $2', [userId, id]);
      return rowCount === 1;
    },
    /** Codes are of no use, and no longer true, where there is no factor that they stand in for. */
    async dropIdleRecoveryCodes(userId: string): Promise<void> {
      await sql.query(
        `delete from auth.recovery_code where user_id = $1 and not exists (select from auth.passkey where user_id = $1)
           and not exists (select from auth.totp where user_id = $1 and confirmed_at is not null)`, [userId]);
    },
    async removeFactors(userId: string): Promise<number> {
      const { rowCount: codes } = await sql.query('delete from auth.totp where user_id = $1', [userId]);
      const { rowCount: keys } = await sql.query('delete from auth.passkey where user_id = $1', [userId]);
      await sql.query('delete from auth.recovery_code where user_id = $1', [userId]);
      return (codes ?? 0) + (keys ?? 0);
    },
  };
}
