/**
 * Reaches subgraphs over HTTP: one bounded pool of kept-alive connections an origin, time-outs, answers that are
 * GraphQL or none. Redirects are not followed. Subscriptions go over graphql-ws on the same path.
 */
import { certificatesOf } from './certificates.ts';
import { exchange, type HttpAnswer } from './exchange.ts';
import { remembered } from '../remembered.ts';
import { overWebsocket } from './over-websocket.ts';
import { standardSubgraph, type SubgraphSettings } from './settings.ts';
import { type Connections, connectionsTo } from '../wire/connections.ts';
import type { Content } from '../wire/response-body.ts';
import { type Dial, NoAnswer, type RequestContext, type SubgraphResult, type Transport } from './transport.ts';

const MS_PER_SECOND = 1_000;

/** Of a server that is busy, or not yet or no longer there. */
const BUSY = new Set([429, 502, 503, 504]);
const GRAPHQL = /^application\/(?:graphql-response\+)?json(?:\s*;|\s*$)/i;

export interface HttpDial {
  readonly dial: Dial;
  close(): Promise<void>;
}

export function overHttp(): HttpDial {
  const pools = new Map<string, Connections>();
  const poolFor = (url: URL, settings: SubgraphSettings): Connections => {
    const { connectMsMax, caFile, certFile, keyFile } = settings;
    const key = [url.origin, connectMsMax, caFile, certFile, keyFile].join(' ');
    let pool = pools.get(key);
    if (pool === undefined) pools.set(key, pool = connectionsTo({ url, connectMsMax, certificates: certificatesOf(settings) }));
    return pool;
  };
  const websockets = overWebsocket();
  return {
    dial({ name, url: address }, settings = standardSubgraph) {
      if (!URL.canParse(address)) throw new Error(`the supergraph gives no address for the subgraph "${name}": "${address}"`);
      const url = new URL(address);
      return { ...transportTo(url, poolFor(url, settings), settings), ...websockets.dial({ name, url: address }, certificatesOf(settings)) };
    },
    async close() {
      await websockets.close();
      for (const pool of pools.values()) pool.close();
    },
  };
}

function transportTo(url: URL, connections: Connections, settings: SubgraphSettings): Pick<Transport, 'execute'> {
  const headFor = headOf(url, settings.headers);
  return {
    async execute({ query, variables, variablesText, operationName, kind, expected, keepBytes = false }, context) {
      const body = `{"query":${JSON.stringify(query)},"variables":${variablesText ?? JSON.stringify(variables ?? {})}${operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`}}`;
      const bytes = Buffer.byteLength(body);
      return resultOf(await exchange(connections, { text: headFor(context, bytes) + body, ascii: bytes === body.length }, {
        timeoutMs: kind === 'query' ? settings.timeoutMs : settings.mutationTimeoutMs, bytesMax: settings.responseBytesMax, signal: context.signal,
      }), { expected: expected?.bytes, keepBytes });
    },
  };
}

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** What would end a line or is not ASCII would be read as something else. */
const UNSAFE = /[^\t\x20-\x7e]/;

/** A value that cannot be a header's is left out. */
const line = (name: string, value: string): string => (UNSAFE.test(value) ? '' : `${name}: ${value}\r\n`);

const TOKENS_KEPT_MAX = 1_000;
const authorization = remembered(TOKENS_KEPT_MAX, (token) => line('authorization', `Bearer ${token}`));

function headOf(url: URL, { pass, set }: SubgraphSettings['headers']): (context: RequestContext, bodyBytes: number) => string {
  const always = { host: url.host, ...set, 'content-type': 'application/json', accept: ACCEPT };
  const start = `POST ${url.pathname}${url.search} HTTP/1.1\r\n${Object.entries(always).map(([name, value]) => line(name, value)).join('')}`;
  return ({ token, correlationId, traceparent, tracestate, baggage, passed }, bodyBytes) => {
    let head = `${start}content-length: ${bodyBytes}\r\n${line('x-correlation-id', correlationId)}`;
    if (token !== null) head += authorization(token);
    if (traceparent !== undefined) head += line('traceparent', traceparent);
    if (tracestate !== undefined) head += line('tracestate', tracestate);
    if (baggage !== undefined) head += line('baggage', baggage);
    if (passed !== undefined) for (const name of pass) if (passed[name] !== undefined) head += line(name, passed[name]);
    return `${head}\r\n`;
  };
}

interface Wanted { readonly expected: Buffer | undefined; readonly keepBytes: boolean }

/** Any status may carry an answer; without one, only those of a busy or restarting server are worth another attempt. */
function resultOf({ status, headers, content }: HttpAnswer, { expected, keepBytes }: Wanted): SubgraphResult {
  const type = headers['content-type'];
  const answer: SubgraphResult | null = expected !== undefined && mayBeGraphql(type) && content.is(expected) ? { same: true, bytes: expected } : graphqlIn(type, content);
  if (answer === null) throw new NoAnswer(`status ${status} and no GraphQL`, { again: BUSY.has(status), ...retryAfter(headers['retry-after']) });
  const said = headers['cache-control'];
  if (said !== undefined) answer.cacheControl = said;
  if (keepBytes) answer.bytes = content.bytes();
  return answer;
}

const mayBeGraphql = (type: string | undefined): boolean => type === undefined || GRAPHQL.test(type);

function graphqlIn(type: string | undefined, content: Content): SubgraphResult | null {
  if (!mayBeGraphql(type)) return null;
  try {
    const answer: unknown = JSON.parse(content.text());
    if (answer === null || typeof answer !== 'object' || !isAnswer(answer)) return null;
    return answer;
  } catch {
    return null;
  }
}

function isAnswer(answer: object): answer is SubgraphResult {
  const data = 'data' in answer ? answer.data : undefined;
  const errors = 'errors' in answer ? answer.errors : undefined;
  return (typeof data === 'object' && !Array.isArray(data) && (data !== null || Array.isArray(errors))) || (data === undefined && Array.isArray(errors));
}

/** Seconds, or a date; a value that is neither says nothing. */
function retryAfter(value: string | undefined): { retryAfterMs?: number } {
  if (value === undefined) return {};
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * MS_PER_SECOND : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}
