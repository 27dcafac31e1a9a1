/** Queries and mutations: GraphQL over HTTP POST. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { fromErrors, type GraphqlError, PmsError } from './pms-error.ts';
import type { Tokens } from './tokens.ts';

const REQUEST_TIMEOUT_MS = 60_000;

export interface RequestOptions {
  /** Ends the request; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Way {
  readonly endpoint: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly tokens: Tokens;
  /** What the last mutation wrote, which the next request has to see; undefined where that is not wanted. */
  readonly written?: { token: string | null };
}

const CONSISTENCY = 'x-pms-consistency';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

const secondsToMs = (text: string | null): number | undefined => (text !== null && /^\d+$/.test(text) ? Number(text) * 1000 : undefined);

async function send(way: Way, body: string, token: string | null, options: RequestOptions): Promise<Response> {
  const signals = [AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...(options.signal === undefined ? [] : [options.signal])];
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(way.written?.token == null ? {} : { [CONSISTENCY]: way.written.token }),
    ...options.headers,
  };
  try {
    const response = await way.fetch(way.endpoint, { method: 'POST', headers, body, signal: AbortSignal.any(signals) });
    if (way.written !== undefined) way.written.token = response.headers.get(CONSISTENCY) ?? way.written.token;
    return response;
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new PmsError('NETWORK', `no answer from ${way.endpoint.href}`, { cause });
  }
}

/** Throws PmsError whenever the answer has errors, even if there is data beside them. */
async function dataOf(response: Response, endpoint: URL): Promise<unknown> {
  const details = {
    correlationId: response.headers.get('x-correlation-id') ?? undefined,
    retryAfterMs: secondsToMs(response.headers.get('retry-after')),
  };
  const answer = (await response.json().catch(() => null)) as Answer | null;
  if (answer?.errors !== undefined && answer.errors.length > 0) throw fromErrors(answer.errors, { ...details, data: answer.data });
  if (response.status === 401) throw new PmsError('UNAUTHENTICATED', 'the platform refused the token', details);
  if (response.status === 429) throw new PmsError('RATE_LIMITED', 'too many requests', details);
  if (!response.ok || answer?.data == null) throw new PmsError('PROTOCOL', `${endpoint.href} answered ${response.status} without data`, details);
  return answer.data;
}

/** What a change led to could not be handled: no waiting helps, and what is asked next is told what is there. */
const wasPutAside = (error: unknown): boolean => error instanceof PmsError && error.errors.some(({ extensions }) => extensions?.['code'] === 'STALE_READ' && extensions['putAside'] !== undefined);

/** A refused token is replaced once, where that is possible; nothing else is tried twice. */
export async function request<Result, Variables>(way: Way, document: TypedDocumentNode<Result, Variables>, variables: Variables, options: RequestOptions): Promise<Result> {
  const body = JSON.stringify({ query: print(document), variables });
  for (let renewed = false; ; renewed = true) {
    const token = await way.tokens.current();
    const presented = way.written?.token;
    try {
      return (await dataOf(await send(way, body, token, options), way.endpoint)) as Result;
    } catch (error) {
      if (way.written !== undefined && way.written.token === presented && wasPutAside(error)) way.written.token = null;
      const refused = error instanceof PmsError && error.code === 'UNAUTHENTICATED';
      if (!refused || renewed || !way.tokens.refused(token)) throw error;
    }
  }
}
