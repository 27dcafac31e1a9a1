/** Which domain hears which types of events: asked of the domains themselves. */
import { heardPublishers } from '@pms/events/kafka/kafka-consumer';
import { catalogue, domainNames } from '@pms/processes/catalogue';
import { environment } from '@pms/processes/environment';
import { alone } from '@pms/processes/world';
import { silent } from '@pms/telemetry/logger';
import { type Cluster, databaseNow } from '../support/cluster.ts';

export interface Hearing {
  readonly consumer: string;
  /** `*` is every type. */
  readonly types: readonly string[];
  readonly publishers: readonly string[];
}

export async function hearingOf(cluster: Cluster): Promise<readonly Hearing[]> {
  const { surroundings, database } = alone(environment(cluster.environment()), databaseNow(cluster), silent);
  try {
    return await Promise.all(cluster.domains.map(async (consumer) => {
      const subgraph = (await catalogue[consumer]())(surroundings);
      const { reactions } = subgraph;
      await subgraph.close();
      return { consumer, types: reactions.map(({ type }) => type), publishers: heardPublishers(domainNames, reactions) };
    }));
  } finally {
    await database.close();
  }
}
