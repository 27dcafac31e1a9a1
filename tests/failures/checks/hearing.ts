/** Which domain hears which types of events: asked of the domains themselves, which are made and never started. */
import { heardPublishers } from '@pms/events/kafka/kafka-consumer';
import { catalogue, type DomainName, domainNames } from '@pms/processes/catalogue';
import { environment } from '@pms/processes/environment';
import { alone } from '@pms/processes/world';
import { silent } from '@pms/telemetry/logger';

/** Where nobody listens: nothing is asked of it. */
const NO_SECRET = 'nobody-logs-in-with-this'.repeat(2);
const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nothing';

export interface Hearing {
  readonly consumer: string;
  /** `*` is every type. */
  readonly types: readonly string[];
  readonly publishers: readonly string[];
}

/** Takes seconds in which this process does nothing else: before its proxies have anything to carry. */
export async function hearingOf(domains: readonly DomainName[]): Promise<readonly Hearing[]> {
  const secrets = Object.fromEntries(domains.map((name) => [`PMS_SECRET_DATABASE_${name.toUpperCase().replaceAll('-', '_')}`, NO_SECRET]));
  const nowhere = environment({ DATABASE_URL: NOWHERE, ...secrets });
  return Promise.all(domains.map(async (consumer) => {
    const { surroundings, database } = await alone(nowhere, NOWHERE, { domain: consumer, logger: silent });
    const subgraph = (await catalogue[consumer]())(surroundings);
    const { reactions } = subgraph;
    await subgraph.close();
    await database.close();
    return { consumer, types: reactions.map(({ type }) => type), publishers: heardPublishers(domainNames, reactions) };
  }));
}
