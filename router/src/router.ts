/** Starts a router: one address over a supergraph, for HTTP, server-sent events, websockets and people. */
import type { ApolloServerPlugin } from '@apollo/server';
import helmet from '@fastify/helmet';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Invalidation } from './cache/tags.ts';
import { passedHeaders } from './dial/settings.ts';
import type { Dial } from './dial/transport.ts';
import { makeEngine } from './engine.ts';
import type { RouterContext } from './gateway.ts';
import { throughPlugins } from './http/apollo.ts';
import { type GraphiqlOptions, graphiqlRoutes } from './http/graphiql.ts';
import { graphqlRoutes } from './http/graphql.ts';
import { openAdmin } from './http/admin.ts';
import { healthRoutes, type MetricsPage, metricsRoute, type Readiness } from './http/health.ts';
import { crossOrigin } from './http/cors.ts';
import { contentPolicy } from './http/policy.ts';
import { httpServer } from './http/server.ts';
import { type RouterLogger, type RouterMetrics, routerMetrics, stateGauges } from './observe.ts';
import { service } from './operation/serve.ts';
import { type OverrideLabels, overrideOptions, type OverridePercentage } from './planner/override.ts';
import { type Authenticate, identifier, type SessionToken } from './security/authenticate.ts';
import { persistedQueries } from './security/persisted.ts';
import { rateLimit } from './security/rate-limit.ts';
import type { Policies } from './security/requirements.ts';
import { type Reads, readsThrough } from './reads.ts';
import { openRedis, type RedisLink } from './redis.ts';
import { observer } from './telemetry/observer.ts';
import { planViewers, plansAreShown } from './telemetry/shown-plan.ts';
import { type RouterSettings, routerSettings, type RouterSettingsInput } from './settings.ts';
import { subscriptionHub } from './subscriptions/hub.ts';
import { eventStreams } from './subscriptions/streams.ts';
import { serveWebsockets } from './subscriptions/websocket.ts';
import { type EngineHolder, holdEngine } from './supergraph/holder.ts';
import type { SupergraphSource } from './supergraph/source.ts';

export interface RouterOptions {
  readonly supergraph: SupergraphSource;
  readonly dial: Dial;
  readonly port: number;
  readonly host: string;
  readonly logger: RouterLogger;
  readonly metricsRegistry: Registry;
  /** What /metrics answers, where that is more than the registry: a worker answers for all. */
  readonly metricsText?: () => Promise<string>;
  /** Hides the schema and suggestions from clients, and GraphiQL with them. */
  readonly production: boolean;
  /** Absent: authentication is off, and so are the directives that need a principal. */
  readonly authenticate?: Authenticate;
  readonly sessionToken?: SessionToken;
  readonly policies?: Policies;
  /** Decides labels of a progressive `@override` that are not `percent(n)`; without it they never hold. */
  readonly overrideLabels?: OverrideLabels;
  /** The number that `percent(n)` is held against, in [0, 100); drawn for each request without it. */
  readonly overridePercentage?: OverridePercentage;
  /** Address of a Redis that replicas share (redis:// or rediss://); without one each goes by its own memory. */
  readonly redis?: string;
  /** Makes the spans of recorded requests; without one a client's trace headers go on as they came. */
  readonly tracer?: Tracer;
  /** Throws ZodError when they are not settings. */
  readonly settings?: RouterSettingsInput;
  /** GraphiQL at /graphiql; on unless in production. */
  readonly graphiql?: boolean;
  /** What GraphiQL opens with, and where people sign in. */
  readonly people?: Omit<GraphiqlOptions, 'title' | 'plans'>;
  /** Apollo Server plugins: operations over HTTP then go through an Apollo Server. */
  readonly plugins?: readonly ApolloServerPlugin<RouterContext>[];
  /** More routes on the same server: the auth server, the dashboard. */
  readonly mounts?: (app: FastifyInstance) => Promise<void>;
  readonly ready?: () => boolean | Promise<boolean>;
}

export interface Router {
  readonly url: string;
  readonly port: number;
  /** Of metrics and health, where they have one of their own. */
  readonly adminPort: number | null;
  /** Readiness goes false, what is under way ends, websockets close with 1001. */
  close(): Promise<void>;
  /** Rejects, and changes nothing, when the text is no supergraph. Resolves, too, when a newer one was taken before it. */
  reload(sdl: string): Promise<void>;
  /** Something has changed: kept answers that depend on it are taken out, by all replicas that share a Redis. Resolves to how many. */
  invalidate(...changes: readonly Invalidation[]): Promise<number>;
}

const TITLE = 'PMS API';

export async function startRouter(given: RouterOptions): Promise<Router> {
  const options = withDefaults(given);
  const { logger, metricsRegistry, authenticate, settings } = options;
  const metrics = routerMetrics(metricsRegistry);
  const redis = options.redis === undefined ? null : openRedis(options.redis, { ...settings.redis, logger, metrics });
  const reads = readsThrough(options.dial, { settings, metrics, redis });
  let engines: EngineHolder | undefined;
  try {
    engines = await holdEngine({ source: options.supergraph, settings: settings.supergraph, logger, metrics, make: (sdl) => makeEngine(sdl, {
      dial: reads.dial, limits: settings.limits, ...disclosed(options), policies: options.policies,
      authorization: authenticate !== undefined, logger, metrics, planner: settings.supergraph.planner,
      ...overrideOptions(options),
    }) });
    return await serve(options, { engines, reads, metrics, redis });
  } catch (error) {
    redis?.close();
    engines?.close();
    throw error;
  }
}

type Complete = ReturnType<typeof withDefaults>;

const withDefaults = ({ settings, ...options }: RouterOptions) => ({
  policies: {}, graphiql: !options.production, ready: (): boolean | Promise<boolean> => true, ...options, settings: routerSettings.parse(settings ?? {}) satisfies RouterSettings,
});

interface Standing { readonly engines: EngineHolder; readonly reads: Reads; readonly metrics: RouterMetrics; readonly redis: RedisLink | null }

async function serve(options: Complete, { engines, reads, metrics, redis }: Standing): Promise<Router> {
  const { logger, host, settings } = options;
  const seeing = observer({ settings: settings.telemetry, log: settings.telemetry.requestLog ?? (options.production ? 'all' : 'errors'), logger, metrics, tracer: options.tracer });
  stateGauges(options.metricsRegistry, { inFlight: seeing.inFlight, plans: () => engines.current().kept() });
  const graphql = service({ engine: engines.current, limit: rateLimit(settings.rate, redis), persisted: persistedQueries(), observer: seeing, logger, metrics, answer: reads.answer, maySeePlans: planViewers(settings.telemetry.plan, options.policies) });
  const identify = identifier(options.authenticate, options.sessionToken);
  const live = subscriptionHub(graphql, settings.subscriptions, engines.current);
  engines.onChange(() => void live.carryOver());
  const streams = eventStreams({ service: graphql, subscriptions: live, heartbeatMs: settings.subscriptions.heartbeatMs });
  const apollo = options.plugins === undefined ? null : await throughPlugins({ engines, plugins: options.plugins, service: graphql, logger, ...disclosed(options) });
  const state = { draining: false };

  const cors = crossOrigin(settings.http.cors);
  const server = await httpServer(settings.http, settings.limits.bodyBytesMax, logger);
  const { app } = server;
  await app.register(helmet, contentPolicy(options.production));
  graphqlRoutes(app, {
    service: graphql, identify, streams, delegate: apollo?.delegate ?? null, cors, settings: settings.http, bodyBytesMax: settings.limits.bodyBytesMax,
    passedHeaders: passedHeaders(settings.subgraphs), draining: () => state.draining, page: options.graphiql ? '/graphiql' : null,
  });
  const readiness = { ready: () => !state.draining && options.ready() };
  const metricsPage = { type: options.metricsRegistry.contentType, text: options.metricsText ?? (() => options.metricsRegistry.metrics()) };
  await pages(app, options, readiness, metricsPage);

  const sockets = serveWebsockets(app.server, { path: '/graphql', service: graphql, identify, subscriptions: live, settings: settings.subscriptions, cookiesCount: cors.cookiesCount });
  await app.listen({ port: options.port, host });
  const { adminPort } = settings.telemetry;
  const admin = adminPort === null ? null : await openAdmin(host, adminPort, readiness, metricsPage);
  const { port } = app.server.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    state.draining = true;
    await after(settings.http.drainNoticeMs);
    await Promise.all([streams.close(), sockets.close(settings.http.drainMsMax), server.close(settings.http.drainMsMax)]);
    await admin?.close();
    await apollo?.stop();
    redis?.close();
    engines.close();
  };
  return { url: addressOf(settings.http, host, port), port, adminPort: admin?.port ?? null, reload: engines.reload, invalidate: reads.invalidate, close: () => (closing ??= close()) };
}

/** All that is there beside GraphQL. */
async function pages(app: FastifyInstance, { graphiql, people, mounts, production, settings: { telemetry } }: Complete, readiness: Readiness, metricsPage: MetricsPage): Promise<void> {
  if (graphiql) graphiqlRoutes(app, { title: TITLE, plans: plansAreShown(telemetry.plan), ...people });
  healthRoutes(app, readiness);
  if (telemetry.adminPort === null && !production) metricsRoute(app, metricsPage);
  await mounts?.(app);
  if (graphiql && !app.hasRoute({ method: 'GET', url: '/' })) app.get('/', (_, reply) => reply.redirect('/graphiql'));
}

const addressOf = ({ tls }: RouterSettings['http'], host: string, port: number): string =>
  `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What clients may learn of the schema. */
const disclosed = ({ settings: { disclosure }, production }: Complete): { readonly introspection: boolean; readonly suggestions: boolean } =>
  ({ introspection: disclosure.introspection ?? !production, suggestions: disclosure.suggestions ?? !production });

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
