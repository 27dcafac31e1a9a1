/**
 * Finds out who sends a request: by the authorization header, or by a browser's session cookie where the process
 * that starts the router can turn one into a token. Throws UNAUTHENTICATED for a token that was sent on purpose and does not verify.
 */
import { DomainError } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';

export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

/** The access token behind a session cookie; `null` when the cookie header holds no session. */
export type SessionToken = (cookies: string) => Promise<string | null>;

export interface Identity {
  readonly principal: Principal | null;
  /** As it came, without `Bearer`: it is passed on to the subgraphs, which verify it again. */
  readonly token: string | null;
}

export interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookies?: string | undefined;
}

export type Identify = (credentials: Credentials) => Promise<Identity>;

export function identifier(authenticate: Authenticate | undefined, sessionToken: SessionToken | undefined): Identify {
  const proven = async (authorization: string): Promise<Identity> => ({
    principal: authenticate === undefined ? null : await authenticate(authorization),
    token: /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? null,
  });
  return async ({ authorization, cookies }) => {
    if (authorization !== undefined && authorization !== '') return proven(authorization);
    const token = cookies === undefined ? null : await sessionToken?.(cookies) ?? null;
    return token === null ? nobody : proven(`Bearer ${token}`).catch(signedOut);
  };
}

const nobody: Identity = { principal: null, token: null };

/** A browser sends a cookie whether it means to or not: one that does not hold any longer is as none, and its owner can still sign in. */
function signedOut(error: unknown): Identity {
  if (error instanceof DomainError && error.code === 'UNAUTHENTICATED') return nobody;
  throw error;
}

/** Whether a browser's request comes from a page of this very server; cookies count for nothing from anywhere else. */
export function sameOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true; // not a browser's cross-site request: those say where they come from
  return URL.canParse(origin) && new URL(origin).host === host;
}
