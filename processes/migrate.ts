/** Brings every domain's tables up to date, with who may do what in them, then says what it did. */
import { migrate } from '@pms/prisma/migrate';
import { setPasswords } from '@pms/prisma/roles';
import { StartError } from '@pms/prisma/embedded';
import { openDatabase, rolePasswords } from './database.ts';
import type { Environment } from './environment.ts';

/** Resolves to how many migrations were applied. Afterwards the domains' roles log in with the secrets of this environment. */
export async function migrateAll(environment: Environment, url: string): Promise<number> {
  try {
    const done = await migrate({ url });
    await setPasswords(url, await rolePasswords(environment));
    return done.reduce((sum, { applied }) => sum + applied.length, 0);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'MigrationFailed') throw error;
    throw new StartError(`The database could not be brought up to date: ${error.message}.`);
  }
}

export async function runMigrate(environment: Environment): Promise<void> {
  const { url, close } = await openDatabase(environment);
  try {
    console.log(`${String(await migrateAll(environment, url))} migrations applied`);
  } finally {
    await close();
  }
}
