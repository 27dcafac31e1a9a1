/** What surrounds a vitest run: the test Postgres goes when the last run that uses it ends. */
import { beginRun, endRun } from './test-postgres.ts';

export function setup(): void {
  beginRun();
}

export async function teardown(): Promise<void> {
  await endRun();
}
