/** Which pages of other origins may read answers, and what their browsers are told. Absent settings: none, and nothing is said. */
import { sameOrigin } from '../security/authenticate.ts';
import type { HttpSettings } from './settings.ts';

type Headers = Readonly<Record<string, string>>;

export interface Cors {
  /** For an answer to a page of that origin; `null` where it may not read it. */
  answer(origin: string | undefined): Headers | null;
  /** For a browser that asks before it sends. */
  preflight(origin: string | undefined, requestHeaders: string | undefined): Headers | null;
  /** Whether a cookie that came along counts. */
  cookiesCount(origin: string | undefined, host: string | undefined): boolean;
}

const EXPOSED = 'x-correlation-id, x-pms-consistency, ratelimit, ratelimit-policy, retry-after';
const STANDARD_HEADERS = 'content-type, authorization, apollo-require-preflight, x-apollo-operation-name, x-correlation-id';
const HEADER_NAMES = /^[\w\-, ]{1,1024}$/;

const closed: Cors = { answer: () => null, preflight: () => null, cookiesCount: sameOrigin };

export function crossOrigin(settings: HttpSettings['cors']): Cors {
  if (settings === undefined) return closed;
  const { origins, credentials, maxAgeSeconds } = settings;
  const allowed = origins === '*' ? null : new Set(origins.map((origin) => new URL(origin).origin));
  const answer = (origin: string | undefined): Record<string, string> | null => {
    if (origin === undefined || (allowed !== null && !allowed.has(origin))) return null;
    return {
      'access-control-allow-origin': allowed === null ? '*' : origin, 'access-control-expose-headers': EXPOSED,
      ...(credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    };
  };
  return {
    answer,
    preflight(origin, requestHeaders) {
      const headers = answer(origin);
      if (headers === null) return null;
      return {
        ...headers, 'access-control-allow-methods': 'GET, POST', 'access-control-max-age': String(maxAgeSeconds),
        'access-control-allow-headers': requestHeaders !== undefined && HEADER_NAMES.test(requestHeaders) ? requestHeaders : STANDARD_HEADERS,
      };
    },
    cookiesCount: (origin, host) => sameOrigin(origin, host) || (credentials && origin !== undefined && allowed?.has(origin) === true),
  };
}
