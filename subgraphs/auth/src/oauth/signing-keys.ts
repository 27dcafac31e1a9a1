/**
 * The keys that sign tokens. One is active; it is made when there is none. Rotation destroys the private half of the old
 * one and keeps publishing its public half until every token it signed has expired.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import type { KeyStore, NewKey } from '../store/key-store.ts';
import type { Sealing } from './sealing.ts';

export const SIGNING_ALGORITHM = 'RS256'; // the one that every client library takes by default, and the cheapest to verify
const MODULUS_BITS = 2048;
/** Another process learns of a rotation at the latest after this. */
const REMEMBERED_MS = 30_000;
/** Longer than any token lives, and than another process goes on signing with what it remembers. */
const PUBLISHED_AFTER_RETIREMENT_MS = 7_200_000;

export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly privateKey: CryptoKey;
}

export interface SigningKeys {
  active(): Promise<SigningKey>;
  /** Public halves only. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  rotate(): Promise<string>;
}

interface Known {
  readonly at: number;
  readonly active: SigningKey;
  readonly published: readonly JWK[];
}

export function signingKeys(store: KeyStore, sealing: () => Promise<Sealing>, now: () => Date): SigningKeys {
  let known: Promise<Known> | undefined;
  let readAt = 0;

  async function read(): Promise<Known> {
    const at = now();
    let keys = await store.published(at);
    if (keys[0]?.sealedPrivate == null) {
      await store.first(await newKey(await sealing(), at));
      keys = await store.published(at);
    }
    const [first] = keys;
    if (first?.sealedPrivate == null) throw new Error('there is no active signing key, although one was just made');
    const privateJwk = JSON.parse((await sealing()).open(first.sealedPrivate, first.kid)) as JWK;
    const privateKey = (await importJWK(privateJwk, SIGNING_ALGORITHM)) as CryptoKey;
    return { at: at.getTime(), active: { kid: first.kid, privateJwk, privateKey }, published: keys.map(({ publicJwk }) => publicJwk as JWK) };
  }

  function current(): Promise<Known> {
    const at = now().getTime();
    if (known === undefined || at - readAt > REMEMBERED_MS) {
      readAt = at;
      known = read();
      known.catch(() => { known = undefined; });
    }
    return known;
  }

  return {
    active: async () => (await current()).active,
    jwks: async () => ({ keys: (await current()).published }),
    async rotate() {
      await current(); // there is a key to retire
      const at = now();
      const key = await newKey(await sealing(), at);
      await store.rotate(key, new Date(at.getTime() + PUBLISHED_AFTER_RETIREMENT_MS));
      known = undefined;
      return key.kid;
    },
  };
}

async function newKey(sealing: Sealing, createdAt: Date): Promise<NewKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const about = { kid, use: 'sig', alg: SIGNING_ALGORITHM };
  return { kid, publicJwk: { ...publicJwk, ...about }, sealedPrivate: sealing.seal(JSON.stringify({ ...(await exportJWK(privateKey)), ...about }), kid), createdAt };
}
