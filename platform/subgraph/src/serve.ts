/**
 * Puts one subgraph on the network: GraphQL over HTTP and graphql-ws at /graphql, health, metrics. The caller's token is
 * verified here again: no request is trusted for where it comes from, and none is answered without a token.
 */
import type { Server } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { DomainError, errorCodes } from '@pms/errors';
import { newId } from '@pms/events/ids';
import type { Authenticate } from '@pms/identity/tokens';
import type { Logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Carried } from '@pms/telemetry/tracing';
import { GraphQLError, type GraphQLFormattedError, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { exportRoutes } from './export-routes.ts';
import { masked } from './masking.ts';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';
import { noteCode, servedOverHttp, subscribed } from './traced.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024; // a capture of 10,000 trades with fees is about 4 MB
const DRAIN_MAX_MS = 10_000;
const FORBIDDEN_CLOSE_CODE = 4403;

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

export interface Served {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

type Context = object & { readonly request: SubgraphRequest };

export async function serve(subgraph: Subgraph, options: ServeOptions): Promise<Served> {
  // the router names the client's address; it is believed from our own network alone
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, logger: false, trustProxy: ['loopback', 'uniquelocal'] });
  let draining = false;
  const server = new ApolloServer<object>({
    schema: subgraph.schema, introspection: true, csrfPrevention: false, stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false,
    plugins: [fastifyApolloDrainPlugin(app), ApolloServerPluginLandingPageDisabled(), ApolloServerPluginInlineTraceDisabled(), maskingPlugin(options.logger)],
  });
  await server.start();
  routes(app, subgraph, () => draining);
  await subgraph.routes?.(app);
  exportRoutes(app, { datasets: subgraph.datasets ?? [], authenticate: options.authenticate, logger: options.logger });
  const answer = fastifyApolloHandler(server, { context: async (request) => contextOf(subgraph, signIns.get(request)) });
  app.route({
    method: ['GET', 'POST'], url: '/graphql',
    preHandler: async (request, reply) => {
      try {
        signIns.set(request, await requestOf(request, options.authenticate));
      } catch (error) {
        await refuse(reply, error);
      }
    },
    handler: (request, reply) => servedOverHttp(subgraph.name, request.method, request.headers, async () => answer.call(app, request, reply)),
  });
  await app.listen({ port: options.port, host: options.host });
  const sockets = subscriptions(app.server, subgraph, options);
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}/graphql`, port,
    async close() {
      draining = true;
      await sockets.close();
      setTimeout(() => app.server.closeAllConnections(), DRAIN_MAX_MS).unref();
      await server.stop();
      await app.close();
    },
  };
}

const signIns = new WeakMap<FastifyRequest, SubgraphRequest>();

function contextOf(subgraph: Subgraph, request: SubgraphRequest | undefined): Context {
  if (request === undefined) throw new Error('a request reached the handler without a sign-in');
  return Object.assign(subgraph.contextFor(request), { request });
}

async function requestOf({ headers }: FastifyRequest, authenticate: Authenticate): Promise<SubgraphRequest> {
  const principal = await authenticate(headers.authorization);
  if (principal === null) throw new DomainError('UNAUTHENTICATED', 'sign in first: the request carries no access token');
  const correlationId = headers['x-correlation-id'];
  return {
    principal, token: headers.authorization?.replace(/^Bearer /i, '') ?? null,
    correlationId: typeof correlationId === 'string' && correlationId !== '' ? correlationId : newId('req'),
  };
}

async function refuse(reply: { status(code: number): { header(name: string, value: string): { send(body: unknown): unknown } } }, error: unknown): Promise<void> {
  if (!(error instanceof DomainError)) throw error;
  await reply.status(errorCodes[error.code].status).header('www-authenticate', 'Bearer')
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

/** Where the context of a websocket's operation keeps the trace headers of its message. */
const CARRIED = Symbol('trace headers');

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

function subscriptions(server: Server, subgraph: Subgraph, { authenticate, logger }: ServeOptions): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: BODY_BYTES_MAX });
  const requests = new WeakMap<object, SubgraphRequest>();
  const disposable = useServer({
    schema: subgraph.schema,
    async onConnect({ connectionParams, extra }) {
      const authorization = connectionParams?.['authorization'];
      const correlationId = connectionParams?.['correlationId'];
      const principal = await authenticate(typeof authorization === 'string' ? authorization : undefined).catch(() => null);
      if (principal === null) { extra.socket.close(FORBIDDEN_CLOSE_CODE, 'UNAUTHENTICATED'); return false; }
      requests.set(extra.socket, {
        principal, token: String(authorization).replace(/^Bearer /i, ''), correlationId: typeof correlationId === 'string' ? correlationId : newId('req'),
      });
      return true;
    },
    context: ({ extra }, _id, { extensions }) => Object.assign(contextOf(subgraph, requests.get(extra.socket)), { [CARRIED]: extensions ?? {} }) as unknown as Record<string, unknown>,
    subscribe: (args) => subscribed(subgraph.name, (args.contextValue as { [CARRIED]: Carried })[CARRIED], async () => subscribe(args)),
    onNext(context, _id, _payload, _args, result) {
      if (result.errors === undefined) return undefined;
      const { correlationId = '' } = requests.get(context.extra.socket) ?? {};
      return { ...result, errors: result.errors.map((error) => masked(error instanceof GraphQLError ? error.toJSON() : (error as GraphQLFormattedError), error, correlationId, logger)) } as never;
    },
  }, sockets);
  return { close: async () => { await disposable.dispose(); } };
}
