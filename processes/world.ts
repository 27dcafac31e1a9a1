/** What the domains of one process stand on: a pool, the bus, live messages, settings; and the domains themselves, made and heard. */
import { newId } from '@pms/events/ids';
import type { Bus } from '@pms/events/bus';
import { localLive, type Live } from '@pms/events/live';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { localBus } from '@pms/events/local-bus';
import { notifications } from '@pms/events/notifications';
import { prune } from '@pms/events/pruning';
import { pgLive, pgPeers } from '@pms/events/pg-peers';
import { redisLive } from '@pms/events/redis-live';
import { connect, type Database } from '@pms/prisma/connect';
import type { RedisLink } from '@pms/redis/link';
import { audited } from '@pms/subgraph/audited';
import { type ContextFor, readingThrough } from '@pms/subgraph/consistency';
import type { Settings, Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';
import { catalogue, type DomainName, domainNames } from './catalogue.ts';
import type { Environment } from './environment.ts';
import { identityProvidersIn } from './identity-providers.ts';
import { secretsOf } from './secrets.ts';

const PRUNE_EVERY_MS = 600_000;

export interface WorldOptions {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly domains: readonly DomainName[];
  /** Whether other processes on this database consume events and send live messages too. */
  readonly shared: boolean;
  /** What processes share where there is one. */
  readonly redis?: RedisLink | null;
  readonly logger: Logger;
}

export interface World {
  readonly database: Database;
  readonly bus: Bus;
  readonly subgraphs: readonly Subgraph[];
  /** Where requests to each read, and when; by the domain's name. */
  readonly readers: ReadonlyMap<string, ContextFor>;
  /** Begins delivery of events, and what the domains do by themselves. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { environment, databaseUrl, domains, redis = null, logger } = options;
  const database = connect(databaseUrl);
  const { bus, live } = await channels(options, database);
  const surroundings: Surroundings = { database, live, redis, logger, settings: settingsOf(environment), wake: (told) => bus.wake(told), newId, now: () => new Date() };
  const subgraphs = await Promise.all(domains.map(async (name) => audited((await catalogue[name]())(surroundings), surroundings)));
  const replica = environment.databaseReadUrl === null ? null : connect(environment.databaseReadUrl, { applicationName: 'pms-reads' });
  const reading = await readersOf(domains, subgraphs, { surroundings, replica, waitMsMax: environment.consistencyMs });
  for (const { name, reactions } of subgraphs) if (reactions.length > 0) bus.subscribe(name, reactions);
  let pruning: NodeJS.Timeout | undefined;
  return {
    database,
    bus,
    subgraphs,
    readers: reading.readers,
    async start() {
      await bus.start();
      pruning = setInterval(() => void pruneAll(database, domains, environment.keepDays, logger), PRUNE_EVERY_MS).unref();
      for (const subgraph of subgraphs) await subgraph.start?.();
    },
    async close() {
      clearInterval(pruning);
      // Delivery first, so that no reaction meets a closed domain; what is committed and not delivered waits for the next start.
      await bus.close();
      await Promise.allSettled([...subgraphs, ...reading.onReplica].map((subgraph) => subgraph.close()));
      await replica?.close();
      await live.close();
      await database.close();
    },
  };
}

/** One domain after another; a failure is for the next time. */
async function pruneAll(database: Database, domains: readonly DomainName[], keepDays: number, logger: Logger): Promise<void> {
  if (keepDays === 0) return;
  for (const domain of domains) await prune(database, domain, keepDays).catch((error: unknown) => logger.warn({ err: error, domain }, 'old events could not be taken away'));
}

/** What the first says must hold at once (a session that was ended, a password that was changed); the newest quotes are in the process of the second. */
const NEVER_ON_REPLICA: ReadonlySet<string> = new Set(['auth', 'rttm']);

interface Standing { readonly surroundings: Surroundings; readonly replica: Database | null; readonly waitMsMax: number }

/** Where there is a replica, each domain is made once more upon it: that one hears nothing, starts nothing, and answers queries. */
async function readersOf(domains: readonly DomainName[], subgraphs: readonly Subgraph[], { surroundings, replica, waitMsMax }: Standing): Promise<{ readers: ReadonlyMap<string, ContextFor>; onReplica: readonly Subgraph[] }> {
  const readers = new Map<string, ContextFor>();
  const onReplica: Subgraph[] = [];
  for (const name of domains) {
    const subgraph = subgraphs.find((one) => one.name === name);
    if (subgraph === undefined) continue;
    const second = replica === null || NEVER_ON_REPLICA.has(name) ? null : { database: replica, subgraph: (await catalogue[name]())({ ...surroundings, database: replica, wake: () => undefined }) };
    if (second !== null) onReplica.push(second.subgraph);
    readers.set(name, readingThrough({ primary: { subgraph, database: surroundings.database }, replica: second, waitMsMax }));
  }
  return { readers, onReplica };
}

async function channels({ environment, databaseUrl, domains, shared, redis = null, logger }: WorldOptions, database: Database): Promise<{ bus: Bus; live: Live }> {
  const { kafka } = environment;
  if (!shared && kafka === null) return { bus: localBus({ database, publishers: domainNames, logger, peers: null }), live: localLive() };
  const notices = await notifications(databaseUrl, logger);
  const peers = pgPeers(notices);
  const live = redis === null ? pgLive(notices, logger) : redisLive(redis, pgLive(notices, logger));
  if (kafka === null) return { bus: localBus({ database, publishers: domainNames, logger, peers }), live };
  const bus = kafkaBus({
    settings: kafka, database, publishers: domainNames, carries: domains, logger, holds: (group) => peers.holds(`retry ${group}`), clientId: `pms-${domains.length === 1 ? domains[0] ?? '' : 'all'}`,
  });
  const close = async (): Promise<void> => {
    await bus.close();
    await peers.close();
  };
  return { bus: { ...bus, close }, live };
}

const COMMAND_POOL_MAX = 2;

/** For a command at the terminal that asks one domain: nothing is delivered, nobody is told. */
export function alone(environment: Environment, url: string, logger: Logger): { readonly surroundings: Surroundings; readonly database: Database } {
  const database = connect(url, { poolMax: COMMAND_POOL_MAX });
  return { database, surroundings: { database, live: localLive(), logger, settings: settingsOf(environment), wake: () => undefined, newId, now: () => new Date() } };
}

const settingsOf = (environment: Environment): Settings => ({
  production: environment.production,
  demo: environment.demo,
  checkpoints: environment.auditCheckpoints,
  issuer: environment.issuer ?? environment.publicUrl,
  identityProviders: identityProvidersIn(environment.identityProviders),
  secret: secretsOf(environment),
});
