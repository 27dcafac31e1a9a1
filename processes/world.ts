/** What the domains of one process stand on: a pool, the bus, live messages, settings; and the domains themselves, made and heard. */
import { newId } from '@pms/events/ids';
import type { Bus } from '@pms/events/bus';
import { localLive, type Live } from '@pms/events/live';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { localBus } from '@pms/events/local-bus';
import { notifications } from '@pms/events/notifications';
import { pgLive, pgPeers } from '@pms/events/pg-peers';
import { redisLive } from '@pms/events/redis-live';
import { connect, type Database } from '@pms/prisma/connect';
import type { RedisLink } from '@pms/redis/link';
import { audited } from '@pms/subgraph/audited';
import type { Settings, Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';
import { catalogue, type DomainName, domainNames } from './catalogue.ts';
import type { Environment } from './environment.ts';
import { identityProvidersIn } from './identity-providers.ts';
import { secretsOf } from './secrets.ts';

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
  for (const { name, reactions } of subgraphs) if (reactions.length > 0) bus.subscribe(name, reactions);
  return {
    database,
    bus,
    subgraphs,
    async start() {
      await bus.start();
      for (const subgraph of subgraphs) await subgraph.start?.();
    },
    async close() {
      // Delivery first, so that no reaction meets a closed domain; what is committed and not delivered waits for the next start.
      await bus.close();
      await Promise.allSettled(subgraphs.map((subgraph) => subgraph.close()));
      await live.close();
      await database.close();
    },
  };
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
