/**
 * Puts one subgraph on the network: GraphQL over HTTP and graphql-ws at /graphql, health, metrics. The caller's token is
 * verified here again: no request is trusted for where it comes from, and none is answered without a token.
 */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { DomainError, errorCodes } from '@pms/errors';
import { isPassing, PASSING_MESSAGE } from '@pms/errors/passing';
import { gatherToken } from '@pms/events/consistency';
import { newId } from '@pms/events/ids';
import { type Revocations, unrevoked } from '@pms/identity/revocations';
import type { Authenticate } from '@pms/identity/tokens';
import type { Logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { asksWhatFollowed, CONSISTENCY_HEADER } from './awaited.ts';
import { type ContextFor, type OperationKind, TOKEN_EXTENSION } from './consistency.ts';
import { exportRoutes } from './export-routes.ts';
import { CONSEQUENCES_EXTENSION, type Follow } from './follow.ts';
import { masked } from './masking.ts';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';
import { subscriptions } from './subscriptions.ts';
import { renewing, serverTls, type TlsFiles } from './tls.ts';
import { noteCode, servedOverHttp } from './traced.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024; // a capture of 10,000 trades with fees is about 4 MB
const OK = 200;
const DRAIN_MAX_MS = 10_000;

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly authenticate: Authenticate;
  /** Access tokens that hold no longer; without it every token holds until it expires. */
  readonly revocations?: Revocations;
  /** Without it: plain HTTP, for a network that is nobody else's or a mesh that encrypts. */
  readonly tls?: TlsFiles;
  /** How long an open socket outlives its token. */
  readonly graceMs?: number;
  readonly logger: Logger;
  /** Where requests read, and when; from the subgraph itself, at once, unless given. */
  readonly contextFor?: ContextFor | undefined;
  /** What followed from the events of a consistency token; nobody is told unless given. */
  readonly follow?: Follow | undefined;
}

export interface Served {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

type Context = object & { readonly request: SubgraphRequest };

export async function serve(subgraph: Subgraph, options: ServeOptions): Promise<Served> {
  // the router names the client's address; it is believed from our own network alone
  const common = { bodyLimit: BODY_BYTES_MAX, logger: false, trustProxy: ['loopback', 'uniquelocal'] };
  // the types of both kinds of server differ in what nothing here looks at
  const app = (options.tls === undefined ? fastify(common) : fastify({ ...common, https: await serverTls(options.tls) })) as unknown as FastifyInstance;
  const stopRenewing = options.tls === undefined ? (): void => undefined : renewing(app.server as unknown as Parameters<typeof renewing>[0], options.tls, options.logger);
  const { logger } = options;
  const authenticate = unrevoked(options.authenticate, options.revocations) ?? options.authenticate;
  const contextFor = options.contextFor ?? ((request) => Promise.resolve(subgraph.contextFor(request)));
  let draining = false;
  const server = new ApolloServer<object>({
    schema: subgraph.schema, introspection: true, csrfPrevention: false, stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false,
    plugins: [fastifyApolloDrainPlugin(app), ApolloServerPluginLandingPageDisabled(), ApolloServerPluginInlineTraceDisabled(), maskingPlugin(logger), tokenPlugin(),
      // without a hint nothing is said, as within one process: how long answers are kept is for the router's settings to say
      ApolloServerPluginCacheControl({ calculateHttpHeaders: 'if-cacheable' })],
  });
  await server.start();
  routes(app, subgraph, () => draining);
  await subgraph.routes?.(app);
  exportRoutes(app, { datasets: subgraph.datasets ?? [], authenticate, logger });
  const answer = fastifyApolloHandler(server, { context: async (request) => contexts.get(request) ?? {} });
  app.route({
    method: ['GET', 'POST'], url: '/graphql',
    preHandler: async (request, reply) => {
      try {
        const from = await requestOf(request, authenticate);
        if (options.follow !== undefined && asksWhatFollowed(from)) return void (await reply.send({ data: {}, extensions: { [CONSEQUENCES_EXTENSION]: await options.follow(from) } }));
        contexts.set(request, Object.assign(await contextFor(from, kindOf(request)), { request: from }));
      } catch (error) {
        await refuse(reply, error);
      }
    },
    handler: (request, reply) => servedOverHttp(subgraph.name, request.method, request.headers, async () => answer.call(app, request, reply)),
  });
  await app.listen({ port: options.port, host: options.host });
  const sockets = subscriptions(app.server, subgraph, {
    authenticate, revocations: options.revocations, graceMs: options.graceMs, messageBytesMax: BODY_BYTES_MAX, logger, contextOf: (request) => contextOf(subgraph, request),
  });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${options.host}:${port}/graphql`, port,
    async close() {
      draining = true;
      stopRenewing();
      await sockets.close();
      setTimeout(() => app.server.closeAllConnections(), DRAIN_MAX_MS).unref();
      await server.stop();
      await app.close();
    },
  };
}

const contexts = new WeakMap<FastifyRequest, Context>();

function contextOf(subgraph: Subgraph, request: SubgraphRequest | undefined): Context {
  if (request === undefined) throw new Error('a request reached the handler without a sign-in');
  return Object.assign(subgraph.contextFor(request), { request });
}

async function requestOf({ headers }: FastifyRequest, authenticate: Authenticate): Promise<SubgraphRequest> {
  const principal = await authenticate(headers.authorization);
  if (principal === null) throw new DomainError('UNAUTHENTICATED', 'sign in first: the request carries no access token');
  const correlationId = headers['x-correlation-id'];
  const consistency = headers[CONSISTENCY_HEADER];
  return {
    ...(typeof consistency === 'string' ? { headers: { [CONSISTENCY_HEADER]: consistency } } : {}),
    principal, token: headers.authorization?.replace(/^Bearer /i, '') ?? null,
    correlationId: typeof correlationId === 'string' && correlationId !== '' ? correlationId : newId('req'),
  };
}

async function refuse(reply: { status(code: number): { header(name: string, value: string): { send(body: unknown): unknown } } }, error: unknown): Promise<void> {
  if (isPassing(error)) return void (await reply.status(OK).header('www-authenticate', 'Bearer').send({ errors: [{ message: PASSING_MESSAGE, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }));
  if (!(error instanceof DomainError)) throw error;
  // late is an answer, and says nothing against the subgraph: the router's breaker is not to count it
  await reply.status(error.code === 'STALE_READ' ? OK : errorCodes[error.code].status).header('www-authenticate', 'Bearer')
    .send({ errors: [{ message: error.message, extensions: error.extensions }] });
}

function routes(app: FastifyInstance, subgraph: Subgraph, draining: () => boolean): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    const ready = !draining() && await subgraph.ready().then(() => true, () => false);
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
  app.get('/metrics', async (_, reply) => reply.header('content-type', metrics.contentType).send(await metrics.metrics()));
}

/** Of a request that is not an operation yet: what might be a change is treated as one. */
function kindOf({ body }: FastifyRequest): OperationKind | undefined {
  const query = (body as { readonly query?: unknown } | null | undefined)?.query;
  return typeof query === 'string' && !/\bmutation\b/.test(query) ? 'query' : undefined;
}

/** A change tells which events it wrote. */
const tokenPlugin = () => ({
  requestDidStart: async () => {
    let token: (() => string | null) | undefined;
    return {
      didResolveOperation: async ({ operation, contextValue }: { operation: { operation: string }; contextValue: object }) => {
        const { principal, correlationId } = (contextValue as Context).request;
        if (operation.operation === 'mutation' && principal !== null) token = gatherToken({ organizationId: principal.organizationId, correlationId });
      },
      willSendResponse: async ({ response: { body } }: { response: { body: unknown } }) => {
        const written = token?.() ?? null;
        const { singleResult } = body as { singleResult?: { extensions?: Record<string, unknown> } };
        if (written !== null && singleResult !== undefined) singleResult.extensions = { ...singleResult.extensions, [TOKEN_EXTENSION]: written };
      },
    };
  },
});

const maskingPlugin = (logger: Logger) => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ response, errors, contextValue }: { response: { body: unknown }; errors?: readonly unknown[]; contextValue: object }) => {
      const body = response.body as { kind: string; singleResult?: { errors?: readonly object[] } };
      if (body.kind !== 'single' || body.singleResult?.errors === undefined) return;
      const { correlationId } = (contextValue as Context).request;
      body.singleResult.errors = body.singleResult.errors.map((formatted, index) =>
        masked(formatted as never, errors?.[index], correlationId, logger));
      noteCode((body.singleResult.errors[0] as GraphQLFormattedError | undefined)?.extensions?.['code']);
    },
  }),
});
