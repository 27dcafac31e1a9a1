/** The database that stops without a word and recovers, and the one whose replica takes over at the same address. */
import type { Cluster } from '../support/cluster.ts';
import type { Fault } from './fault.ts';

export const postgres: Fault = {
  name: 'postgres',
  part: 'postgres',
  async inject({ cluster }) {
    await cluster.postgres.restart();
    return 'stopped at once, and recovered';
  },
};

export const failover: Fault = {
  name: 'failover',
  part: 'postgres',
  async inject({ cluster }) {
    if (!cluster.postgres.replicated()) await cluster.postgres.replicate();
    await cluster.postgres.failOver();
    retargeted(cluster);
    await cluster.postgres.replicate();
    return 'the primary is gone, its replica promoted, a new replica made';
  },
};

/** As a virtual address does it: what is open breaks, what is new comes to the new primary. */
function retargeted({ postgres: { port }, proxies }: Cluster): void {
  for (const proxy of proxies.postgres.values()) {
    proxy.target(port());
    proxy.cut();
  }
}
