/**
 * What is personal, sealed under a key of each person: AES-256-GCM with a data key that is itself wrapped by a key from configuration. Whoever holds a copy of the
 * database, of the events or of the audit trail reads nothing of it without that key; destroying a person's data key erases what was sealed under it wherever it lies.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type Sql, schemaOf } from '@pms/events/sql';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'sealed:1:';

export interface Person {
  readonly organizationId: string;
  /** `usr_…`, `inv_…` and the like. */
  readonly personId: string;
}

/** Null for what was sealed under a key that was destroyed. Text that was never sealed is given back as it is. Throws for text that was changed or moved. */
export type Opener = (person: Person, name: string, text: string) => string | null;

export interface PersonVault {
  /** Each text as it may be kept; a key is made for a person who has none. Null for one who was erased. `name` of a text is what it is, and it opens under that name alone. */
  seal<Name extends string>(sql: Sql, person: Person, texts: Readonly<Record<Name, string>>): Promise<Readonly<Record<Name, string>> | null>;
  /** Opens what was sealed for these people; all their keys are read at once. */
  opener(sql: Sql, people: readonly Person[]): Promise<Opener>;
  /** Destroys the person's key for good: no new one is ever made. False where it was destroyed before. */
  erase(sql: Sql, person: Person, at: Date): Promise<boolean>;
}

export const isSealed = (text: string): boolean => text.startsWith(PREFIX);

/** What wraps keys, out of the settings. */
export interface WrappingSecrets {
  secret(name: string): Promise<string>;
  givenSecret?(name: string): Promise<string | null>;
}

/** Keys are in `<domain's schema>.person_key`. What wraps them is in the settings. */
export function personVault(domain: string, settings: WrappingSecrets): PersonVault {
  const table = `${schemaOf(domain)}.person_key`;
  const { wrap, unwrap } = keyWrapping(settings);

  /** Null for a person whose key was destroyed. The row is the lock: of two who make a key at once, one makes it. */
  const keyOf = async (sql: Sql, person: Person): Promise<Buffer | null> => {
    const { organizationId, personId } = person;
    const made = await wrap(person, randomBytes(KEY_BYTES));
    await sql.query(`insert into ${table} (organization_id, person_id, wrapped_key, created_at) values ($1, $2, $3, now()) on conflict do nothing`, [organizationId, personId, made]);
    const { rows: [row] } = await sql.query<{ wrapped: string | null }>(
      `select wrapped_key as wrapped from ${table} where organization_id = $1 and person_id = $2 for share`, [organizationId, personId]);
    return row?.wrapped == null ? null : (await unwrap(person, row.wrapped)).key;
  };

  return {
    async seal(sql, person, texts) {
      const key = await keyOf(sql, person);
      if (key === null) return null;
      const sealed = Object.entries<string>(texts).map(([name, text]) => [name, `${PREFIX}${sealedWith(key, Buffer.from(text), nameOf(person, name))}`]);
      return Object.fromEntries(sealed) as typeof texts;
    },
    async opener(sql, people) {
      const { rows } = people.length === 0 ? { rows: [] } : await sql.query<{ organizationId: string; personId: string; wrapped: string }>(
        `select organization_id as "organizationId", person_id as "personId", wrapped_key as wrapped from ${table}
          where (organization_id, person_id) in (select * from unnest($1::text[], $2::text[])) and wrapped_key is not null`,
        [people.map(({ organizationId }) => organizationId), people.map(({ personId }) => personId)]);
      const keys = new Map(await Promise.all(rows.map(async ({ wrapped, ...person }) => [nameOf(person, 'key'), (await unwrap(person, wrapped)).key] as const)));
      return (person, name, text) => {
        if (!isSealed(text)) return text;
        const key = keys.get(nameOf(person, 'key'));
        return key === undefined ? null : openedWith(key, text.slice(PREFIX.length), nameOf(person, name)).toString('utf8');
      };
    },
    async erase(sql, { organizationId, personId }, at) {
      const { rowCount } = await sql.query(
        `insert into ${table} as k (organization_id, person_id, wrapped_key, created_at, destroyed_at) values ($1, $2, null, $3, $3)
         on conflict (organization_id, person_id) do update set wrapped_key = null, destroyed_at = $3 where k.destroyed_at is null`, [organizationId, personId, at]);
      return rowCount === 1;
    },
  };
}

export interface KeyWrapping {
  wrap(person: Person, key: Uint8Array): Promise<string>;
  /** `by`: the key that wraps what is new, or the other one that is accepted meanwhile. Throws where neither opens it. */
  unwrap(person: Person, wrapped: string): Promise<{ readonly key: Buffer; readonly by: 'current' | 'other' }>;
}

/** `person-keys` wraps; while it is exchanged for another one, `person-keys-other` is accepted besides, whichever of the two is the older. */
export function keyWrapping({ secret, givenSecret }: WrappingSecrets): KeyWrapping {
  const derived = (text: string): Buffer => Buffer.from(hkdfSync('sha256', text, 'pms person keys', 'wrap', KEY_BYTES));
  let current: Promise<Buffer> | undefined;
  let other: Promise<Buffer | null> | undefined;
  const currentKey = (): Promise<Buffer> => (current ??= secret('person-keys').then(derived));
  const otherKey = (): Promise<Buffer | null> => (other ??= Promise.resolve(givenSecret?.('person-keys-other') ?? null).then((text) => (text === null ? null : derived(text))));
  return {
    wrap: async (person, key) => sealedWith(await currentKey(), key, nameOf(person, 'key')),
    async unwrap(person, wrapped) {
      const about = nameOf(person, 'key');
      try {
        return { key: openedWith(await currentKey(), wrapped, about), by: 'current' };
      } catch (error) {
        const second = await otherKey();
        if (second === null) throw error;
        return { key: openedWith(second, wrapped, about), by: 'other' };
      }
    },
  };
}

const INDEX_BYTES = 24;

/** A keyed hash by which sealed text is found again, the same for the same text: it tells nobody without the secret what it is of. */
export function blindIndex(secret: () => Promise<string>, purpose: string): (text: string) => Promise<string> {
  let key: Promise<Buffer> | undefined;
  return async (text) => {
    key ??= secret().then((given) => Buffer.from(hkdfSync('sha256', given, 'pms person index', purpose, KEY_BYTES)));
    return createHmac('sha256', await key).update(text).digest().subarray(0, INDEX_BYTES).toString('base64url');
  };
}

const nameOf = ({ organizationId, personId }: Person, name: string): string => JSON.stringify([organizationId, personId, name]);

function sealedWith(key: Uint8Array, content: Uint8Array, about: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

function openedWith(key: Uint8Array, sealed: string, about: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
