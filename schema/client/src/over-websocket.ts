/** Subscriptions: one graphql-ws connection for all of them, opened with the first and closed after the last. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { fromErrors, type GraphqlError, PmsError } from './pms-error.ts';
import type { Tokens } from './tokens.ts';

const RECONNECTS_MAX = 5;
const RECONNECT_AFTER_MS = 100;
const RECONNECT_AFTER_MAX_MS = 5_000;
const ACKNOWLEDGED_WITHIN_MS = 10_000;
/** Close codes by which the platform refuses a connection's token. */
const REFUSED = new Set([4401, 4403]);

const delay = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** How both Node's own WebSocket and a browser's close event look. */
interface Closed {
  readonly code: number;
  readonly reason: string;
}
const isClosed = (value: unknown): value is Closed => typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'number';

export function socketClient(endpoint: URL, tokens: Tokens, webSocket: unknown): Client {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let sent: string | null = null;
  return createClient({
    url: url.href,
    webSocketImpl: webSocket,
    retryAttempts: RECONNECTS_MAX,
    retryWait: async (retries) => {
      await delay(retries === 0 ? 0 : Math.min(RECONNECT_AFTER_MS * 2 ** retries, RECONNECT_AFTER_MAX_MS) * (0.5 + Math.random() / 2));
    },
    connectionAckWaitTimeout: ACKNOWLEDGED_WITHIN_MS,
    connectionParams: async () => {
      sent = await tokens.current();
      return sent === null ? {} : { authorization: `Bearer ${sent}` };
    },
    shouldRetry: (event) => {
      if (!isClosed(event)) return true;
      return REFUSED.has(event.code) ? tokens.refused(sent) : event.code === 1006 || event.code === 1001 || event.code === 1012;
    },
  });
}

function asPmsError(thrown: unknown): unknown {
  if (thrown instanceof PmsError) return thrown;
  if (Array.isArray(thrown)) return fromErrors(thrown as GraphqlError[]);
  if (isClosed(thrown)) return new PmsError(REFUSED.has(thrown.code) ? 'UNAUTHENTICATED' : 'NETWORK', thrown.reason || `the connection closed with ${thrown.code}`, { cause: thrown });
  return new PmsError('NETWORK', 'the connection broke', { cause: thrown });
}

/** Ends when the platform completes it, when the loop is left, or when `signal` aborts (then it throws the signal's reason). */
export async function* subscription<Result, Variables>(
  client: Client,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  signal: AbortSignal | undefined,
): AsyncGenerator<Result, void, undefined> {
  signal?.throwIfAborted();
  const results = client.iterate<Result>({ query: print(document), variables: variables as Record<string, unknown> });
  const end = (): void => void results.return?.();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const { data, errors } of results) {
      if (errors !== undefined && errors.length > 0) throw fromErrors(errors, { data });
      if (data != null) yield data;
    }
  } catch (error) {
    throw asPmsError(error);
  } finally {
    signal?.removeEventListener('abort', end);
  }
  signal?.throwIfAborted();
}
