/**
 * Reaches subgraphs over HTTP: one bounded pool of kept-alive connections an origin, time-outs, reads tried again,
 * a breaker that stops asking a subgraph that is down. Subscriptions go over graphql-ws on the same path.
 */
import { DomainError } from '@pms/errors';
import {
  type CircuitBreakerPolicy, circuitBreaker, ConsecutiveBreaker, BrokenCircuitError, ExponentialBackoff, handleWhen, type IPolicy, retry, wrap,
} from 'cockatiel';
import { Pool } from 'undici';
import { overWebsocket } from './over-websocket.ts';
import type { Dial, RequestContext, SubgraphRequest, SubgraphResult, Transport } from './transport.ts';

const CONNECTIONS_MAX = 128;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
const CONNECT_MS_MAX = 2_000;
const READ_MS_MAX = 30_000;
const MUTATION_MS_MAX = 60_000;
const RETRIES_MAX = 2;
const RETRY_AFTER_MS = 50;
const RETRY_AFTER_MS_MAX = 500;
const FAILURES_UNTIL_OPEN = 10;
const OPEN_MS = 5_000;
const KEEP_ALIVE_MS = 30_000;

const BUSY = new Set([502, 503, 504]);
const RETRYABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED', 'ENOTFOUND', 'EAI_AGAIN']);

export interface HttpOptions {
  /**
   * Whether identical reads that are under way for one token are one request. Off: a read that joins one begun
   * before a change may not see the change.
   */
  readonly shareReads?: boolean;
}

export interface HttpDial {
  readonly dial: Dial;
  close(): Promise<void>;
}

/** No answer, or one that is not GraphQL. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly again: boolean;

  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

export function overHttp({ shareReads = false }: HttpOptions = {}): HttpDial {
  const pools = new Map<string, Pool>();
  const poolFor = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (pool === undefined) pools.set(origin, pool = new Pool(origin, {
      connections: CONNECTIONS_MAX, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS, maxResponseSize: RESPONSE_BYTES_MAX, connect: { timeout: CONNECT_MS_MAX },
    }));
    return pool;
  };
  const websockets = overWebsocket();
  return {
    dial({ name, url }) {
      if (!URL.canParse(url)) throw new Error(`the supergraph gives no address for the subgraph "${name}": "${url}"`);
      return transportTo({ name, url: new URL(url), shareReads }, poolFor, websockets.dial({ name, url }));
    },
    async close() {
      await websockets.close();
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

interface Target { readonly name: string; readonly url: URL; readonly shareReads: boolean }

function transportTo({ name, url, shareReads }: Target, poolFor: (origin: string) => Pool, { subscribe }: Pick<Transport, 'subscribe'>): Transport {
  const breaker = breakerOf();
  const reads = wrap(retryOf(), breaker);
  const path = url.pathname + url.search;
  const underWay = new Map<string, Promise<string>>();

  const ask = (body: string, kind: SubgraphRequest['kind'], context: RequestContext): Promise<string> => {
    const policy: IPolicy = kind === 'query' ? reads : breaker;
    return policy.execute(() => post(name, poolFor(url.origin), path, { body, kind }, context));
  };
  /** Goes on when one of those who wait goes away. */
  const share = (body: string, { principal, token, correlationId, traceparent }: RequestContext): Promise<string> => {
    const context = { principal, token, correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
    const key = `${token ?? ''}\n${body}`;
    let answer = underWay.get(key);
    if (answer === undefined) underWay.set(key, answer = ask(body, 'query', context).finally(() => underWay.delete(key)));
    return answer;
  };
  return {
    subscribe,
    async execute({ query, variables, operationName, kind }, context) {
      const body = JSON.stringify({ query, variables, operationName });
      try {
        return answerOf(name, await (shareReads && kind === 'query' ? share(body, context) : ask(body, kind, context)));
      } catch (error) {
        context.signal?.throwIfAborted();
        if (error instanceof BrokenCircuitError) throw down(name, 'it is not asked while it is down');
        throw down(name, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Failures of the way there count; a client that went away does not, and neither does an error in the answer. */
const failed = handleWhen((error) => !(error instanceof Error && error.name === 'AbortError'));
const breakerOf = (): CircuitBreakerPolicy => circuitBreaker(failed, { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_UNTIL_OPEN) });
const retryOf = (): IPolicy => retry(handleWhen((error) => error instanceof NoAnswer && error.again), {
  maxAttempts: RETRIES_MAX, backoff: new ExponentialBackoff({ initialDelay: RETRY_AFTER_MS, maxDelay: RETRY_AFTER_MS_MAX }),
});

const down = (name: string, cause: string): DomainError => new DomainError('SUBGRAPH_UNAVAILABLE', `${name} did not answer`, { cause });

interface Outgoing { readonly body: string; readonly kind: SubgraphRequest['kind'] }

/** The text of an answer that may be GraphQL. */
async function post(name: string, pool: Pool, path: string, { body, kind }: Outgoing, context: RequestContext): Promise<string> {
  const timeout = kind === 'query' ? READ_MS_MAX : MUTATION_MS_MAX;
  try {
    const response = await pool.request({
      method: 'POST', path, headers: headersFor(context), body,
      headersTimeout: timeout, bodyTimeout: timeout, ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    const text = await response.body.text();
    // Any status may carry an answer; without one, only those of a busy or restarting server are tried again.
    if (!text.startsWith('{')) throw new NoAnswer(`${name} answered ${response.statusCode} and no GraphQL`, BUSY.has(response.statusCode));
    return text;
  } catch (error) {
    if (error instanceof NoAnswer || context.signal?.aborted === true) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new NoAnswer(error instanceof Error ? error.message : String(error), RETRYABLE.has(code));
  }
}

function headersFor({ token, correlationId, traceparent }: RequestContext): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9', 'x-correlation-id': correlationId,
  };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  return headers;
}

/** Read anew by each who waited for the text: what is in it is put into their own response. */
function answerOf(name: string, text: string): SubgraphResult {
  const answer: unknown = JSON.parse(text);
  if (answer === null || typeof answer !== 'object' || !('data' in answer || 'errors' in answer)) throw new NoAnswer(`${name} answered JSON and no GraphQL`, false);
  return answer as SubgraphResult; // taken key by key, and nothing of it is trusted to be there
}
