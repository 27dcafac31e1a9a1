/** `pms person rewrap`: the keys of people under a new wrapping key, in every domain that has some; beside a running platform. */
import process from 'node:process';
import { silent } from '@pms/telemetry/logger';
import { catalogue, domainNames } from './catalogue.ts';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { alone } from './world.ts';

/** Fails when a key opens with neither secret, and, with `check`, when one is not wrapped by the current one. */
export async function rewrapPeople(environment: Environment, { check }: { readonly check: boolean }): Promise<void> {
  const { url, close } = await openDatabase(environment);
  try {
    for (const domain of domainNames) {
      const { surroundings, database } = await alone(environment, url, { domain, logger: silent });
      const subgraph = (await catalogue[domain]())(surroundings);
      try {
        const done = await subgraph.rewrapKeys?.(check ? 'look' : 'wrap');
        if (done === undefined) continue;
        const { current, other, destroyed, lost } = done;
        console.log(`${domain}: ${String(current)} keys under PMS_SECRET_PERSON_KEYS, ${String(other)} ${check ? 'still under the other' : 'of them wrapped anew'}, ${String(destroyed)} destroyed before`);
        for (const { organizationId, personId } of lost) console.error(`${domain}: the key of ${personId} (${organizationId}) opens with neither PMS_SECRET_PERSON_KEYS nor PMS_SECRET_PERSON_KEYS_OTHER`);
        if (lost.length > 0 || (check && other > 0)) process.exitCode = 1;
      } finally {
        await subgraph.close();
        await database.close();
      }
    }
  } finally {
    await close();
  }
}
