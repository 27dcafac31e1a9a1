/** What the domains of one process stand on: each its own connections, the bus, live messages, settings; and the domains themselves, made and heard. */
import { newId } from '@pms/events/ids';
import type { Bus } from '@pms/events/bus';
import { localLive, type Live } from '@pms/events/live';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { localBus } from '@pms/events/local-bus';
import { notifications } from '@pms/events/notifications';
import { newestOver, saying } from '@pms/events/newest';
import { putAside } from '@pms/events/parking';
import { pgLive, pgPeers } from '@pms/events/pg-peers';
import { redisLive } from '@pms/events/redis-live';
import { schemaOf } from '@pms/events/sql';
import type { Database } from '@pms/prisma/connect';
import type { RedisLink } from '@pms/redis/link';
import { audited } from '@pms/subgraph/audited';
import type { Seat, Waiting } from '@pms/subgraph/awaited';
import { type ContextFor, readingThrough } from '@pms/subgraph/consistency';
import { type Follow, followingThrough } from '@pms/subgraph/follow';
import type { Settings, Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';
import { catalogue, type DomainName, domainNames } from './catalogue.ts';
import { busUrl, connectBus, connectDomain } from './database.ts';
import type { Environment } from './environment.ts';
import { identityProvidersIn } from './identity-providers.ts';
import { oldEvents } from './old-events.ts';
import { whenThere } from './reaching.ts';
import { givenSecretOf, secretsOf } from './secrets.ts';

export interface WorldOptions {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly domains: readonly DomainName[];
  /** Whether other processes on this database consume events and send live messages too. */
  readonly shared: boolean;
  /** What processes share where there is one. */
  readonly redis?: RedisLink | null;
  readonly logger: Logger;
  /** Aborted when nobody waits any more for a database that is away. */
  readonly ended?: AbortSignal;
}

export interface World {
  readonly bus: Bus;
  readonly subgraphs: readonly Subgraph[];
  /** Where requests to each read, and when; by the domain's name. */
  readonly readers: ReadonlyMap<string, ContextFor>;
  /** What each made of the events of a consistency token; by the domain's name. */
  readonly followers: ReadonlyMap<string, Follow>;
  /** Resolves once the database lets every role in and has its tables, however long that takes. Throws where a role is refused, or tables are missing. */
  reached(): Promise<void>;
  /** Waits for the database, and begins delivery of events, and what the domains do by themselves. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { environment, databaseUrl, domains, redis = null, logger, ended } = options;
  const reaching = { what: 'the database', logger, ended };
  const company = domains.length === 1 ? 'alone' : 'amongOthers';
  const [delivering, old] = [await connectBus(environment, databaseUrl, { poolMax: BUS_POOL_MAX[company] }), await oldEvents({ environment, databaseUrl, domains, logger })];
  const { bus, live } = await channels(options, delivering);
  const line = environment.kafka === null ? 'key' : 'key and publisher';
  const standing: Standing = {
    surroundings: { live, redis, logger, settings: settingsOf(environment), wake: (told) => bus.wake(told), newId, now: () => new Date(), newest: newestOver(delivering, line) },
    waiting: {
      waitMsMax: environment.consistencyMs, putAside: (domain, eventIds) => putAside(delivering, domain, eventIds, line),
      says: (publisher, eventIds, what) => saying(delivering, publisher, eventIds, what),
    },
    connected: (name, url) => connectDomain(environment, url, name, POOLS[company]),
  };
  const seats = await Promise.all(domains.map(async (name) => seatOf(name, standing, databaseUrl)));
  const subgraphs = seats.map(({ subgraph }) => subgraph);
  const reading = await readersOf(seats, standing, environment.databaseReadUrl);
  for (const { name, reactions } of subgraphs) if (reactions.length > 0) bus.subscribe(name, reactions);
  const reached = (): Promise<void> => whenThere(() => lookedAt(delivering, seats), reaching);
  return {
    bus,
    reached,
    subgraphs,
    readers: reading.readers,
    followers: new Map(seats.map((seat) => [seat.name, followingThrough(seat, standing.waiting)])),
    async start() {
      await reached();
      await bus.start();
      old.start();
      for (const subgraph of subgraphs) await whenThere(async () => subgraph.start?.(), reaching);
    },
    async close() {
      // Delivery first, so that no reaction meets a closed domain; what is committed and not delivered waits for the next start.
      await bus.close();
      const all = [...seats, ...reading.onReplica];
      await Promise.allSettled(all.map(({ subgraph }) => subgraph.close()));
      await live.close();
      await Promise.all([old, delivering, ...all.map(({ database }) => database)].map((opened) => opened.close()));
    },
  };
}

/** Whether each role is let in, and finds its tables. */
async function lookedAt(delivering: Database, seats: readonly Placed[]): Promise<void> {
  await delivering.query('select 1 from bus.cursor limit 1');
  for (const { name, database } of seats) await database.query(`select 1 from ${schemaOf(name)}.outbox_event limit 1`); // for nobody: no row is seen
}

/** What the first says must hold at once (a session that was ended, a password that was changed); the newest quotes are in the process of the second. */
const NEVER_ON_REPLICA: ReadonlySet<string> = new Set(['auth', 'rttm']);

/** What all domains are given, and how each connects to a server. */
interface Standing {
  readonly surroundings: Omit<Surroundings, 'database'>;
  readonly waiting: Waiting;
  connected(name: DomainName, url: string): Promise<Database>;
}

/** A domain and its own connections. */
interface Placed extends Seat {
  readonly name: DomainName;
  readonly database: Database;
}

async function seatOf(name: DomainName, { surroundings, connected }: Standing, url: string): Promise<Placed> {
  const database = await connected(name, url);
  const own: Surroundings = { ...surroundings, database };
  return { name, database, subgraph: audited((await catalogue[name]())(own), own) };
}

/** Where there is a replica, each domain is made once more upon it: that one hears nothing, starts nothing, and answers queries. */
async function readersOf(seats: readonly Placed[], standing: Standing, readUrl: string | null): Promise<{ readers: ReadonlyMap<string, ContextFor>; onReplica: readonly Placed[] }> {
  const quiet: Standing = { ...standing, surroundings: { ...standing.surroundings, wake: () => undefined } };
  const onReplica = readUrl === null ? [] : await Promise.all(seats.filter(({ name }) => !NEVER_ON_REPLICA.has(name)).map(({ name }) => seatOf(name, quiet, readUrl)));
  const readers = seats.map((primary): [string, ContextFor] =>
    [primary.name, readingThrough({ primary, replica: onReplica.find(({ name }) => name === primary.name) ?? null, ...standing.waiting })]);
  return { readers: new Map(readers), onReplica };
}

/** Connections of one process at most, of a domain's two roles: opened when they are needed, closed when they are not. */
const POOLS = { alone: { poolMax: 24, workerPoolMax: 12 }, amongOthers: { poolMax: 14, workerPoolMax: 6 } } as const;
const BUS_POOL_MAX = { alone: 6, amongOthers: 16 } as const;

async function channels({ environment, databaseUrl, domains, shared, redis = null, logger }: WorldOptions, database: Database): Promise<{ bus: Bus; live: Live }> {
  const { kafka } = environment;
  if (!shared && kafka === null) return { bus: localBus({ database, publishers: domainNames, logger, peers: null }), live: localLive() };
  const notices = await notifications(await busUrl(environment, databaseUrl), logger);
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

/** What one domain stands on, and its connections, for whoever asks it to close. */
export interface Alone {
  readonly surroundings: Surroundings;
  readonly database: Database;
}

/** For a command at the terminal that asks one domain: nothing is delivered, nobody is told. */
export async function alone(environment: Environment, url: string, { domain, logger }: { readonly domain: DomainName; readonly logger: Logger }): Promise<Alone> {
  const database = await connectDomain(environment, url, domain, { poolMax: COMMAND_POOL_MAX });
  return { database, surroundings: { database, live: localLive(), logger, settings: settingsOf(environment), wake: () => undefined, newId, now: () => new Date() } };
}

const settingsOf = (environment: Environment): Settings => ({
  production: environment.production,
  demo: environment.demo,
  checkpoints: environment.auditCheckpoints,
  issuer: environment.issuer ?? environment.publicUrl,
  identityProviders: identityProvidersIn(environment.identityProviders),
  secret: secretsOf(environment),
  givenSecret: givenSecretOf(environment),
});
