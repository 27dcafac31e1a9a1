/** The public API as the demo world uses it: one endpoint, one token per account, patience where it asks for patience. */
import { setTimeout as delay } from 'node:timers/promises';
import { signIn, tokenOfClient } from './sign-in.ts';

/** Somebody who may call the API. Throws ApiError for errors; user errors are part of the answer. */
export type Ask = <Data>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Data>;

export interface Accounts {
  readonly service: Ask;
  readonly admin: Ask;
  readonly manager: Ask;
  readonly trader: Ask;
  readonly compliance: Ask;
}

export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const REQUEST_TIMEOUT_MS = 60_000;
const TRIES_MAX = 8;
const PATIENCE_MAX_MS = 10_000;
/** A part of the platform that was slow to answer: every request here may be repeated as it is. */
const WORTH_ANOTHER_TRY = new Set(['RATE_LIMITED', 'SUBGRAPH_UNAVAILABLE']);

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
}

/** Signs the service client in: it alone is asked whether there is anything to do. */
export const serviceAccount = async (url: string, signal: AbortSignal): Promise<Ask> =>
  asking(url, await tokenOfClient(url, { id: 'demo', secret: 'demo-secret' }, signal), signal);

export async function accounts(url: string, service: Ask, signal: AbortSignal): Promise<Accounts> {
  const user = async (name: string): Promise<Ask> => asking(url, await signIn(url, { email: `${name}@demo.example`, password: 'demo' }, signal), signal);
  const [admin, manager, trader, compliance] = await Promise.all([user('admin'), user('manager'), user('trader'), user('compliance')]);
  return { service, admin, manager, trader, compliance };
}

function asking(url: string, token: string, signal: AbortSignal): Ask {
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>> = {}) => {
    for (let tries = 1; ; tries += 1) {
      const { data, errors = [] } = await post(url, token, { query, variables }, signal);
      const [error] = errors;
      if (error === undefined) return data as Data;
      const code = error.extensions?.code ?? '';
      if (!WORTH_ANOTHER_TRY.has(code) || tries === TRIES_MAX) throw new ApiError(`${code} ${error.message}`.trim());
      await delay(Math.min(error.extensions?.retryAfterMs ?? 250 * tries, PATIENCE_MAX_MS), undefined, { signal });
    }
  };
}

async function post(url: string, token: string, body: object, signal: AbortSignal): Promise<{ readonly data?: unknown; readonly errors?: readonly GraphqlError[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body), signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  return await response.json() as Awaited<ReturnType<typeof post>>;
}

/** Throws ApiError when a mutation was refused, unless for a reason that the caller expects. */
export function accepted<Payload extends { readonly userErrors: readonly UserError[] }>(payload: Payload, expected: readonly string[] = []): Payload {
  const refused = payload.userErrors.find(({ code }) => !expected.includes(code));
  if (refused !== undefined) throw new ApiError(`${refused.code} ${refused.message} (${refused.path.join('.')})`);
  return payload;
}

export interface Wait {
  readonly signal: AbortSignal;
  readonly stepMs: number;
  readonly maxMs: number;
}

/** Reads until it holds; null when it did not within the time. */
export async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean, { signal, stepMs, maxMs }: Wait): Promise<T | null> {
  const end = performance.now() + maxMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() >= end) return null;
    await delay(stepMs, undefined, { signal });
  }
}
