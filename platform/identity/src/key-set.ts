/**
 * An issuer's published keys: fetched when first needed and anew from time to time and when a token names a key that is not known, so that keys rotate
 * without a restart. What was fetched is used while the issuer cannot be reached.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

export interface KeySetOptions {
  readonly issuer: string;
  /** Where the keys are; found by the issuer's OpenID configuration unless said. */
  readonly url?: string | undefined;
  readonly now?: () => number;
  /** For a server that wants to know who asks. */
  readonly fetch?: typeof fetch | undefined;
  /** Told once for each time that the issuer went away. */
  readonly unreachable?: (reason: string) => void;
}

const FETCH_MS_MAX = 5_000;
const BYTES_MAX = 512 * 1_024;
/** A key that is withdrawn is believed so long at most, where the issuer can be reached. */
const FRESH_MS = 600_000;
/** Tokens with made-up key ids must not make this ask all the time. */
const COOLDOWN_MS = 10_000;
/** While there are none yet: the issuer may be starting. */
const FIRST_COOLDOWN_MS = 1_000;

type Local = ReturnType<typeof createLocalJWKSet>;

export function keySet({ issuer, url, now = Date.now, fetch: get = fetch, unreachable = () => {} }: KeySetOptions): JWTVerifyGetKey {
  let keys: { readonly find: Local; readonly at: number } | null = null;
  let asked = Number.NEGATIVE_INFINITY;
  let away = false;
  let fetching: Promise<void> | null = null;

  const refresh = (): Promise<void> => fetching ??= (async () => {
    asked = now();
    try {
      const set = await fetched(url ?? await discovered(issuer, get), get) as unknown as JSONWebKeySet;
      keys = { find: createLocalJWKSet(set), at: now() };
      away = false;
    } catch (error) {
      if (!away) unreachable(error instanceof Error ? error.message : String(error));
      away = true;
    } finally {
      fetching = null;
    }
  })();
  const mayAsk = (): boolean => fetching !== null || now() - asked >= (keys === null ? FIRST_COOLDOWN_MS : COOLDOWN_MS);

  return async (header, token) => {
    if (keys === null && mayAsk()) await refresh();
    else if (keys !== null && now() - keys.at >= FRESH_MS && mayAsk()) void refresh(); // nobody waits for what is only growing old
    if (keys === null) throw new errors.JWKSTimeout('the keys of the issuer cannot be fetched');
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayAsk()) throw error;
      await refresh();
      return keys.find(header, token);
    }
  };
}

/** Throws for a configuration that is of another issuer: its keys would be as well. */
async function discovered(issuer: string, get: typeof fetch): Promise<string> {
  const configuration = await fetched(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, get);
  if (configuration['issuer'] !== issuer) throw new Error('the OpenID configuration is of another issuer');
  const { jwks_uri: url } = configuration;
  if (typeof url !== 'string' || !/^https?:$/.test(new URL(url).protocol)) throw new Error('the OpenID configuration names no keys');
  return url;
}

async function fetched(url: string, get: typeof fetch): Promise<Record<string, unknown>> {
  const response = await get(url, { signal: AbortSignal.timeout(FETCH_MS_MAX), redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  let text = '';
  for await (const chunk of (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > BYTES_MAX) throw new Error(`${url} answers more than ${BYTES_MAX} bytes`);
  }
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object') throw new Error(`${url} answers no object`);
  return value as Record<string, unknown>;
}
