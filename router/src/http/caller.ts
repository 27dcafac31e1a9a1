/** Who sends a request over HTTP, under which id, and what of its headers goes on to subgraphs. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../operation/serve.ts';
import type { Identify } from '../security/authenticate.ts';
import type { Cors } from './cors.ts';

const CORRELATION_ID = /^[\w.-]{8,128}$/;

/** A client may choose the id under which its request is found in the logs. */
export function correlationOf(request: FastifyRequest): string {
  const given = request.headers['x-correlation-id'];
  if (typeof given === 'string' && CORRELATION_ID.test(given)) return given;
  const id = randomUUID();
  request.headers['x-correlation-id'] = id; // asked for again where the request fails
  return id;
}

export interface CallerOptions {
  readonly identify: Identify;
  readonly cors: Cors;
  /** Headers of clients that subgraphs are passed. */
  readonly passedHeaders: readonly string[];
}

/** A request that could have been forged is that of nobody, whatever cookies came with it. Throws UNAUTHENTICATED. */
export async function callerOf(request: FastifyRequest, forged: boolean, { identify, cors, passedHeaders }: CallerOptions): Promise<Caller> {
  const { authorization, cookie, origin } = request.headers;
  const host = request.headers.host ?? String(request.headers[':authority']); // HTTP/2 calls it so
  const identity = await identify({ authorization, cookies: cookie !== undefined && !forged && cors.cookiesCount(origin, host) ? cookie : undefined });
  request.seen.principal = identity.principal;
  const passed = passedHeaders.length === 0 ? undefined : chosen(request.headers, passedHeaders);
  return { ...identity, address: request.ip, correlationId: correlationOf(request), seen: request.seen, ...(passed === undefined ? {} : { passed }) };
}

/** In the order of the settings, so that equal headers are equal text. */
export function chosen(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) found[name] = String(value);
  }
  return found;
}
