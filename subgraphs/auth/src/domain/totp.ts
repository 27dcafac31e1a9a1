/**
 * One-time passwords from a shared secret: HOTP (RFC 4226) over steps of time, which is TOTP (RFC 6238). Steps of 30 s, six digits, SHA-1, as the
 * authenticator apps know it. A code is taken one step early or late, and never for a step that one was taken for before.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_SECONDS = 30;
const DIGITS = 6;
/** Clocks differ, and people type slowly. */
const STEPS_ASIDE = 1;
const OFFSET_MASK = 0x0f;
const SIGN_MASK = 0x7f_ff_ff_ff;
const COUNTER_BYTES = 8;
const MS_PER_SECOND = 1_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BITS_PER_CHARACTER = 5;
const BITS_PER_BYTE = 8;

export type HmacHash = 'sha1' | 'sha256' | 'sha512';

/** RFC 4226, section 5.3: the truncated HMAC of the counter, in decimal. */
export function hotp(secret: Uint8Array, counter: number, digits: number = DIGITS, hash: HmacHash = 'sha1'): string {
  const moving = Buffer.alloc(COUNTER_BYTES);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(hash, secret).update(moving).digest();
  const offset = (mac.at(-1) ?? 0) & OFFSET_MASK;
  return String((mac.readUInt32BE(offset) & SIGN_MASK) % 10 ** digits).padStart(digits, '0');
}

/** RFC 6238, section 4.2: which step of time an instant is in. */
export const stepOf = (at: Date): number => Math.floor(at.getTime() / MS_PER_SECOND / STEP_SECONDS);

/** The step that the code is good for; null for a wrong code, one of another time, or one of a step not after `lastStep`. */
export function acceptedStep(secret: Uint8Array, code: string, at: Date, lastStep: number): number | null {
  const now = stepOf(at);
  let accepted: number | null = null;
  // every step is worked out, whichever it is: how long it takes says nothing
  for (let step = now - STEPS_ASIDE; step <= now + STEPS_ASIDE; step += 1) if (equal(hotp(secret, step), code) && step > lastStep) accepted = step;
  return accepted;
}

function equal(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** RFC 4648, without padding: as apps are given secrets. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << BITS_PER_BYTE) | byte;
    bits += BITS_PER_BYTE;
    for (; bits >= BITS_PER_CHARACTER; bits -= BITS_PER_CHARACTER) text += ALPHABET[(held >> (bits - BITS_PER_CHARACTER)) & (ALPHABET.length - 1)] ?? '';
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + (ALPHABET[(held << (BITS_PER_CHARACTER - bits)) & (ALPHABET.length - 1)] ?? '');
}

/** What an authenticator app reads from a QR code. */
export const otpauthUri = (secret: Uint8Array, account: string, issuer: string): string =>
  `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${new URLSearchParams({
    secret: base32(secret), issuer, algorithm: 'SHA1', digits: String(DIGITS), period: String(STEP_SECONDS),
  }).toString().replaceAll('+', '%20')}`;
