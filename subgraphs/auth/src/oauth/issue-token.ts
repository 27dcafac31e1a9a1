/** Signs an access token without asking for a password: for people at the command line of their own development platform. */
import { badInput, DomainError, notFound } from '@pms/errors';
import { SignJWT } from 'jose';
import { asEmail } from '../domain/user.ts';
import type { AuthStore } from '../store/auth-store.ts';
import { type Claims, AUDIENCE, SERVICE_TOKEN_SECONDS, USER_TOKEN_SECONDS } from './access-token.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts';

export type TokenFor = { readonly email: string } | { readonly clientId: string };

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface IssueParts {
  readonly issuer: string;
  readonly production: boolean;
  readonly store: AuthStore;
  readonly claims: Claims;
  readonly keys: SigningKeys;
  newId(kind: string): string;
  now(): Date;
}

/** Throws FORBIDDEN in production, NOT_FOUND for an account that does not exist. */
export async function issueToken(parts: IssueParts, whom: TokenFor): Promise<IssuedToken> {
  if (parts.production) throw new DomainError('FORBIDDEN', 'in production tokens are given to those who sign in, and to nobody else');
  const claims = await claimsOf(parts, whom);
  const { kid, privateKey } = await parts.keys.active();
  const issuedAt = Math.floor(parts.now().getTime() / 1_000);
  const expires = issuedAt + (claims.token_use === 'USER' ? USER_TOKEN_SECONDS : SERVICE_TOKEN_SECONDS);
  const token = await new SignJWT({ ...claims, client_id: 'pms-cli' })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'at+jwt' })
    .setIssuer(parts.issuer).setAudience(AUDIENCE).setJti(parts.newId('tok')).setIssuedAt(issuedAt).setExpirationTime(expires).sign(privateKey);
  return { token, expiresAt: new Date(expires * 1_000) };
}

async function claimsOf({ store, claims }: IssueParts, whom: TokenFor) {
  if ('email' in whom) {
    if (whom.email === '') throw badInput('name the user by their e-mail address');
    const found = await store.userByEmail(asEmail(whom.email));
    const said = found === null ? null : await claims.forUser(found.user.id);
    if (said === null) throw notFound('user', whom.email);
    return said;
  }
  const said = await claims.forService(whom.clientId);
  if (said === null) throw notFound('service client', whom.clientId);
  return said;
}
