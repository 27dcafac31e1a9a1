/**
 * A checkpoint: the Merkle root over the first `size` entries of a chain at a moment, signed with Ed25519. Kept outside of the database it proves later that none of
 * those entries was changed, removed or put in between, also against somebody who holds the database and every secret of the day after.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

export interface Checkpoint {
  readonly organizationId: string;
  readonly size: number;
  /** RFC 6962, hexadecimal. */
  readonly rootHash: string;
  /** RFC 3339. */
  readonly takenAt: string;
}

export interface SignedCheckpoint extends Checkpoint {
  /** Hexadecimal. */
  readonly signature: string;
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same secret is the same key. */
export function signingKey(secret: string): KeyObject {
  const seed = createHash('sha256').update('pms audit checkpoint\n').update(secret).digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** PEM, for those who verify. */
export const publicKeyOf = (key: KeyObject): string => createPublicKey(key).export({ format: 'pem', type: 'spki' });

const signedText = ({ organizationId, size, rootHash, takenAt }: Checkpoint): Buffer => Buffer.from(canonicalJson({ organizationId, size, rootHash, takenAt }));

export const signedBy = (checkpoint: Checkpoint, key: KeyObject): SignedCheckpoint =>
  ({ ...checkpoint, signature: sign(null, signedText(checkpoint), key).toString('hex') });

/** `publicKey` is PEM. */
export const signatureHolds = (checkpoint: SignedCheckpoint, publicKey: string): boolean =>
  verify(null, signedText(checkpoint), createPublicKey(publicKey), Buffer.from(checkpoint.signature, 'hex'));
