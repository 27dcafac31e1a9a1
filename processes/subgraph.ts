/** One domain in a process of its own: GraphQL over HTTP and graphql-ws, its reactions, its own work. Wants migrated tables. */
import type { RedisLink } from '@pms/redis/link';
import { StartError } from '@pms/prisma/embedded';
import { serve } from '@pms/subgraph/serve';
import { logger } from '@pms/telemetry/logger';
import { domainNames, isDomain } from './catalogue.ts';
import { changeFeed } from './change-feed.ts';
import { openDatabase } from './database.ts';
import { type Environment, shown } from './environment.ts';
import { keptAnswers } from './kept-answers.ts';
import { type Lifetime, living } from './lifetime.ts';
import { peerFetch } from './peers.ts';
import { sharedRedis } from './redis.ts';
import { followRevocations } from './revocations.ts';
import { openTelemetry } from './telemetry.ts';
import { keysAddress, trusting } from './trust.ts';
import { openWorld, type World } from './world.ts';

export async function runSubgraph(name: string, environment: Environment): Promise<void> {
  if (!isDomain(name)) throw new StartError(`There is no domain ${name}; there are ${domainNames.join(', ')}.`);
  const log = logger({ level: environment.logLevel, process: name });
  for (const line of shown(environment)) console.log(line);
  await living({ logger: log, say: console.log }, async (life) => {
    await openTelemetry(life, environment, `pms-${name}`, log);
    const { url } = await life.open(() => openDatabase(environment), (database) => database.close());
    const redis = await life.open(async () => sharedRedis(environment, log), (opened) => opened?.close());
    const world = await life.open(
      () => openWorld({ environment, databaseUrl: url, domains: [name], shared: true, redis, logger: log, ended: life.ended }),
      (opened) => opened.close(),
    );
    if (redis !== null && mayTellRouters(name, environment)) await tellingRouters(life, redis, world);
    const [subgraph] = world.subgraphs;
    if (subgraph === undefined) throw new Error(`the catalogue made nothing for ${name}`);
    const issuer = environment.issuer ?? environment.publicUrl;
    let own: string | null = null;
    const authAddress = environment.subgraphUrls.get('auth') ?? issuer;
    const following = await life.open(() => followRevocations({ address: name === 'auth' ? () => own : authAddress, environment, logger: log, redis }), async (opened) => opened?.stop());
    let started = false;
    const ready = async (): Promise<void> => {
      if (!started) throw new Error('it has not started its work');
      await subgraph.ready();
    };
    // it answers before the database does: whoever looks after it sees that it lives, and that it is not ready
    const served = await life.open(
      () => serve({ ...subgraph, ready }, {
        host: environment.host, port: environment.port, authenticate: trusting(issuer, keysAddress(environment, issuer), peerFetch(environment)), logger: log,
        ...(environment.tls === null ? {} : { tls: { ...environment.tls, clientCaFile: environment.tls.caFile } }),
        contextFor: world.readers.get(name),
        follow: world.followers.get(name),
        ...(following === null ? {} : { revocations: following.revocations }),
      }),
      (serving) => serving.close(),
    );
    own = served.url;
    await world.start();
    started = true;
    console.log(`${name} answers at ${served.url}`);
  });
}

/** Out of the database one process at a time hears every event for the routers, whichever. From Kafka each process would read a part of them: one domain's do, which hear all events anyway. */
const mayTellRouters = (name: string, { kafka }: Environment): boolean => kafka === null || name === 'audit';

async function tellingRouters(life: Lifetime, redis: RedisLink, { bus }: World): Promise<void> {
  const feed = await life.open(async () => changeFeed(redis), (opened) => opened.close());
  await life.open(async () => keptAnswers(feed, bus), (opened) => opened.close());
}
