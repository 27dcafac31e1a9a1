/**
 * Access tokens that do not hold any longer although they have not expired. What is revoked is everything that a subject was issued up to a
 * moment; it is forgotten when all of that would have expired anyway.
 */
import { unauthenticated } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import type { Authenticate } from './authenticate.ts';

export interface Revocations {
  isRevoked(principal: Principal): boolean;
  /** Calls when something was revoked; the answer stops that. */
  onRevoked(listener: () => void): () => void;
}

export interface RevocationList extends Revocations {
  /** `at` in epoch ms. Told again, it changes nothing. */
  revoke(subject: string, at: number): void;
  size(): number;
}

/** How many subjects are remembered; one more takes the place of the one that was revoked first. */
const SUBJECTS_MAX = 100_000;
const MS_PER_SECOND = 1_000;

/** `tokenMsMax` is how long a token may live, at the most. */
export function revocationList(tokenMsMax: number, now: () => number = Date.now): RevocationList {
  const revoked = new Map<string, number>();
  const listeners = new Set<() => void>();
  const forget = (): void => {
    for (const [subject, at] of revoked) {
      if (revoked.size <= SUBJECTS_MAX && at > now() - tokenMsMax) return; // in the order of their revocation
      revoked.delete(subject);
    }
  };
  return {
    size: () => revoked.size,
    // A token says in whole seconds when it was issued: one of the very second counts as issued before.
    isRevoked({ issuer, subject, issuedAt = 0 }) {
      const at = issuer === undefined ? revoked.get(subject) : undefined; // the platform revokes its own tokens alone
      return at !== undefined && issuedAt <= Math.floor(at / MS_PER_SECOND);
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    revoke(subject, at) {
      if ((revoked.get(subject) ?? 0) >= at || at <= now() - tokenMsMax) return;
      revoked.delete(subject);
      revoked.set(subject, at);
      forget();
      for (const listener of listeners) listener();
    },
  };
}

/** With revoked tokens refused as if they did not verify. */
export function unrevoked(authenticate: Authenticate | undefined, revocations: Revocations | undefined): Authenticate | undefined {
  if (authenticate === undefined || revocations === undefined) return authenticate;
  return async (authorization) => {
    const principal = await authenticate(authorization);
    refuseRevoked(principal, revocations);
    return principal;
  };
}

/** Throws UNAUTHENTICATED. */
export function refuseRevoked(principal: Principal | null, revocations: Revocations | undefined): void {
  if (principal !== null && revocations?.isRevoked(principal) === true) throw unauthenticated('the access token was revoked');
}
