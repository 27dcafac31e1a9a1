/** All domains in this process behind the router, as `npm start` has them, on a database of their own and each as its own roles; for tests of what an organisation can reach. */
import { localBus } from '@pms/events/local-bus';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { platformPolicies } from '@pms/identity/policies';
import { type Principal, scopes } from '@pms/identity/principal';
import { connect, connectIsolated, type Database } from '@pms/prisma/connect';
import { BUS_ROLE } from '@pms/prisma/roles';
import { startRouter } from '@pms/router';
import { inProcess } from '@pms/router/dial/in-process';
import { supergraphFile } from '@pms/router/supergraph/source';
import type { Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import { doorsOf, roleUrl, testDatabase } from '@pms/testing/test-database';
import { catalogue, type DomainName, domainNames } from '../../processes/catalogue.ts';

export interface Answer {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads of an answer what it asked for
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

export interface Estate {
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  /** As the owner of everything. */
  readonly owner: Database;
  /** Through the router. */
  ask(who: Principal, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Until every event has been handled, and what came of it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const principalOf = (organizationId: string, name: string): Principal => ({
  subject: `usr_${name}`, kind: 'USER', organizationId, roles: ['ADMIN'], scopes: new Set(scopes), tokenId: `tok_${name}`, expiresAt: 4_102_444_800,
});

const secret = (name: string): Promise<string> => Promise.resolve(Buffer.from(name.padEnd(32, '.')).toString('base64url'));

/** `now` is the domains' clock. */
export async function estate(now: () => Date): Promise<Estate> {
  const { url, drop } = await testDatabase();
  const owner = connect(url, { poolMax: 2 });
  const delivering = connect(roleUrl(url, BUS_ROLE), { poolMax: 8 });
  const bus = localBus({ database: delivering, publishers: domainNames, logger: silent, peers: null });
  const live = localLive();
  const databases: Database[] = [];
  const opened = async (name: DomainName): Promise<Subgraph> => {
    const database = connectIsolated(() => doorsOf(url, name), { poolMax: 4 });
    databases.push(database);
    const surroundings: Surroundings = {
      database, live, logger: silent, wake: (told) => bus.wake(told), newId, now, settings: { production: false, demo: false, issuer: 'http://127.0.0.1:4000', secret },
    };
    return (await catalogue[name]())(surroundings);
  };
  const subgraphs = await Promise.all(domainNames.map(opened));
  for (const { name, reactions } of subgraphs) if (reactions.length > 0) bus.subscribe(name, reactions);
  const known = new Map<string, Principal>();
  const router = await startRouter({
    supergraph: supergraphFile(new URL('../../schema/supergraph.graphql', import.meta.url).pathname), dial: inProcess(subgraphs), port: 0, host: '127.0.0.1', logger: silent, metricsRegistry: metrics, production: false, policies: platformPolicies,
    authenticate: (header) => Promise.resolve(known.get(header ?? '') ?? null),
    settings: { rate: { points: 1_000_000, windowSeconds: 1 }, limits: { costMax: 100_000_000, heightMax: 100_000, fieldsMax: 100_000, tokensMax: 1_000_000 } },
  });
  await bus.start();
  for (const subgraph of subgraphs) if (subgraph.name === 'analytics' || subgraph.name === 'simulation') await subgraph.start?.();
  return {
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])), owner,
    async ask(who, query, variables = {}) {
      const authorization = `Bearer ${who.subject}`;
      known.set(authorization, who);
      const response = await fetch(new URL('/graphql', router.url), { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query, variables }) });
      return (await response.json()) as Answer;
    },
    settled: () => bus.settled(),
    async close() {
      await bus.close();
      await router.close();
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      await live.close();
      await Promise.all([owner, delivering, ...databases].map((each) => each.close()));
      await drop();
    },
  };
}
