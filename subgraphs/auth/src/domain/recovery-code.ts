/** Codes that let a person in once who has lost their second factor: ten at a time, 80 bits each, in groups that can be copied by hand. */
import { base32 } from './totp.ts';

export const RECOVERY_CODES = 10;
export const RECOVERY_CODE_BYTES = 10;
const GROUPS = /.{4}/g;

/** Of random bytes. */
export const recoveryCode = (bytes: Uint8Array): string => (base32(bytes).match(GROUPS) ?? []).join('-');

/** As it is compared: whatever a person puts between the groups. Null for what cannot be one. */
export function recoveryCodeIn(text: string): string | null {
  const bare = text.toUpperCase().replaceAll(/[\s-]/g, '');
  return /^[A-Z2-7]{16}$/.test(bare) ? bare : null;
}
