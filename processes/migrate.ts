/** Brings every domain's tables up to date, then says what it did. */
import { migrate } from '@pms/prisma/migrate';
import { StartError } from '@pms/prisma/embedded';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';

/** Resolves to how many migrations were applied. */
export async function migrateAll(url: string): Promise<number> {
  try {
    const done = await migrate({ url });
    return done.reduce((sum, { applied }) => sum + applied.length, 0);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'MigrationFailed') throw error;
    throw new StartError(`The database could not be brought up to date: ${error.message}.`);
  }
}

export async function runMigrate(environment: Environment): Promise<void> {
  const { url, close } = await openDatabase(environment);
  try {
    console.log(`${String(await migrateAll(url))} migrations applied`);
  } finally {
    await close();
  }
}
