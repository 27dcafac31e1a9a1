/**
 * A thin client of the platform's API: typed documents in, data out, one kind of error. It keeps nothing but a token and a connection.
 * Refusals of business are data (`userErrors` in a mutation's payload) and are not thrown.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { request, type RequestOptions } from './over-http.ts';
import { socketClient, subscription } from './over-websocket.ts';
import { type Credentials, credentialTokens, givenToken, type TokenSource } from './tokens.ts';

export { type GraphqlError, PmsError, type PmsErrorCode } from './pms-error.ts';
export type { RequestOptions } from './over-http.ts';
export type { Credentials, TokenSource } from './tokens.ts';

export interface ClientOptions {
  /** Where the platform is, for example http://127.0.0.1:4000; its API is at /graphql there. */
  readonly url: string;
  readonly token?: TokenSource;
  /** Instead of a token: fetched from /oauth2/token and renewed in time. */
  readonly credentials?: Credentials;
  /**
   * Each request sees what the last mutation of this client wrote and what came of it, in every domain; it may have to wait for that, or end with STALE_READ. With `putAside`
   * among that error's extensions nothing would help but an operator: it is said once, and requests after it see what is there.
   */
  readonly readsItsWrites?: boolean;
  readonly fetch?: typeof globalThis.fetch;
  /** A WebSocket class, where the runtime has none of its own. */
  readonly webSocket?: unknown;
}

/** Variables may be left out where the operation has none that it needs. */
type VariablesOf<Variables> = Record<string, never> extends Variables ? [variables?: Variables, options?: RequestOptions] : [variables: Variables, options?: RequestOptions];

export interface PmsClient {
  query<Result, Variables>(document: TypedDocumentNode<Result, Variables>, ...rest: VariablesOf<Variables>): Promise<Result>;
  mutate<Result, Variables>(document: TypedDocumentNode<Result, Variables>, ...rest: VariablesOf<Variables>): Promise<Result>;
  subscribe<Result, Variables>(document: TypedDocumentNode<Result, Variables>, ...rest: VariablesOf<Variables>): AsyncIterable<Result>;
  /** The token that the next request would carry; null for a client without identity. */
  token(): Promise<string | null>;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

export function createClient(options: ClientOptions): PmsClient {
  const fetch = options.fetch ?? globalThis.fetch;
  const endpoint = new URL('/graphql', options.url);
  const tokens = options.credentials === undefined ? givenToken(options.token) : credentialTokens(new URL('/oauth2/token', options.url), options.credentials, fetch);
  const way = { endpoint, fetch, tokens, ...(options.readsItsWrites === true ? { written: { token: null } } : {}) };
  const socket = socketClient(endpoint, tokens, options.webSocket ?? globalThis.WebSocket);
  const ask: PmsClient['query'] = (document, ...[variables, requestOptions]) => request(way, document, variables ?? ({} as never), requestOptions ?? {});
  return {
    query: ask,
    mutate: ask,
    subscribe: (document, ...[variables, requestOptions]) => subscription(socket, document, variables ?? ({} as never), requestOptions?.signal),
    token: () => tokens.current(),
    async close() {
      await socket.dispose();
    },
  };
}
