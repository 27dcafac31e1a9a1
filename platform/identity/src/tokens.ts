/**
 * Verifies access tokens: signature by the issuer's published keys, issuer, audience, expiry, and an asymmetric
 * algorithm (never `none`, never a shared secret). Used by the router and again by every subgraph.
 */
import { unauthenticated } from '@pms/errors';
import { createRemoteJWKSet, decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Principal, principalFrom } from './principal.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const VERIFIED_MAX = 10_000;
const CLOCK_TOLERANCE_SECONDS = 2;

export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Resolves to who sent the header; `null` when there is none. Throws UNAUTHENTICATED for a token that does not verify. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

/** Keys fetched from a JWKS address, cached, and fetched anew when an unknown key id appears. */
export const remoteKeys = (url: string): JWTVerifyGetKey => createRemoteJWKSet(new URL(url));

export function authenticator(issuers: readonly TrustedIssuer[], now: () => number = Date.now): Authenticate {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new LRUCache<string, Principal>({ max: VERIFIED_MAX });

  return async (authorization) => {
    if (authorization === undefined || authorization === '') return null;
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization.trim())?.[1];
    if (token === undefined) throw unauthenticated('the authorization header holds no bearer token');
    const known = verified.get(token);
    if (known !== undefined && known.expiresAt * 1000 > now()) return known;
    const principal = await verify(token, byName, now);
    verified.set(token, principal);
    return principal;
  };
}

async function verify(token: string, issuers: ReadonlyMap<string, TrustedIssuer>, now: () => number): Promise<Principal> {
  try {
    const trusted = issuers.get(decodeJwt(token).iss ?? '');
    if (trusted === undefined) throw unauthenticated('the token is of an issuer that is not trusted');
    const { payload } = await jwtVerify(token, trusted.keys, {
      issuer: trusted.issuer, audience: trusted.audience, algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS, currentDate: new Date(now()), requiredClaims: ['exp', 'sub', 'jti'],
    });
    return principalFrom(payload);
  } catch (error) {
    throw unauthenticated(reasonOf(error));
  }
}

/** Says which check failed, and nothing of the token. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWT_EXPIRED') return 'the token has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return 'the token is not meant for this platform';
  if (error instanceof Error && error.name === 'DomainError') return error.message;
  return 'the token does not verify';
}
