/** The public API as the load sees it: one answer, one refusal, or nothing known. Nothing is tried twice here. */
import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MS_MAX = 20_000;
const AGAIN_FIRST_MS = 100;
const AGAIN_MS_MAX = 2_000;
const CREDENTIALS = { clientId: 'demo', clientSecret: 'demo-secret' };

export type Answered<Data> =
  | { readonly end: 'answered'; readonly data: Data }
  /** The platform said no: nothing was done. */
  | { readonly end: 'refused'; readonly code: string; readonly message: string }
  /** The connection broke, or a part of the platform could not say: done or not. */
  | { readonly end: 'unknown'; readonly problem: string };

export interface Asking {
  /** How often nothing was known, by what was told instead of an answer: a code, or how the connection failed. */
  readonly problems: ReadonlyMap<string, number>;
  ask<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answered<Data>>;
}

interface Body<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Codes by which the request as it stands was refused before anything was done. */
const REFUSALS = new Set(['BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND', 'OPERATION_TOO_COMPLEX', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']);

export function asking(url: string): Asking {
  let token: Promise<string> | null = null;
  const problems = new Map<string, number>();
  const unknown = (code: string, message: string): { end: 'unknown'; problem: string } => {
    problems.set(code, (problems.get(code) ?? 0) + 1);
    return { end: 'unknown', problem: `${code}: ${message}` };
  };
  return {
    problems,
    async ask<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answered<Data>> {
      token ??= newToken(url);
      const used = token;
      try {
        const response = await fetch(new URL('/graphql', url), {
          method: 'POST', body: JSON.stringify({ query, variables }), signal: AbortSignal.timeout(ANSWER_MS_MAX),
          headers: { 'content-type': 'application/json', authorization: `Bearer ${await used}` },
        });
        if (response.status === 401 && token === used) token = null;
        return endOf((await response.json()) as Body<Data>, unknown);
      } catch (error) {
        if (token === used && (await used.then(() => false, () => true))) token = null;
        return error instanceof Error ? unknown(error.name, error.message) : unknown('Error', String(error));
      }
    },
  };
}

function endOf<Data>({ data, errors = [] }: Body<Data>, unknown: (code: string, message: string) => Answered<Data>): Answered<Data> {
  const [error] = errors;
  if (error === undefined) return data == null ? unknown('NO_DATA', 'neither data nor errors') : { end: 'answered', data };
  const code = error.extensions?.code ?? 'NO_CODE';
  return REFUSALS.has(code) ? { end: 'refused', code, message: error.message } : unknown(code, error.message);
}

async function newToken(url: string): Promise<string> {
  const { clientId, clientSecret } = CREDENTIALS;
  const response = await fetch(new URL('/oauth2/token', url), {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no token: status ${String(response.status)}`);
  return body.access_token;
}

export interface Insisted<Data> {
  readonly answer: Answered<Data>;
  readonly attempts: number;
}

/** The same request again until the platform has said yes or no, or until `over` says that it is time to stop. */
export async function insist<Data>(once: () => Promise<Answered<Data>>, over: () => boolean): Promise<Insisted<Data>> {
  let wait = AGAIN_FIRST_MS;
  for (let attempts = 1; ; attempts += 1) {
    const answer = await once();
    if (answer.end !== 'unknown' || over()) return { answer, attempts };
    await delay(wait);
    wait = Math.min(wait * 2, AGAIN_MS_MAX);
  }
}
