/** GraphQL over HTTP: POST and GET, one operation or several, JSON or a stream. The answer leaves as the text that the executor wrote. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { badInput } from '@pms/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cacheHeaders } from '../cache/policy.ts';
import { answersInParts, type Caller, deadline, type GraphQLParams, notHere, type ReadyOperation, refuseOverLimit, type Service } from '../operation/serve.ts';
import { CONSISTENCY_HEADER } from '../operation/consistency.ts';
import { tokenOf } from '../telemetry/written.ts';
import { InvalidOperation } from '../operation/validate.ts';
import { mayBeForged } from '../security/csrf.ts';
import { multipartSubscription, serverSentEvents } from '../subscriptions/framing.ts';
import type { EventStreams } from '../subscriptions/streams.ts';
import { noteErrors, type Seen } from '../telemetry/seen.ts';
import { answerBatch, type Asked } from './batch.ts';
import { readJson } from './body.ts';
import { callerOf, type CallerOptions, correlationOf } from './caller.ts';
import { type Compress, compressor } from './compress.ts';
import { writeParts } from './deferred.ts';
import { type Failure, failureOf, failureText, RequestRefused } from './failure.ts';
import { type Accepted, acceptsNothing, JSON_TYPE, negotiate } from './negotiate.ts';
import { paramsFromBody, paramsFromUrl } from './params.ts';
import { answerHeaders } from './policy.ts';
import type { HttpSettings } from './settings.ts';

/** Runs operations through an Apollo Server instead, where its plugins are wanted. */
export type Delegate = (exchange: Exchange, asked: Asked, signal: AbortSignal) => Promise<Delegated>;
export interface Delegated {
  /** Undefined where nothing has a word to say about it. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body in UTF-8, where it was made for others too. */
  readonly encoded?: (() => Buffer) | undefined;
}

export interface GraphQLRouteOptions extends CallerOptions {
  readonly service: Service;
  readonly streams: EventStreams;
  readonly delegate: Delegate | null;
  readonly settings: HttpSettings;
  readonly bodyBytesMax: number;
  /** Whether clients come over TLS. */
  readonly secured: boolean;
  /** Whether connections are to end with their next answer. */
  readonly draining: () => boolean;
  /** The page for people, at the same address; `null` where there is none. */
  readonly page: string | null;
}

/** What handling a request needs, made once. */
interface Way extends GraphQLRouteOptions {
  readonly compress: Compress;
  readonly standardHeaders: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of every request to /graphql, from its first byte. */
    seen: Seen;
  }
}

const METHODS = 'GET, POST';

export function graphqlRoutes(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { settings, bodyBytesMax, cors } = options;
  const vary = `accept, authorization, cookie${settings.compression.enabled ? ', accept-encoding' : ''}${settings.cors === undefined ? '' : ', origin'}`;
  const way: Way = {
    ...options, compress: compressor(settings.compression),
    standardHeaders: { ...answerHeaders(options.secured), 'cache-control': 'no-store', vary },
  };
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The one that comes is found by its name; any other is read by the same to be refused.
    scope.addContentTypeParser(['application/json', '*'], (request: FastifyRequest, payload: NodeJS.ReadableStream) => readJson(request, payload, bodyBytesMax));
    noting(scope, options.service.observer);
    scope.setErrorHandler((error, request, reply) => fail(error, request, reply, way));
    scope.post('/graphql', { helmet: false }, (request, reply) => handle(request, reply, way));
    scope.get('/graphql', { helmet: false }, (request, reply) => {
      if (options.page !== null && negotiate(request.headers.accept).page && !('query' in (request.query as object))) return reply.redirect(options.page);
      return handle(request, reply, way);
    });
    scope.options('/graphql', { helmet: false }, ({ headers }, reply) => reply.code(204).headers({
      allow: METHODS, vary: 'origin', ...cors.preflight(headers.origin, headers['access-control-request-headers']),
    }).send());
    scope.route({
      method: ['PUT', 'PATCH', 'DELETE'], url: '/graphql', helmet: false,
      onRequest: async (request, reply) => fail(new RequestRefused(405, 'an operation is sent by GET or POST', { allow: METHODS }), request, reply, way),
      handler: (_, reply) => reply, // answered before
    });
  });
}

/** From the arrival to the end of the response, whichever way it takes. */
function noting(scope: FastifyInstance, observer: Service['observer']): void {
  scope.decorateRequest('seen');
  scope.addHook('onRequest', (request, _, done) => {
    request.seen = observer.begin({ via: 'http', name: `${request.method} /graphql`, correlationId: correlationOf(request), headers: request.headers, address: request.ip });
    done();
  });
  scope.addHook('onResponse', (request, reply, done) => {
    observer.end(request.seen, reply.raw.statusCode);
    done();
  });
}

/** One request on its way. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly accepted: Accepted;
}

async function handle(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<unknown> {
  const { headers } = request;
  const accepted = negotiate(headers.accept);
  try {
    const forged = mayBeForged(headers);
    if (forged && way.settings.forgeryProtection) throw badInput('the request could have been sent by a page of another site: send content-type application/json, or the header apollo-require-preflight');
    if (acceptsNothing(accepted)) throw new RequestRefused(406, 'this answers in application/graphql-response+json, application/json, text/event-stream and multipart/mixed;subscriptionSpec=1.0');
    const caller = await known(request, forged, way);
    if (Array.isArray(request.body)) return await batch({ request, reply, accepted }, request.body, caller, way);
    const decision = await way.service.count(caller);
    reply.headers(decision.headers);
    refuseOverLimit(decision);
    const params = request.method === 'POST' ? paramsFromBody(request.body) : paramsFromUrl(request.query as Record<string, unknown>);
    return await answer({ request, reply, accepted }, params, caller, way);
  } catch (error) {
    return fail(error, request, reply, way);
  }
}

/** A token that does not verify uses a unit of where it came from: to find out costs, too. */
async function known(request: FastifyRequest, forged: boolean, way: Way): Promise<Caller> {
  try {
    return await callerOf(request, forged, way);
  } catch (error) {
    refuseOverLimit(await way.service.count({ principal: null, address: request.ip }));
    throw error;
  }
}

async function answer(exchange: Exchange, params: GraphQLParams, caller: Caller, way: Way): Promise<unknown> {
  const { request, reply, accepted } = exchange;
  const ready = await prepared(exchange, params, caller, way);
  if (ready instanceof InvalidOperation) return refusedThrough(exchange, ready, { params, caller }, way);
  if (ready.rate !== undefined) reply.headers(ready.rate.headers);
  if (ready.operation.kind === 'subscription') return stream(exchange, ready, caller, way);
  if (request.method !== 'POST' && ready.operation.kind === 'mutation') throw new RequestRefused(405, 'a mutation must be sent by POST', { allow: 'POST' });
  const answered = await run(exchange, { ready, params, caller }, way);
  if (answered === 'in parts') return reply;
  const { status, headers } = answered;
  if (accepted.eventsPreferred) return sendEvent(exchange, answered.body, way);
  reply.headers(headers);
  const token = tokenOf(caller.seen);
  if (token !== null) reply.header(CONSISTENCY_HEADER, token);
  return send(exchange, status ?? 200, headers['content-type'] ?? accepted.single ?? JSON_TYPE, answered, way);
}

/** What is not valid is thrown, but where plugins are to hear of it. */
async function prepared({ accepted }: Exchange, params: GraphQLParams, caller: Caller, { service, delegate }: Way): Promise<ReadyOperation | InvalidOperation> {
  try {
    return await service.prepare(params, caller, delegate === null && accepted.deferred);
  } catch (error) {
    if (delegate !== null && error instanceof InvalidOperation) return error;
    throw error;
  }
}

/** The status is the router's, but where a plugin chose one of its own. */
async function refusedThrough(exchange: Exchange, error: InvalidOperation, { params, caller }: Omit<Asked, 'ready'>, way: Way): Promise<unknown> {
  const { accepted, reply } = exchange;
  const failure = failureOf(error, caller.correlationId, way.service.logger, way.service.metrics);
  noteErrors(caller.seen, failure.errors);
  const answered = await run(exchange, { ready: null, params, caller }, way);
  const { status, headers, body } = answered === 'in parts' ? { status: undefined, headers: NONE, body: failureText(failure) } : answered;
  if (accepted.eventsPreferred) return sendEvent(exchange, body, way);
  reply.headers(headers);
  const chosen = status === undefined || status === 200 || status === failure.status ? statusFor(failure, accepted) : status;
  return send(exchange, chosen, headers['content-type'] ?? accepted.single ?? JSON_TYPE, { body }, way);
}

const statusFor = ({ wellFormed, status }: Failure, { single }: Accepted): number => (wellFormed && single === JSON_TYPE ? 200 : status);

/** Ends with the client: who has gone away needs no answer. */
async function run(exchange: Exchange, { ready, params, caller }: Asked, way: Way): Promise<Delegated | 'in parts'> {
  const { request, reply } = exchange;
  const { delegate, service } = way;
  const limits = deadline();
  const gone = (): void => {
    if (!reply.raw.writableEnded) limits.abort();
  };
  reply.raw.once('close', gone);
  try {
    if (delegate !== null) return await delegate(exchange, { ready, params, caller }, limits.signal);
    if (ready === null) throw new Error('nothing but an Apollo Server takes what is not ready');
    if (answersInParts(ready)) {
      const parts = service.executeInParts(ready, caller, limits.signal);
      const first = await parts.next();
      const { response, headers } = hijacked(request, reply, way);
      if (first.done !== true) await writeParts(response, headers, first.value, parts);
      return 'in parts';
    }
    const { text, freshness, encoded } = await service.execute(ready, caller, limits.signal);
    return { status: 200, headers: freshness === undefined ? NONE : cacheHeaders(freshness), body: text, encoded };
  } finally {
    limits.done();
    reply.raw.off('close', gone);
  }
}

const NONE: Readonly<Record<string, string>> = {};

function stream({ request, reply, accepted }: Exchange, ready: ReadyOperation, caller: Caller, way: Way): Promise<void> {
  if (accepted.stream === null) throw notHere('a subscription is answered with text/event-stream or multipart/mixed;subscriptionSpec=1.0, or over a websocket');
  const framing = accepted.stream === 'sse' ? serverSentEvents : multipartSubscription;
  const lastEventId = request.headers['last-event-id'];
  return way.streams.serve({ ...hijacked(request, reply, way), framing }, ready, caller, typeof lastEventId === 'string' ? { lastEventId } : {});
}

function sendEvent({ request, reply }: Exchange, text: string, way: Way): void {
  way.streams.single({ ...hijacked(request, reply, way), framing: serverSentEvents }, text);
}

/** The response itself, which the framework leaves alone from here on, and the headers that it is to have. */
function hijacked(request: FastifyRequest, reply: FastifyReply, way: Way): { readonly response: ServerResponse; readonly headers: OutgoingHttpHeaders } {
  begin(request, reply, way);
  return { response: reply.hijack().raw, headers: reply.getHeaders() as OutgoingHttpHeaders };
}

async function batch(exchange: Exchange, operations: readonly unknown[], caller: Caller, way: Way): Promise<unknown> {
  const { text, headers } = await answerBatch(operations, {
    settings: way.settings.batching, service: way.service, caller, headers: exchange.request.headers, plugged: way.delegate !== null,
    run: async (asked) => bodyOf(await run(exchange, asked, way)),
  });
  exchange.reply.headers(headers);
  return send(exchange, 200, exchange.accepted.single ?? JSON_TYPE, { body: text }, way);
}

function bodyOf(answered: Delegated | 'in parts'): string {
  if (answered === 'in parts') throw new Error('an operation of a batch was prepared to answer in parts');
  return answered.body;
}

function fail(error: unknown, request: FastifyRequest, reply: FastifyReply, way: Way): unknown {
  if (reply.raw.destroyed) return reply.hijack(); // nobody is left to tell
  const failure = failureOf(error, correlationOf(request), way.service.logger, way.service.metrics);
  noteErrors(request.seen, failure.errors);
  const accepted = negotiate(request.headers.accept);
  const exchange = { request, reply, accepted };
  if (accepted.eventsPreferred && failure.wellFormed) return sendEvent(exchange, failureText(failure), way);
  const type = accepted.single ?? JSON_TYPE;
  if (failure.headers !== undefined) reply.headers(failure.headers);
  return send(exchange, statusFor(failure, accepted), type, { body: failureText(failure) }, way);
}

/** Headers of every answer. */
function begin(request: FastifyRequest, reply: FastifyReply, { standardHeaders, cors, draining }: Way): void {
  const kept = reply.getHeader('cache-control');
  reply.headers(standardHeaders).header('x-correlation-id', correlationOf(request));
  if (kept !== undefined) reply.header('cache-control', kept);
  const { origin } = request.headers;
  if (origin !== undefined) reply.headers(cors.answer(origin) ?? NONE);
  if (draining()) reply.header('connection', 'close');
  if (request.raw.httpVersionMajor >= 2) reply.removeHeader('connection'); // HTTP/2 has none, and refuses it
}

/** Characters; a shorter text leaves in one piece with its headers. */
const ENCODED_FROM = 8_192;

async function send({ request, reply }: Exchange, status: number, type: string, { body: text, encoded }: Pick<Delegated, 'body' | 'encoded'>, way: Way): Promise<FastifyReply> {
  begin(request, reply, way);
  reply.code(status).header('content-type', type);
  const compressed = way.compress(text, request.headers['accept-encoding']);
  // A long text is put together and encoded once, here; its length and its sending would each do it again.
  if (compressed === null) return reply.send(text.length < ENCODED_FROM ? text : encoded?.() ?? Buffer.from(text));
  const { encoding, bytes } = await compressed;
  return reply.header('content-encoding', encoding).send(bytes);
}
