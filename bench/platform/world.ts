/** The platform under measurement: one process on a Postgres of its own that is durable as in production, with instruments and funded portfolios. */
import type { PmsClient } from '@pms/client';
import { serviceClient } from '../../tests/journeys/support/clients.ts';
import { type Platform, startPlatform } from '../../tests/journeys/support/platform.ts';
import { funded, lastWeekday, listed } from '../../tests/journeys/support/world.ts';
import { openDatabases } from './databases.ts';

/** The only limit that is lifted: one client asks more often here than any may. */
const RATE_LIMIT = '10000000/10';
const CASH = '10000000000';

export interface World {
  readonly platform: Platform;
  readonly client: PmsClient;
  readonly instrumentId: string;
  readonly portfolioIds: readonly string[];
  readonly day: string;
  /** A migrated database on the same server that no platform works on. */
  readonly rawUrl: string;
  readonly postgresVersion: string;
  close(): Promise<void>;
}

export async function openWorld(portfolios: number): Promise<World> {
  const databases = await openDatabases();
  const [databaseUrl, rawUrl] = [await databases.make(), await databases.make()];
  const platform = await startPlatform('one process', { databaseUrl, env: { PMS_RATE_LIMIT: RATE_LIMIT, LOG_LEVEL: 'warn' } });
  const client = serviceClient(platform);
  const day = lastWeekday();
  const instrumentId = await listed(client, { symbol: 'ACME', until: day, close: 100 });
  const portfolioIds: string[] = [];
  for (let at = 0; at < portfolios; at += 1) portfolioIds.push(await funded(client, `Bench ${String(at)}`, CASH));
  return {
    platform, client, instrumentId, portfolioIds, day, rawUrl, postgresVersion: databases.postgresVersion,
    async close() {
      await client.close();
      await platform.stop();
      await databases.close();
    },
  };
}
