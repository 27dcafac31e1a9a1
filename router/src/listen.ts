/** Everything of a router that listens: HTTP, streams, websockets, people, the surroundings; and the order in which it closes. */
import helmet from '@fastify/helmet';
import type { AddressInfo } from 'node:net';
import { passedHeaders } from './dial/settings.ts';
import { type Admin, openAdmin } from './http/admin.ts';
import { crossOrigin } from './http/cors.ts';
import { graphiqlRoutes } from './http/graphiql.ts';
import { type Delegate, graphqlRoutes } from './http/graphql.ts';
import { healthRoutes, metricsRoute, type Readiness } from './http/health.ts';
import { contentPolicy } from './http/policy.ts';
import { httpServer } from './http/server.ts';
import type { Service } from './operation/serve.ts';
import type { Complete } from './options.ts';
import { identifier } from './security/authenticate.ts';
import { believing } from './security/issuers.ts';
import { unrevoked } from '@pms/identity/revocations';
import type { RouterSettings } from './settings.ts';
import type { Hub } from './subscriptions/hub.ts';
import { eventStreams } from './subscriptions/streams.ts';
import { serveWebsockets } from './subscriptions/websocket.ts';
import { plansAreShown } from './telemetry/shown-plan.ts';

const TITLE = 'PMS API';
const PATH = '/graphql';
const PAGE = '/graphiql';

export interface Answering {
  readonly service: Service;
  readonly subscriptions: Hub;
  readonly delegate: Delegate | null;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly adminPort: number | null;
  close(): Promise<void>;
}

export async function listen(options: Complete, { service, subscriptions, delegate }: Answering): Promise<Listening> {
  const { host, settings, logger } = options;
  const state = { draining: false };
  const readiness: Readiness = { ready: () => !state.draining && options.ready() };
  const identify = identifier(unrevoked(believing(options.authenticate, settings.authentication, logger), options.revocations), options.sessionToken);
  const streams = eventStreams({ service, subscriptions, heartbeatMs: settings.subscriptions.heartbeatMs });
  const cors = crossOrigin(settings.http.cors);
  const server = await httpServer(settings.http, settings.limits.bodyBytesMax, logger);
  const { app } = server;
  const secured = options.production || settings.http.tls !== undefined;
  await app.register(helmet, contentPolicy(secured));
  graphqlRoutes(app, {
    service, identify, streams, delegate, cors, secured, settings: settings.http, bodyBytesMax: settings.limits.bodyBytesMax,
    passedHeaders: passedHeaders(settings.subgraphs), draining: () => state.draining, page: options.graphiql ? PAGE : null,
  });
  healthRoutes(app, readiness);
  if (metricsHere(options)) metricsRoute(app, metricsOf(options));
  await pages(app, options);
  const sockets = serveWebsockets(app.server, { path: PATH, passedHeaders: passedHeaders(settings.subgraphs), service, identify, subscriptions, settings: settings.subscriptions, cookiesCount: cors.cookiesCount });
  await app.listen({ port: options.port, host });
  const admin = await openAdminOf(options, readiness);
  const { port } = app.server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    const { drainNoticeMs, drainMsMax } = settings.http;
    state.draining = true;
    await new Promise((resolve) => void setTimeout(resolve, drainNoticeMs));
    await Promise.all([streams.close(), sockets.close(drainMsMax), server.close(drainMsMax)]);
    await admin?.close();
  };
  return { url: addressOf(settings.http, host, port), port, adminPort: admin?.port ?? null, close };
}

async function pages(app: Parameters<typeof graphiqlRoutes>[0], { graphiql, people, mounts, settings }: Complete): Promise<void> {
  if (graphiql) graphiqlRoutes(app, { title: TITLE, plans: plansAreShown(settings.telemetry.plan), ...people });
  await mounts?.(app);
  if (graphiql && !app.hasRoute({ method: 'GET', url: '/' })) app.get('/', (_, reply) => reply.redirect(PAGE));
}

/** In production they are for the surroundings alone. */
const metricsHere = ({ settings, production }: Complete): boolean => settings.telemetry.adminPort === null && !production;

const metricsOf = ({ metricsRegistry, metricsText }: Complete): Parameters<typeof metricsRoute>[1] =>
  ({ type: metricsRegistry.contentType, text: metricsText ?? (() => metricsRegistry.metrics()) });

async function openAdminOf(options: Complete, readiness: Readiness): Promise<Admin | null> {
  const { adminPort } = options.settings.telemetry;
  return adminPort === null ? null : openAdmin(options.host, adminPort, readiness, metricsOf(options));
}

const addressOf = ({ tls }: RouterSettings['http'], host: string, port: number): string =>
  `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
