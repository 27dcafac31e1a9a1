/** Signing keys. At most one is active, which the database enforces; the public half of a retired one is published for a while. */
import type { Sql, Transactions } from '@pms/events/sql';

export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Null once it is retired. */
  readonly sealedPrivate: string | null;
}

export interface NewKey extends StoredKey {
  readonly sealedPrivate: string;
  readonly createdAt: Date;
}

export type KeyStore = ReturnType<typeof keyStore>;

const KEY = 'kid, public_jwk as "publicJwk", sealed_private as "sealedPrivate"';
/** One change of keys at a time, over all processes. */
const KEYS_LOCK = 4_120_001;

export function keyStore(database: Sql & Transactions) {
  const insert = (sql: Sql, { kid, publicJwk, sealedPrivate, createdAt }: NewKey) =>
    sql.query('insert into auth.signing_key (kid, public_jwk, sealed_private, created_at) values ($1, $2, $3, $4)', [kid, JSON.stringify(publicJwk), sealedPrivate, createdAt]);
  return {
    /** The active one first, then those that are still published. */
    async published(at: Date): Promise<StoredKey[]> {
      const { rows } = await database.query<StoredKey>(
        `select ${KEY} from auth.signing_key where publish_until is null or publish_until > $1 order by retired_at is not null, created_at desc`, [at]);
      return rows;
    },
    /** Keeps `key` unless there is an active one already. */
    first: (key: NewKey): Promise<void> =>
      database.transaction(async (sql) => {
        await sql.query('select pg_advisory_xact_lock($1)', [KEYS_LOCK]);
        const { rows } = await sql.query('select 1 from auth.signing_key where retired_at is null');
        if (rows.length === 0) await insert(sql, key);
      }),
    /** Retires the active key, whose private half is destroyed, and puts `key` in its place. */
    rotate: (key: NewKey, publishOldUntil: Date): Promise<void> =>
      database.transaction(async (sql) => {
        await sql.query('select pg_advisory_xact_lock($1)', [KEYS_LOCK]);
        await sql.query(
          'update auth.signing_key set retired_at = $1, publish_until = $2, sealed_private = null where retired_at is null', [key.createdAt, publishOldUntil]);
        await insert(sql, key);
      }),
    sweep: async (at: Date): Promise<void> => void (await database.query('delete from auth.signing_key where publish_until <= $1', [at])),
  };
}
