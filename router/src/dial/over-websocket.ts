/**
 * Subscribes upstream over graphql-ws. A connection carries one token, so subscriptions of equal tokens share one;
 * it closes when its last subscription has ended. A lost connection ends its subscriptions with SourceLost: whether they can go on is
 * decided by who knows what may be missing.
 */
import { DomainError } from '@pms/errors';
import { type Client, createClient } from 'graphql-ws';
import { type ClientOptions, WebSocket } from 'ws';
import type { Certificates } from './certificates.ts';
import { type RequestContext, SourceLost, type SubgraphRequest, type SubgraphResult, type Transport } from './transport.ts';

const KEEP_ALIVE_MS = 10_000;
const LINGER_MS = 5_000;
const ACK_MS_MAX = 5_000;
const CONNECTIONS_MAX = 1_000;

export interface WebsocketDial {
  dial(subgraph: { readonly name: string; readonly url: string }, certificates?: () => Certificates): Pick<Transport, 'subscribe'>;
  close(): Promise<void>;
}

interface Upstream {
  readonly name: string;
  readonly url: string;
  readonly certificates: (() => Certificates) | undefined;
}

/** A connection; `acknowledged` counts how often it was made. */
interface Connected {
  readonly client: Client;
  acknowledged: number;
  open: boolean;
}

export function overWebsocket(): WebsocketDial {
  const clients = new Map<string, Connected>();
  const clientFor = ({ name, url, certificates }: Upstream, context: RequestContext): Connected => {
    const key = `${url}\n${context.token ?? ''}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    if (clients.size >= CONNECTIONS_MAX) throw new DomainError('SUBGRAPH_UNAVAILABLE', `${name} has too many subscribers`);
    const made = connectionTo({ url, certificates }, context, () => {
      if (clients.get(key) === made) clients.delete(key);
    });
    clients.set(key, made);
    return made;
  };
  return {
    dial: ({ name, url }, certificates) => ({
      async subscribe({ query, variables, operationName }: SubgraphRequest, context) {
        const connected = clientFor({ name, url: url.replace(/^http/, 'ws'), certificates }, context);
        const before = connected.open ? 0 : connected.acknowledged + 1;
        const source = connected.client.iterate({
          query, ...(variables === undefined ? {} : { variables }), ...(operationName === undefined ? {} : { operationName }), ...extensionsOf(context),
        });
        return resultsOf(name, source as AsyncIterableIterator<SubgraphResult>, () => connected.acknowledged >= before);
      },
    }),
    async close() {
      for (const { client } of clients.values()) await client.dispose();
      clients.clear();
    },
  };
}

/** Trace context, by message: a connection outlives many traces. */
function extensionsOf({ traceparent, tracestate, baggage }: RequestContext): { readonly extensions?: Record<string, string> } {
  if (traceparent === undefined && baggage === undefined) return {};
  return { extensions: { ...(traceparent === undefined ? {} : { traceparent }), ...(tracestate === undefined ? {} : { tracestate }), ...(baggage === undefined ? {} : { baggage }) } };
}

/** A websocket that shows a certificate of its own, and trusts those that it is told of. */
const showing = (certificates: () => Certificates) => class extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions) {
    super(address, protocols, { ...options, ...certificates() });
  }
};

/** Nothing is reconnected here: events may have been missed. */
function connectionTo({ url, certificates }: Omit<Upstream, 'name'>, { token, correlationId }: RequestContext, closed: () => void): Connected {
  const client = createClient({
    url, webSocketImpl: certificates === undefined ? WebSocket : showing(certificates), lazy: true, lazyCloseTimeout: LINGER_MS, keepAlive: KEEP_ALIVE_MS, retryAttempts: 0, connectionAckWaitTimeout: ACK_MS_MAX,
    connectionParams: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), correlationId },
    onNonLazyError: () => {},
    on: {
      connected() {
        made.acknowledged += 1;
        made.open = true;
      },
      closed() {
        made.open = false;
        closed();
      },
    },
  });
  const made: Connected = { client, acknowledged: 0, open: false };
  return made;
}

/** Not a generator: `return` must reach the source even while its next event is awaited. */
function resultsOf(name: string, source: AsyncIterableIterator<SubgraphResult>, begun: () => boolean): AsyncIterable<SubgraphResult> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<SubgraphResult>> {
        try {
          return await source.next();
        } catch (error) {
          if (Array.isArray(error)) return refused(error as NonNullable<SubgraphResult['errors']>);
          if (begun()) throw new SourceLost(`${name} ended the subscription: ${causeOf(error)}`);
          throw new DomainError('SUBGRAPH_UNAVAILABLE', `${name} did not answer`, { cause: causeOf(error) });
        }
      },
      async return(): Promise<IteratorResult<SubgraphResult>> {
        await source.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** The subgraph refused the operation: that is an answer, and the last one. */
const refused = (errors: NonNullable<SubgraphResult['errors']>): IteratorResult<SubgraphResult> => ({ done: false, value: { errors } });

const causeOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  return error !== null && typeof error === 'object' && 'code' in error ? `closed with ${String(error.code)}` : String(error);
};
