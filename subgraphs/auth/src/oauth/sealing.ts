/** Encryption at rest of what would let a reader of the database sign in: AES-256-GCM with a key derived from a secret that is kept elsewhere. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export interface Sealing {
  /** `about` is what the text belongs to: sealed text that is moved elsewhere does not open. */
  seal(text: string, about: string): string;
  /** Throws for text that was changed, moved, or sealed with another key. */
  open(sealed: string, about: string): string;
  /** A keyed hash, base64url: the same for the same text, and useless without the key. */
  digest(text: string): string;
}

export function sealing(secret: string): Sealing {
  const derived = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, 'pms auth', purpose, KEY_BYTES));
  const [sealKey, digestKey] = [derived('seal'), derived('digest')];
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    },
    digest: (text) => createHmac('sha256', digestKey).update(text).digest('base64url'),
  };
}
