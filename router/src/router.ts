/** Starts a router: one address over a supergraph, for HTTP, server-sent events, websockets and people. */
import type { Invalidation } from './cache/tags.ts';
import { makeEngine } from './engine.ts';
import { throughPlugins } from './http/apollo.ts';
import { type Answering, listen } from './listen.ts';
import { type RouterMetrics, routerMetrics, stateGauges } from './observe.ts';
import { service } from './operation/serve.ts';
import { type Complete, type RouterOptions, withDefaults } from './options.ts';
import { overrideOptions } from './planner/override.ts';
import { type Reads, readsThrough } from './reads.ts';
import { openRedis, type RedisLink } from '@pms/redis/link';
import { redisMetrics } from '@pms/redis/metrics';
import { type Documents, documents } from './security/documents.ts';
import { rateLimit } from './security/rate-limit.ts';
import type { RouterSettings } from './settings.ts';
import { type Hub, subscriptionHub } from './subscriptions/hub.ts';
import { type EngineHolder, holdEngine } from './supergraph/holder.ts';
import { observer } from './telemetry/observer.ts';
import { planViewers } from './telemetry/shown-plan.ts';

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

export async function startRouter(given: RouterOptions): Promise<Router> {
  const options = withDefaults(given);
  const { logger, metricsRegistry, settings } = options;
  const metrics = routerMetrics(metricsRegistry);
  const { link: redis, end } = linkOf(options);
  const reads = readsThrough(options.dial, { settings, metrics, redis, hears: options.hearsChanges });
  let engines: EngineHolder | undefined;
  let trusted: Documents | undefined;
  try {
    trusted = await documents({ settings: settings.documents, redis, logger, metrics });
    engines = await holdEngine({ source: options.supergraph, settings: settings.supergraph, logger, metrics, make: (sdl) => makeEngine(sdl, {
      dial: reads.dial, limits: settings.limits, ...disclosed(options), policies: options.policies,
      authorization: settings.authorization.enforce, denials: settings.authorization, logger, metrics, planner: settings.supergraph.planner,
      ...overrideOptions(options),
      recallBytesMax: entitiesKept(settings) ? 0 : settings.execution.recallBytesMax,
    }) });
    return await serve(options, { engines, reads, metrics, redis, trusted, end });
  } catch (error) {
    reads.close();
    end();
    trusted?.close();
    engines?.close();
    throw error;
  }
}

/** The router's own part of it; what it did not open it leaves open. */
function linkOf({ redis, settings, logger, metricsRegistry }: Complete): { readonly link: RedisLink | null; end(): void } {
  if (redis === undefined || redis === null) return { link: null, end: () => {} };
  const { commandMsMax, keyPrefix } = settings.redis;
  if (typeof redis !== 'string') return { link: redis.under(keyPrefix), end: () => {} };
  const opened = openRedis(redis, { logger, metrics: redisMetrics(metricsRegistry), commandMsMax });
  return { link: opened.under(keyPrefix), end: () => opened.close() };
}

/** Where entities are kept one by one, a request to a subgraph is not what the plan asks for. */
const entitiesKept = ({ cache }: RouterSettings): boolean => cache.enabled && cache.entities;

interface Standing { readonly engines: EngineHolder; readonly reads: Reads; readonly metrics: RouterMetrics; readonly redis: RedisLink | null; readonly trusted: Documents; end(): void }

async function serve(options: Complete, standing: Standing): Promise<Router> {
  const { engines, reads, trusted, end } = standing;
  const answer = answering(options, standing);
  const apollo = options.plugins === undefined ? null
    : await throughPlugins({ engines, plugins: options.plugins, service: answer.service, logger: options.logger, ...disclosed(options) });
  const { close: closeAll, ...listening } = await listen(options, { ...answer, delegate: apollo?.delegate ?? null });
  const disobey = answer.subscriptions.obey(options.revocations);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await closeAll();
    disobey();
    await apollo?.stop();
    reads.close();
    end();
    trusted.close();
    engines.close();
  };
  return { ...listening, reload: engines.reload, invalidate: reads.invalidate, close: () => (closing ??= close()) };
}

function answering(options: Complete, { engines, reads, metrics, redis, trusted }: Standing): Omit<Answering, 'delegate'> & { readonly subscriptions: Hub } {
  const { logger, settings, tracer, policies } = options;
  const { telemetry } = settings;
  const seeing = observer({ settings: telemetry, log: telemetry.requestLog ?? (options.production ? 'all' : 'errors'), logger, metrics, tracer, accesses: options.accesses });
  stateGauges(options.metricsRegistry, { inFlight: seeing.inFlight, plans: () => engines.current().kept() });
  const operations = service({
    engine: engines.current, limit: rateLimit(settings.rate, redis), documents: trusted, observer: seeing, logger, metrics, answer: reads.answer, revocations: options.revocations,
    maySeePlans: planViewers(telemetry.plan, policies),
  });
  const subscriptions = subscriptionHub(operations, settings.subscriptions, engines.current);
  engines.onChange(() => void subscriptions.carryOver());
  return { service: operations, subscriptions };
}

/** What clients may learn of the schema. */
const disclosed = ({ settings: { disclosure }, production }: Complete): { readonly introspection: boolean; readonly suggestions: boolean } =>
  ({ introspection: disclosure.introspection ?? !production, suggestions: disclosure.suggestions ?? !production });
