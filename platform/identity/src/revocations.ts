/**
 * Access tokens that do not hold any longer although they have not expired. What is revoked is everything that a subject was issued up to a
 * moment, save at most one token; it is forgotten when all of that would have expired anyway. The same for the router and for every subgraph:
 * whoever believes a token asks here as well.
 */
import { DomainError, unauthenticated } from '@pms/errors';
import type { Principal } from './principal.ts';
import type { Authenticate } from './tokens.ts';

export interface Revocations {
  /** Asked for each request, so it answers from memory. */
  isRevoked(principal: Principal): boolean;
  /** False while it cannot be told what was revoked lately, and tokens are not to be believed for that reason. Absent: true. */
  known?(): boolean;
  /** Calls when something was revoked, and when that can no longer be told; the answer stops that. */
  onRevoked(listener: () => void): () => void;
}

export interface Revocation {
  readonly subject: string;
  /** Epoch ms. */
  readonly at: number;
  /** The id (`jti`) of the one token that goes on: of who changed their own password, for example. */
  readonly spared?: string | undefined;
}

export interface RevocationList extends Revocations {
  /** `at` in epoch ms. The latest moment counts; told again, or of an earlier one, it changes nothing. */
  revoke(subject: string, at: number, spared?: string): void;
  /** Whether it can be told what was revoked lately. */
  doubt(doubted: boolean): void;
  known(): boolean;
  size(): number;
}

/** How many subjects are remembered; one more takes the place of the one that was revoked first. */
const SUBJECTS_MAX = 100_000;
const MS_PER_SECOND = 1_000;
const RETRY_AFTER_MS = 1_000;

/** `tokenMsMax` is how long a token may live, at the most. */
export function revocationList(tokenMsMax: number, now: () => number = Date.now): RevocationList {
  const revoked = new Map<string, { readonly at: number; readonly spared: string | undefined }>();
  const listeners = new Set<() => void>();
  let doubted = false;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const forget = (): void => {
    for (const [subject, { at }] of revoked) {
      if (revoked.size <= SUBJECTS_MAX && at > now() - tokenMsMax) return; // in the order of their revocation
      revoked.delete(subject);
    }
  };
  return {
    size: () => revoked.size,
    known: () => !doubted,
    doubt(next) {
      if (next === doubted) return;
      doubted = next;
      if (doubted) tell();
    },
    // A token says in whole seconds when it was issued: one of the very second counts as issued before.
    isRevoked({ issuer, subject, tokenId, issuedAt = 0 }) {
      const found = issuer === undefined ? revoked.get(subject) : undefined; // the platform revokes its own tokens alone
      return found !== undefined && issuedAt <= Math.floor(found.at / MS_PER_SECOND) && tokenId !== found.spared;
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    revoke(subject, at, spared) {
      if ((revoked.get(subject)?.at ?? 0) >= at || at <= now() - tokenMsMax) return;
      revoked.delete(subject);
      revoked.set(subject, { at, spared });
      forget();
      tell();
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

/** Throws UNAUTHENTICATED, or SUBGRAPH_UNAVAILABLE where it cannot be told whether the token was revoked. */
export function refuseRevoked(principal: Principal | null, revocations: Revocations | undefined): void {
  if (principal === null || revocations === undefined) return;
  if (revocations.isRevoked(principal)) throw unauthenticated('the access token was revoked');
  if (isDoubted(principal, revocations)) throw doubtful();
}

/** Whether a token may have been revoked without our knowing; never one of another issuer, whose tokens nobody revokes here. */
export const isDoubted = ({ issuer }: Principal, revocations: Revocations): boolean => issuer === undefined && revocations.known?.() === false;

export const doubtful = (): DomainError =>
  new DomainError('SUBGRAPH_UNAVAILABLE', 'it cannot be told at the moment whether the access token was revoked', { reason: 'REVOCATIONS_UNKNOWN', retryAfterMs: RETRY_AFTER_MS });
