/** What people hold, in software: an authenticator app; and a WebAuthn authenticator: an ES256 key, `none` attestation, a counter that can be set, and everything it says open to being wrong. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { hotp, stepOf } from '../src/domain/totp.ts';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;
const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Base32, as apps are given secrets. */
export function decoded(secret: string): Buffer {
  let bits = '';
  for (const character of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** `aside`: so many steps of time later. */
export const appCode = (secret: string, at: Date, aside = 0): string => hotp(decoded(secret), stepOf(at) + aside);

/** As much of RFC 8949 as an attestation needs. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number): Buffer => (n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]));
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value as object);
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, of]) => [cbor(key), cbor(of)])]);
}

export interface Said {
  readonly origin?: string;
  readonly rpId?: string;
  readonly verified?: boolean;
  readonly challenge?: string;
}

export function authenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const state = { counter: 0, user: '' };
  const data = (rpId: string, flags: number, more: Buffer = Buffer.alloc(0)): Buffer => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(state.counter);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter, more]);
  };
  const flagsOf = ({ verified = true }: Said): number => USER_PRESENT | (verified ? USER_VERIFIED : 0);
  const credential = (response: object) => ({ id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', clientExtensionResults: {}, response });
  const client = (type: string, challenge: string, said: Said): string => text({ type, challenge: said.challenge ?? challenge, origin: said.origin ?? origin, crossOrigin: false });
  return {
    state,
    id: id.toString('base64url'),
    /** What `navigator.credentials.create` would give. */
    create(options: { challenge: string; rp: { id: string }; user: { id: string } }, said: Said = {}) {
      state.user = options.user.id;
      const key = cbor(new Map<number, unknown>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')]]));
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const authData = data(said.rpId ?? options.rp.id, flagsOf(said) | ATTESTED, attested);
      return credential({ clientDataJSON: client('webauthn.create', options.challenge, said), attestationObject: cbor({ fmt: 'none', attStmt: {}, authData }).toString('base64url'), transports: ['internal'] });
    },
    /** What `navigator.credentials.get` would give; counts up. */
    get(options: { challenge: string; rpId: string }, said: Said = {}) {
      state.counter += 1;
      const clientDataJSON = client('webauthn.get', options.challenge, said);
      const authenticatorData = data(said.rpId ?? options.rpId, flagsOf(said));
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
      return credential({
        clientDataJSON, authenticatorData: authenticatorData.toString('base64url'), userHandle: state.user,
        signature: sign('sha256', Buffer.concat([authenticatorData, hash]), privateKey).toString('base64url'),
      });
    },
  };
}
