/**
 * Verifies access tokens: signature by the issuer's published keys, issuer, audience, expiry, and an asymmetric
 * algorithm (never `none`, never a shared secret). Used by the router and again by every subgraph.
 */
import { unauthenticated } from '@pms/errors';
import { createHash } from 'node:crypto';
import { decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { type ClaimRules, claimedPrincipal } from './claims.ts';
import { keySet } from './key-set.ts';
import { type Principal, principalFrom } from './principal.ts';

/** None that works with a shared secret: a public key would then be one. */
export const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;
export type Algorithm = (typeof algorithms)[number];

const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const VERIFIED_MAX = 10_000;
const VERIFIED_CHARACTERS_MAX = 16 * 1_024 * 1_024;
/** A token that verified is verified again after so long: its key may have been withdrawn. */
const VERIFIED_MS_MAX = 300_000;
const CLOCK_TOLERANCE_SECONDS = 2;
const TOKEN_CHARACTERS_MAX = 8_192;
const MS_PER_SECOND = 1_000;

export interface TrustedIssuer {
  readonly issuer: string;
  /** One of these must be the token's. */
  readonly audience: string | readonly string[];
  readonly keys: JWTVerifyGetKey;
  readonly algorithms?: readonly Algorithm[];
  readonly clockToleranceSeconds?: number;
  /** Of an issuer that is not our own: how its claims are read, and where it names the audience. */
  readonly foreign?: { readonly rules: ClaimRules; readonly audienceClaims: readonly string[] };
}

/** Resolves to who sent the header; `null` when there is none. Throws UNAUTHENTICATED for a token that does not verify. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

/** Keys fetched from a JWKS address, cached, and fetched anew when an unknown key id appears. */
export const remoteKeys = (url: string, get?: typeof fetch): JWTVerifyGetKey => keySet({ issuer: url, url, fetch: get });

export function authenticator(issuers: readonly TrustedIssuer[], now: () => number = Date.now): Authenticate {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new LRUCache<string, { readonly principal: Principal; readonly at: number }>({
    max: VERIFIED_MAX, maxSize: VERIFIED_CHARACTERS_MAX, sizeCalculation: (_, token) => token.length,
  });

  return async (authorization) => {
    if (authorization === undefined || authorization === '') return null;
    const token = tokenIn(authorization);
    const known = verified.get(token);
    if (known !== undefined && known.principal.expiresAt * MS_PER_SECOND > now() && now() - known.at < VERIFIED_MS_MAX) return known.principal;
    const principal = await verify(token, byName, now);
    verified.set(token, { principal, at: now() });
    return principal;
  };
}

function tokenIn(authorization: string): string {
  if (authorization.length > TOKEN_CHARACTERS_MAX) throw unauthenticated(`the token is longer than ${TOKEN_CHARACTERS_MAX} characters`);
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) throw unauthenticated('the authorization header holds no bearer token');
  return token;
}

/** Who says that the token is theirs; nothing is proven by it. */
export function issuerIn(authorization: string): string | undefined {
  try {
    return decodeJwt(tokenIn(authorization)).iss;
  } catch {
    return undefined;
  }
}

async function verify(token: string, issuers: ReadonlyMap<string, TrustedIssuer>, now: () => number): Promise<Principal> {
  try {
    const trusted = issuers.get(decodeJwt(token).iss ?? '');
    if (trusted === undefined) throw unauthenticated('the token is of an issuer that is not trusted');
    const { issuer, audience, keys, foreign, clockToleranceSeconds = CLOCK_TOLERANCE_SECONDS } = trusted;
    const { payload } = await jwtVerify(token, keys, {
      issuer, algorithms: [...(trusted.algorithms ?? ALGORITHMS)], clockTolerance: clockToleranceSeconds, currentDate: new Date(now()),
      ...(foreign === undefined ? { audience: [...audiences(audience)], requiredClaims: ['exp', 'sub', 'jti'] } : { requiredClaims: ['exp'] }),
    });
    if (foreign === undefined) return principalFrom(payload);
    if (!meantForUs(payload, foreign.audienceClaims, audiences(audience))) throw unauthenticated(OTHER_AUDIENCE);
    return claimedPrincipal(payload, foreign.rules, createHash('sha256').update(token).digest('base64url'));
  } catch (error) {
    throw unauthenticated(reasonOf(error));
  }
}

const OTHER_AUDIENCE = 'the token is not meant for this platform';

const audiences = (audience: string | readonly string[]): readonly string[] => (typeof audience === 'string' ? [audience] : audience);

/** The first of the claims that the token has decides. */
function meantForUs(payload: Readonly<Record<string, unknown>>, claims: readonly string[], ours: readonly string[]): boolean {
  const said = claims.map((claim) => payload[claim]).find((value) => value !== undefined);
  return (Array.isArray(said) ? said : [said]).some((one) => typeof one === 'string' && ours.includes(one));
}

/** Says which check failed, and nothing of the token. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWT_EXPIRED') return 'the token has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return OTHER_AUDIENCE;
  if (error instanceof Error && error.name === 'DomainError') return error.message;
  return 'the token does not verify';
}
