/**
 * Finds out who sends a request: by the authorization header, or by a browser's session cookie where the process
 * that starts the router can turn one into a token. Throws UNAUTHENTICATED for a token that does not verify.
 */
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
  return async ({ authorization, cookies }) => {
    const given = authorization !== undefined && authorization !== '' ? authorization : await fromSession(sessionToken, cookies);
    if (given === null) return { principal: null, token: null };
    const principal = authenticate === undefined ? null : await authenticate(given);
    return { principal, token: /^Bearer\s+(\S+)$/i.exec(given)?.[1] ?? null };
  };
}

async function fromSession(sessionToken: SessionToken | undefined, cookies: string | undefined): Promise<string | null> {
  if (sessionToken === undefined || cookies === undefined) return null;
  const token = await sessionToken(cookies);
  return token === null ? null : `Bearer ${token}`;
}

/** Whether a browser's request comes from a page of this very server; cookies count for nothing from anywhere else. */
export function sameOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true; // not a browser's cross-site request: those say where they come from
  return URL.canParse(origin) && new URL(origin).host === host;
}
