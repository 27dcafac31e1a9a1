/** `pms fix`: the FIX sessions of FIX_CONFIG in a process of their own, beside the platform whose database and issuer it shares. */
import { createServer, type Server } from 'node:http';
import { StartError } from '@pms/prisma/embedded';
import type { Subgraph } from '@pms/subgraph/subgraph';
import { type Logger, logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import type { DropCopy, TradeCaptureSubgraph } from '@pms/trade-capture';
import { openDatabase } from './database.ts';
import { type Environment, shown } from './environment.ts';
import { principalOf } from './fix-principal.ts';
import { type FixSessions, openFixSessions, rereading } from './fix-sessions.ts';
import { fixSettings } from './fix-settings.ts';
import { living } from './lifetime.ts';
import { whenThere } from './reaching.ts';
import { openTelemetry } from './telemetry.ts';
import { keysAddress, trusting } from './trust.ts';
import { sharedRedis } from './redis.ts';
import { openWorld } from './world.ts';

/** Over a domain that runs in this process. `itself` is where the platform's own issuer answers; the configured one's address otherwise. */
async function fixSessionsOf(environment: Environment & { readonly fixConfig: string }, dropCopy: DropCopy, log: Logger, itself: string | null = null): Promise<FixSessions> {
  const issuer = environment.issuer ?? environment.publicUrl;
  const settings = fixSettings(environment.fixConfig, environment.secrets);
  const at = itself ?? environment.subgraphUrls.get('auth') ?? issuer;
  const authenticate = trusting(issuer, itself === null ? keysAddress(environment, issuer) : environment.jwksUrl ?? `${itself}/oauth2/jwks`);
  return openFixSessions({
    settings, dropCopy, logger: log, principal: principalOf({ tokenUrl: new URL('/oauth2/token', at).href, authenticate, client: settings.client }),
    reread: rereading(environment.fixConfig, environment.secrets, log),
  });
}

/** Within the process of everything, where FIX_CONFIG names sessions. */
export async function embeddedFix(environment: Environment, subgraphs: readonly Subgraph[], { logger: log, itself }: { readonly logger: Logger; readonly itself: string }): Promise<FixSessions | null> {
  const { fixConfig } = environment;
  return fixConfig === null ? null : fixSessionsOf({ ...environment, fixConfig }, dropCopyOf(subgraphs), log, itself);
}

function dropCopyOf(subgraphs: readonly Subgraph[]): DropCopy {
  const found = subgraphs.find((subgraph): subgraph is TradeCaptureSubgraph => subgraph.name === 'trade-capture');
  if (found === undefined) throw new Error('the catalogue made no trade-capture');
  return found.dropCopy;
}

export async function runFix(environment: Environment): Promise<void> {
  const { fixConfig } = environment;
  if (fixConfig === null) throw new StartError('Name the file of the FIX sessions: set FIX_CONFIG.');
  const log = logger({ level: environment.logLevel, process: 'fix' });
  for (const line of shown(environment)) console.log(line);
  await living({ logger: log, say: console.log }, async (life) => {
    await openTelemetry(life, environment, 'pms-fix', log);
    const { url } = await life.open(() => openDatabase(environment), (database) => database.close());
    // not started: its events are delivered by the domain's own process, which is woken by what is committed here
    const redis = await life.open(async () => sharedRedis(environment, log), (opened) => opened?.close());
    const world = await life.open(() => openWorld({ environment, databaseUrl: url, domains: ['trade-capture'], shared: true, redis, logger: log, ended: life.ended }), (opened) => opened.close());
    let open = false;
    const ready = async (): Promise<void> => {
      if (!open) throw new Error('no session is open yet');
      for (const subgraph of world.subgraphs) await subgraph.ready();
    };
    await life.open(() => answering(environment, ready), (server) => server.close());
    console.log(`Health is at http://${environment.host}:${String(environment.port)}`);
    await world.reached();
    // its principal comes of the auth domain, which may be starting still
    const { ports } = await life.open(
      () => whenThere(() => fixSessionsOf({ ...environment, fixConfig }, dropCopyOf(world.subgraphs), log), { what: 'the platform', logger: log, ended: life.ended }), (sessions) => sessions.close());
    open = true;
    console.log(`FIX sessions are open${ports.some((port) => port > 0) ? `, on ${ports.filter((port) => port > 0).join(', ')}` : ''}`);
  });
}

/** Health and metrics, as every process has them. */
async function answering({ host, port }: Environment, ready: () => Promise<unknown>): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => void response.writeHead(status, { 'content-type': type }).end(body);
    const said = (is: boolean): void => answer(is ? 200 : 503, 'application/json', JSON.stringify({ status: is ? 'ok' : 'unavailable' }));
    if (request.url === '/health/live') said(true);
    else if (request.url === '/health/ready') void ready().then(() => said(true), () => said(false));
    else if (request.url === '/metrics') void metrics.metrics().then((body) => answer(200, metrics.contentType, body), () => said(false));
    else answer(404, 'text/plain', 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
