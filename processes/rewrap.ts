/** `pms person rewrap`: the keys of people under a new wrapping key, in every domain that has some; beside a running platform. */
import process from 'node:process';
import { actingForAll } from '@pms/events/acting';
import { rewrapped } from '@pms/subgraph/rewrapping';
import { connectDomain, openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { givenSecretOf, secretsOf } from './secrets.ts';

/** Those that keep something personal. */
const WITH_KEYS = ['auth', 'portfolio', 'audit'] as const;

/** Fails when a key opens with neither secret, and, with `check`, when one is not wrapped by the current one. */
export async function rewrapPeople(environment: Environment, { check }: { readonly check: boolean }): Promise<void> {
  const settings = { secret: secretsOf(environment), givenSecret: givenSecretOf(environment) };
  const { url, close } = await openDatabase(environment);
  try {
    for (const domain of WITH_KEYS) {
      const database = await connectDomain(environment, url, domain, { poolMax: 1 });
      try {
        const { current, other, destroyed, lost } = await actingForAll(() => rewrapped(database, domain, { settings, only: check ? 'look' : 'wrap' }));
        const done = check ? `${String(other)} still under the other` : `${String(other)} of them wrapped anew`;
        console.log(`${domain}: ${String(current)} keys under PMS_SECRET_PERSON_KEYS, ${done}, ${String(destroyed)} destroyed before`);
        for (const { organizationId, personId } of lost) console.error(`${domain}: the key of ${personId} (${organizationId}) opens with neither PMS_SECRET_PERSON_KEYS nor PMS_SECRET_PERSON_KEYS_OTHER`);
        if (lost.length > 0 || (check && other > 0)) process.exitCode = 1;
      } finally {
        await database.close();
      }
    }
  } finally {
    await close();
  }
}
