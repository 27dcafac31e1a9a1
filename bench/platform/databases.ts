/** A Postgres of the benchmarks' own, durable as in production, and databases on it that are migrated, empty, and dropped at the end. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connectIsolated, type ConnectOptions, type Database } from '@pms/prisma/connect';
import { startEmbeddedPostgres } from '@pms/prisma/embedded';
import { migrate } from '@pms/prisma/migrate';
import { asRole, roleOwners, rolesOf, secretOf, setPasswords } from '@pms/prisma/roles';
import pg from 'pg';

/** Of the benchmarks' own server. */
export const DATA_DIR = join(import.meta.dirname, '../../node_modules/.cache/pms/bench-postgres/data');

const PASSWORD = randomBytes(32).toString('base64url');

/** A domain's way to its tables, as its own process has it. */
export function connectAs(url: string, domain: string, options: ConnectOptions = {}): Database {
  const { request, worker } = rolesOf(domain);
  const doors = { request: asRole(url, request, PASSWORD), worker: asRole(url, worker, PASSWORD) };
  return connectIsolated(() => doors, options);
}

/** By which a process of the platform is let into any of these databases. */
export const databaseSecrets = (): Record<string, string> =>
  Object.fromEntries(roleOwners().map((owner) => [`PMS_SECRET_${secretOf(owner).toUpperCase().replaceAll('-', '_')}`, PASSWORD]));

/** Migrated, with roles that `databaseSecrets` lets in. */
export async function prepare(url: string): Promise<void> {
  await migrate({ url });
  await setPasswords(url, new Map(roleOwners().map((owner) => [owner, PASSWORD])));
}

export interface Databases {
  readonly postgresVersion: string;
  /** The address of a new one. */
  make(): Promise<string>;
  close(): Promise<void>;
}

export async function openDatabases(): Promise<Databases> {
  const server = await startEmbeddedPostgres({ dataDir: DATA_DIR });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const made: string[] = [];
  const { rows: [version] } = await admin.query<{ server_version: string }>('show server_version');
  return {
    postgresVersion: version?.server_version ?? '',
    async make() {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      await admin.query(`create database ${name}`);
      made.push(name);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      await prepare(url.href);
      return url.href;
    },
    async close() {
      for (const name of made) await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await server.stop();
    },
  };
}
