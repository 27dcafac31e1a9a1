/** GraphQL over HTTP: POST and GET, JSON or server-sent events. The answer leaves as the text that the executor wrote. */
import { randomUUID } from 'node:crypto';
import { badInput } from '@pms/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answersInParts, type Caller, deadline, type GraphQLParams, notHere, refuseOverLimit, type Service } from '../operation/serve.ts';
import { type Identify, sameOrigin } from '../security/authenticate.ts';
import { mayBeForged } from '../security/csrf.ts';
import type { EventStreams } from '../subscriptions/sse.ts';
import { noteErrors, type Seen } from '../telemetry/seen.ts';
import { acceptsDeferred, writeParts } from './deferred.ts';
import { type Failure, failureOf, failureText } from './failure.ts';
import { type Answers, GRAPHQL_TYPE, JSON_TYPE, negotiate } from './negotiate.ts';
import { paramsFromBody, paramsFromUrl } from './params.ts';

/** Runs operations through an Apollo Server instead, where its plugins are wanted. */
export type Delegate = (request: FastifyRequest, params: GraphQLParams, caller: Caller) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;

export interface GraphQLRouteOptions {
  readonly service: Service;
  readonly identify: Identify;
  readonly streams: EventStreams;
  readonly delegate: Delegate | null;
  /** The page for people, at the same address; `null` where there is none. */
  readonly page: string | null;
  /** Headers of clients that subgraphs are passed. */
  readonly passedHeaders: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of every request to /graphql, from its first byte. */
    seen: Seen;
  }
}

const CORRELATION_ID = /^[\w.-]{8,128}$/;

export function graphqlRoutes(app: FastifyInstance, options: GraphQLRouteOptions): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
      try {
        done(null, JSON.parse(body as string));
      } catch {
        done(badInput('the body is not JSON'));
      }
    });
    scope.addContentTypeParser('*', (_, payload, done) => {
      payload.resume(); // taken off the wire, so that the connection can be used again
      payload.on('end', () => done(null, UNSUPPORTED));
    });
    noting(scope, options.service.observer);
    scope.setErrorHandler((error, request, reply) => fail(error, request, reply, options));
    scope.post('/graphql', { helmet: false }, (request, reply) => handle(request, reply, options));
    scope.get('/graphql', { helmet: false }, (request, reply) => {
      const [preferred] = negotiate(request.headers.accept);
      if (preferred === 'html' && options.page !== null && !searchOf(request).has('query')) return reply.redirect(options.page);
      return handle(request, reply, options);
    });
  });
}

/** From the arrival to the end of the response, whichever way it takes. */
function noting(scope: FastifyInstance, observer: Service['observer']): void {
  scope.decorateRequest('seen');
  scope.addHook('onRequest', (request, _, done) => {
    request.seen = observer.begin({ via: 'http', name: `${request.method} /graphql`, correlationId: correlationOf(request), headers: request.headers });
    done();
  });
  scope.addHook('onResponse', (request, reply, done) => {
    observer.end(request.seen, reply.raw.statusCode);
    done();
  });
}

const UNSUPPORTED = Symbol('unsupported media type');

const searchOf = (request: FastifyRequest): URLSearchParams => new URL(request.url, 'http://router').searchParams;

async function handle(request: FastifyRequest, reply: FastifyReply, options: GraphQLRouteOptions): Promise<unknown> {
  const correlationId = correlationOf(request);
  reply.header('x-correlation-id', correlationId).header('x-content-type-options', 'nosniff').header('cache-control', 'no-store').header('vary', 'accept, authorization, cookie');
  if (request.body === UNSUPPORTED) return send(reply, 415, JSON_TYPE, '{"errors":[{"message":"the body must be application/json","extensions":{"code":"BAD_USER_INPUT"}}]}');
  if (mayBeForged(request.headers)) return fail(badInput('the request could have been sent by a page of another site: send content-type application/json, or the header apollo-require-preflight'), request, reply, options);
  const accepted = negotiate(request.headers.accept);
  if (accepted.every((type) => type === 'html')) return send(reply, 406, JSON_TYPE, '{"errors":[{"message":"this answers in application/graphql-response+json, application/json and text/event-stream","extensions":{"code":"BAD_USER_INPUT"}}]}');

  try {
    const caller = await callerOf(request, correlationId, options);
    const decision = await options.service.count(caller);
    reply.headers(decision.headers);
    refuseOverLimit(decision);
    const params = request.method === 'GET' ? paramsFromUrl(searchOf(request)) : paramsFromBody(request.body);
    return await answer(request, reply, { params, caller, accepted }, options);
  } catch (error) {
    return fail(error, request, reply, options);
  }
}

interface Asked { readonly params: GraphQLParams; readonly caller: Caller; readonly accepted: readonly Answers[] }

async function answer(request: FastifyRequest, reply: FastifyReply, { params, caller, accepted }: Asked, options: GraphQLRouteOptions): Promise<unknown> {
  const ready = await options.service.prepare(params, caller, options.delegate === null && acceptsDeferred(request.headers.accept));
  const { kind } = ready.operation;
  if (kind === 'subscription') {
    if (!accepted.includes('event-stream')) throw notHere('a subscription is answered with text/event-stream, or over a websocket');
    return options.streams.serve(hijacked(reply), ready, caller, headersOf(reply));
  }
  if (request.method === 'GET' && kind === 'mutation') {
    return send(reply.header('allow', 'POST'), 405, JSON_TYPE, '{"errors":[{"message":"a mutation must be sent by POST","extensions":{"code":"BAD_USER_INPUT"}}]}');
  }
  if (options.delegate !== null) {
    const { status, headers, body } = await options.delegate(request, params, caller);
    caller.seen.bytes = body.length;
    return send(reply.headers(headers), status, headers['content-type'] ?? typeFor(accepted), body);
  }
  const limits = deadline();
  const gone = (): void => {
    if (!reply.raw.writableEnded) limits.abort();
  };
  reply.raw.once('close', gone);
  try {
    if (answersInParts(ready)) {
      const parts = options.service.executeInParts(ready, caller, limits.signal);
      const first = await parts.next();
      if (first.done !== true) await writeParts(hijacked(reply), headersOf(reply), first.value, parts);
      return reply;
    }
    const { text } = await options.service.execute(ready, caller, limits.signal);
    return send(reply, 200, typeFor(accepted), text);
  } finally {
    limits.done();
    reply.raw.off('close', gone);
  }
}

const headersOf = (reply: FastifyReply): Record<string, string> => Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));

/** The response itself, which the framework leaves alone from here on. */
const hijacked = (reply: FastifyReply): FastifyReply['raw'] => reply.hijack().raw;

function fail(error: unknown, request: FastifyRequest, reply: FastifyReply, { service }: GraphQLRouteOptions): unknown {
  if (reply.raw.destroyed) return reply.hijack(); // nobody is left to tell
  const failure = isTooLarge(error) ? tooLarge : failureOf(error, correlationOf(request), service.logger, service.metrics);
  noteErrors(request.seen, failure.errors);
  const accepted = negotiate(request.headers.accept);
  const type = typeFor(accepted);
  const expects200 = type === JSON_TYPE && accepted.includes('json');
  return send(reply, expects200 && failure.wellFormed ? 200 : failure.status, type, failureText(failure));
}

const isTooLarge = (error: unknown): boolean => error instanceof Error && 'statusCode' in error && error.statusCode === 413;
const tooLarge: Failure = { status: 413, wellFormed: false, errors: [{ message: 'the body passes the limit of bytes', extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'body bytes' } }] };

const typeFor = (accepted: readonly Answers[]): string => (accepted.find((one) => one === 'graphql' || one === 'json') === 'graphql' ? GRAPHQL_TYPE : JSON_TYPE);

const send = (reply: FastifyReply, status: number, type: string, text: string): FastifyReply => reply.code(status).header('content-type', type).send(text);

/** A client may choose the id under which its request is found in the logs. */
function correlationOf(request: FastifyRequest): string {
  const given = request.headers['x-correlation-id'];
  if (typeof given === 'string' && CORRELATION_ID.test(given)) return given;
  const id = randomUUID();
  request.headers['x-correlation-id'] = id; // asked for again where the request fails
  return id;
}

async function callerOf(request: FastifyRequest, correlationId: string, { identify, passedHeaders }: GraphQLRouteOptions): Promise<Caller> {
  const { authorization, cookie, origin, host } = request.headers;
  const identity = await identify({ authorization, cookies: sameOrigin(origin, host) ? cookie : undefined });
  request.seen.principal = identity.principal;
  const passed = passedHeaders.length === 0 ? undefined : chosen(request.headers, passedHeaders);
  return { ...identity, address: request.ip, correlationId, seen: request.seen, ...(passed === undefined ? {} : { passed }) };
}

/** In the order of the settings, so that equal headers are equal text. */
export function chosen(headers: FastifyRequest['headers'], names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) found[name] = String(value);
  }
  return found;
}
