/**
 * What a user proves besides their password: a code of their authenticator app, or one of their recovery codes. Each works once; failures are
 * counted as those of passwords are, before the code is looked at.
 */
import { randomBytes } from 'node:crypto';
import { RECOVERY_CODE_BYTES, RECOVERY_CODES, recoveryCode, recoveryCodeIn } from '../domain/recovery-code.ts';
import { acceptedStep, base32, otpauthUri } from '../domain/totp.ts';
import type { User } from '../domain/user.ts';
import type { FactorStore, HeldFactors } from '../store/factor-store.ts';
import type { Sealing } from './sealing.ts';

/** RFC 4226, section 4: as long as the hash. */
const SECRET_BYTES = 20;

export interface ProposedTotp {
  /** Base32, for those who cannot scan. */
  readonly secret: string;
  readonly uri: string;
  /** What is kept. */
  readonly sealed: string;
}

export type Method = 'otp' | 'recovery';

export interface SecondFactors {
  of(userId: string): Promise<HeldFactors>;
  /** Whether a password alone does not sign the user in. */
  needed(userId: string): Promise<boolean>;
  propose(user: User): Promise<ProposedTotp>;
  /** Spends the code of an app, whether it was confirmed or (`confirmed: false`) is to be. */
  spendCode(userId: string, code: string, confirmed: boolean): Promise<boolean>;
  /** Spends a code of either kind; null for a wrong one. */
  spend(userId: string, code: string): Promise<Method | null>;
  /** `digests` are kept, `codes` are shown this once. */
  recoveryCodes(): Promise<{ readonly codes: readonly string[]; readonly digests: readonly string[] }>;
}

export interface FactorParts {
  readonly factors: FactorStore;
  readonly issuer: string;
  sealing(): Promise<Sealing>;
  now(): Date;
}

export function secondFactors({ factors, issuer, sealing, now }: FactorParts): SecondFactors {
  const about = (userId: string): string => `totp of ${userId}`;
  const digestOf = async (code: string): Promise<string> => (await sealing()).digest(`recovery code:${code}`);
  const spendCode = async (userId: string, code: string, confirmed: boolean): Promise<boolean> => {
    const found = await factors.totp(userId);
    if (found?.confirmed !== confirmed) return false;
    const secret = Buffer.from((await sealing()).open(found.sealedSecret, about(userId)), 'base64url');
    const step = acceptedStep(secret, code.replaceAll(/\s/g, ''), now(), found.lastStep);
    return step !== null && factors.spendStep(userId, step);
  };
  return {
    of: (userId) => factors.held(userId),
    async needed(userId) {
      const { totp, passkeys } = await factors.held(userId);
      return totp || passkeys.length > 0;
    },
    async propose({ id, email }) {
      const secret = randomBytes(SECRET_BYTES);
      return { secret: base32(secret), uri: otpauthUri(secret, email, `PMS (${new URL(issuer).hostname})`), sealed: (await sealing()).seal(secret.toString('base64url'), about(id)) };
    },
    spendCode,
    async spend(userId, code) {
      const recovery = recoveryCodeIn(code);
      if (recovery !== null) return (await factors.spendRecoveryCode(userId, await digestOf(recovery), now())) ? 'recovery' : null;
      return (await spendCode(userId, code, true)) ? 'otp' : null;
    },
    async recoveryCodes() {
      const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(RECOVERY_CODE_BYTES)));
      return { codes, digests: await Promise.all(codes.map((code) => digestOf(recoveryCodeIn(code) ?? ''))) };
    },
  };
}
