/** Secrets that nobody chose: 256 random bits, base64url. */
import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
