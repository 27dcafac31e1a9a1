/**
 * The router in a process of its own, over any supergraph. Authentication is on where an issuer is configured; with the platform behind it,
 * sign-in requests go on to the auth domain, so that clients know one address.
 */
import cluster from 'node:cluster';
import type { Authenticate } from '@pms/identity/tokens';
import { overHttp } from '@pms/router/dial/over-http';
import type { Dial } from '@pms/router/dial/transport';
import { supergraphAt, supergraphFile } from '@pms/router/supergraph/source';
import type { RouterOptions } from '@pms/router/options';
import type { RedisLink } from '@pms/redis/link';
import { startRouter } from '@pms/router';
import { platformPolicies } from '@pms/identity/policies';
import { unrevoked } from '@pms/identity/revocations';
import { CONSISTENCY_HEADER } from '@pms/subgraph/awaited';
import type { RouterSettings, RouterSettingsInput } from '@pms/router/settings';
import { type Logger, logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import { allMetrics, answerForWorkers } from '@pms/telemetry/workers';
import { tracer } from '@pms/telemetry/tracing';
import { accessesOverHttp } from './access-channel.ts';
import { inBrowsers } from './browsers.ts';
import { changesFor } from './changes-heard.ts';
import { followChanges } from './change-feed.ts';
import { type Environment, isAddress, shown } from './environment.ts';
import { flows } from './flows.ts';
import { followingTokens } from './follow-token.ts';
import { exportsAt, signInAt } from './forward.ts';
import { living } from './lifetime.ts';
import { sharedRedis } from './redis.ts';
import { type Following, followRevocations } from './revocations.ts';
import { peerCertificates, peerFetch } from './peers.ts';
import { availablePort } from './port.ts';
import { settingsFrom } from './router-settings.ts';
import { openTelemetry } from './telemetry.ts';
import { keysAddress, trusting } from './trust.ts';

/** In a worker the port is open already, and what is said is said by the process that started it. */
export async function runRouter(wanted: Environment): Promise<void> {
  const log = logger({ level: wanted.logLevel, process: 'router' });
  const alone = !cluster.isWorker;
  await living({ logger: log, ...(alone ? { say: console.log } : {}) }, async (life) => {
    const environment = alone ? { ...wanted, port: await availablePort(wanted) } : wanted;
    if (alone) for (const line of shown(environment)) console.log(line);
    answerForWorkers();
    await openTelemetry(life, environment, 'pms-router', log);
    const http = await life.open(() => Promise.resolve(overHttp()), (opened) => opened.close());
    const options = await life.open(async () => routerOptions(environment, log), (opened) => opened.redis?.close());
    const { redis } = options;
    const authAddress = environment.subgraphUrls.get('auth');
    const { authenticate, following } = await believed(environment, redis, log);
    const peers = peerCertificates(environment);
    const changes = redis === null && keepsAnswers(options) ? changesFor(environment, { seconds: options.settings.cache.awaySecondsMax, logger: log }) : null;
    const accesses = await life.open(() => accessesOverHttp(environment, log), async (opened) => opened?.close());
    const router = await life.open(
      () =>
        startRouter({
          ...options,
          ...(accesses === null ? {} : { accesses: accesses.take }),
          dial: followingTokens(redirected(http.dial, environment.subgraphUrls), { flows, waitMsMax: environment.consistencyMs }),
          ...(authenticate === null ? {} : { authenticate }),
          ...(following === null ? {} : { revocations: following.revocations }),
          ...(changes === null ? {} : { hearsChanges: changes.hears }),
          mounts: async (app) => {
            if (authAddress !== undefined) await signInAt(authAddress, peers)(app);
            if (authenticate !== null) exportsAt(environment.subgraphUrls, unrevoked(authenticate, following?.revocations) ?? authenticate, peers)(app);
          },
          ...(authAddress === undefined || environment.issuer === null ? {} : inBrowsers(environment.issuer)),
        }),
      (opened) => {
        following?.stop();
        return opened.close();
      },
    );
    if (redis !== null && keepsAnswers(options)) await life.open(async () => followChanges(redis, router, log), (opened) => opened.close());
    if (changes !== null) await life.open(async () => changes.follow(router), () => changes.close());
    if (alone && router.adminPort !== null) console.log(`Metrics and health are at http://${environment.host}:${String(router.adminPort)}`);
    if (alone) console.log(`The router answers at ${router.url}`);
  });
}

/** Whose tokens, and which of them no longer; `null` where no issuer is configured, or where nobody tells. */
async function believed(environment: Environment, redis: RedisLink | null, log: Logger): Promise<{ readonly authenticate: Authenticate | null; readonly following: Following | null }> {
  const { issuer, subgraphUrls } = environment;
  if (issuer === null) return { authenticate: null, following: null };
  const address = subgraphUrls.get('auth') ?? null;
  const following = address === null && !environment.revocations.chosen ? null : await followRevocations({ address, environment, logger: log, redis });
  return { authenticate: trusting(issuer, keysAddress(environment, issuer), peerFetch(environment)), following };
}

export const keepsAnswers = ({ settings }: Pick<RouterOptions, 'settings'>): boolean => settings?.cache?.enabled === true;

/** What the router is given in either shape, with a connection to Redis, where there is one, that is to be closed. */
export function routerOptions(environment: Environment, log: Logger): Omit<RouterOptions, 'dial' | 'redis' | 'settings'> & { readonly redis: RedisLink | null; readonly settings: RouterSettings } {
  const tracing = tracer();
  const settings = passingTokens(settingsFrom(environment.routerConfig, platformSettings(environment)));
  return {
    ...(tracing === null ? {} : { tracer: tracing }),
    supergraph: sourceOf(environment),
    host: environment.host,
    port: environment.port,
    logger: log,
    metricsRegistry: metrics,
    metricsText: allMetrics,
    policies: platformPolicies,
    production: environment.production,
    redis: sharedRedis(environment, log, settings.redis.commandMsMax),
    settings,
  };
}

const sourceOf = ({ supergraph, supergraphToken }: Environment): RouterOptions['supergraph'] =>
  (isAddress(supergraph) ? supergraphAt(supergraph, supergraphToken ?? undefined) : supergraphFile(supergraph));

/** What the platform asks of its router; a file of settings goes before it, section by section. */
const platformSettings = ({ rateLimit, demo, tls }: Environment): RouterSettingsInput => ({
  ...(tls === null ? {} : { subgraphs: { all: { certFile: tls.certFile, keyFile: tls.keyFile, ...(tls.caFile === null ? {} : { caFile: tls.caFile }) } } }),
  // In the demo world its administrators see plans; elsewhere whoever a file of settings names.
  ...(demo ? { telemetry: { plan: { scope: 'identity:manage' } } } : {}),
  ...(rateLimit === null ? {} : { rate: rateLimit }),
  // A slow client of these gets the latest value: of each instrument, or of the one thing that it follows.
  subscriptions: {
    conflate: { quotes: ['instrument', 'id'], portfolioPnl: [], simulationProgress: [], leaderboardChanged: [] },
    resume: { tradeEvents: { argument: 'after', id: ['id'] } },
  },
});

/** What a client has changed is what it reads next: domains wait for what its token names, whatever else a file of settings has passed on to them. */
function passingTokens(settings: RouterSettings): RouterSettings {
  const { all, byName } = settings.subgraphs;
  const passing = <T extends typeof all>(given: T): T => ({ ...given, headers: { ...given.headers, pass: [...new Set([...given.headers?.pass ?? [], CONSISTENCY_HEADER])] } });
  const own = Object.entries(byName).map(([name, given]) => [name, given.headers?.pass === undefined ? given : passing(given)] as const);
  return { ...settings, subgraphs: { all: passing(all), byName: Object.fromEntries(own) } };
}

/** SUBGRAPH_URL_<NAME> goes before the supergraph's address. */
export function redirected(dial: Dial, urls: ReadonlyMap<string, string>): Dial {
  return ({ name, url }, settings) => dial({ name, url: urls.get(name.toLowerCase().replaceAll('_', '-')) ?? url }, settings);
}
