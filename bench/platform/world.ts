/** The platform under measurement: one process on a Postgres of its own that is durable as in production, with instruments and funded portfolios. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { PmsClient } from '@pms/client';
import { startEmbeddedPostgres } from '@pms/prisma/embedded';
import { migrate } from '@pms/prisma/migrate';
import pg from 'pg';
import { serviceClient } from '../../tests/journeys/support/clients.ts';
import { type Platform, startPlatform } from '../../tests/journeys/support/platform.ts';
import { funded, lastWeekday, listed } from '../../tests/journeys/support/world.ts';

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
  const server = await startEmbeddedPostgres({ dataDir: join(import.meta.dirname, '../../node_modules/.cache/pms/bench-postgres/data') });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const made: string[] = [];
  const newDatabase = async (): Promise<string> => {
    const name = `bench_${randomBytes(6).toString('hex')}`;
    await admin.query(`create database ${name}`);
    made.push(name);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    await migrate({ url: url.href });
    return url.href;
  };
  const [databaseUrl, rawUrl] = [await newDatabase(), await newDatabase()];
  const platform = await startPlatform('one process', { databaseUrl, env: { PMS_RATE_LIMIT: RATE_LIMIT, LOG_LEVEL: 'warn' } });
  const client = serviceClient(platform);
  const day = lastWeekday();
  const instrumentId = await listed(client, { symbol: 'ACME', until: day, close: 100 });
  const portfolioIds: string[] = [];
  for (let at = 0; at < portfolios; at += 1) portfolioIds.push(await funded(client, `Bench ${String(at)}`, CASH));
  const { rows: [version] } = await admin.query<{ server_version: string }>('show server_version');
  return {
    platform, client, instrumentId, portfolioIds, day, rawUrl, postgresVersion: version?.server_version ?? '',
    async close() {
      await client.close();
      await platform.stop();
      for (const name of made) await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await server.stop();
    },
  };
}
