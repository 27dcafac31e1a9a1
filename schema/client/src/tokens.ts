/** Where the client's access token comes from: given, or fetched with client credentials and renewed before it runs out. */
import { PmsError } from './pms-error.ts';

/** Renewed this long before its end, so that no request carries a token that runs out on the way. */
const RENEW_BEFORE_MS = 30_000;
const TOKEN_TIMEOUT_MS = 10_000;

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** All that the service client may have, unless given. */
  readonly scopes?: readonly string[];
}

/** A token, or a function that gives a valid one whenever it is asked. */
export type TokenSource = string | (() => string | Promise<string>);

export interface Tokens {
  /** Null for a client without identity. */
  current(): Promise<string | null>;
  /** Tells that the platform refused this token. True when another one can be had. */
  refused(token: string | null): boolean;
}

export function givenToken(source: TokenSource | undefined): Tokens {
  return {
    current: async () => (typeof source === 'function' ? source() : (source ?? null)),
    refused: () => false,
  };
}

interface Issued {
  readonly token: string;
  readonly renewAt: number;
}

/** One fetch at a time, however many requests wait for it. */
export function credentialTokens(url: URL, credentials: Credentials, fetch: typeof globalThis.fetch): Tokens {
  let issued: Promise<Issued> | null = null;
  let last: string | null = null;

  async function fresh(): Promise<Issued> {
    const known = await issued?.catch(() => null);
    if (known != null && Date.now() < known.renewAt) return known;
    return fetchToken(url, credentials, fetch);
  }

  let pending: Promise<Issued> | null = null;
  return {
    async current() {
      pending ??= fresh().finally(() => { pending = null; });
      const now = pending;
      issued = now;
      last = (await now).token;
      return last;
    },
    refused(token) {
      if (token !== null && token === last) issued = null;
      return true;
    },
  };
}

async function fetchToken(url: URL, { clientId, clientSecret, scopes }: Credentials, fetch: typeof globalThis.fetch): Promise<Issued> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scopes === undefined ? {} : { scope: scopes.join(' ') }) });
  const basic = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  const headers = { authorization: `Basic ${basic}`, accept: 'application/json' };
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS) });
  } catch (cause) {
    throw new PmsError('NETWORK', `no token from ${url.href}`, { cause });
  }
  const answer = (await response.json().catch(() => ({}))) as { access_token?: string; expires_in?: number; error?: string; error_description?: string };
  if (!response.ok) throw new PmsError('UNAUTHENTICATED', answer.error_description ?? answer.error ?? `the token endpoint answered ${response.status}`);
  if (answer.access_token === undefined) throw new PmsError('PROTOCOL', `${url.href} answered without an access token`);
  const lifetimeMs = (answer.expires_in ?? 0) * 1000;
  // A short-lived token is renewed half way.
  return { token: answer.access_token, renewAt: Date.now() + Math.max(lifetimeMs - RENEW_BEFORE_MS, lifetimeMs / 2) };
}
