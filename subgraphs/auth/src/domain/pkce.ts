/** Proof Key for Code Exchange, RFC 7636. */
import { createHash } from 'node:crypto';

/** The challenge that is shown for a verifier that is kept, by the method S256 (section 4.2): base64url of its SHA-256, without padding. */
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier, 'ascii').digest('base64url');
