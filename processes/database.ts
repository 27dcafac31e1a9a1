/** The database that a command works on: the one of DATABASE_URL, else the embedded one of this clone, started if it is not running. */
import fs from 'node:fs';
import path from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres, StartError } from '@pms/prisma/embedded';
import type { Environment } from './environment.ts';

export interface OpenDatabase {
  readonly url: string;
  close(): Promise<void>;
}

const dataDirOf = ({ home }: Environment): string => path.join(home, 'postgres');

export async function openDatabase(environment: Environment, log: (line: string) => void = () => undefined): Promise<OpenDatabase> {
  if (environment.databaseUrl !== null) return { url: environment.databaseUrl, close: () => Promise.resolve() };
  if (environment.production) throw new StartError('Production wants a Postgres of its own: set DATABASE_URL.');
  const server = await startEmbeddedPostgres({
    dataDir: dataDirOf(environment),
    log,
    ...(environment.databasePort === null ? {} : { port: environment.databasePort }),
  });
  return { url: server.url, close: () => server.stop() };
}

/** Deletes what was made on the first start: the embedded database with its record, and the secrets. Refuses while the platform runs. */
export async function startAnew(environment: Environment): Promise<void> {
  if (environment.databaseUrl !== null) throw new StartError('DATABASE_URL names a database of your own, and a reset deletes only the embedded one: empty yours yourself.');
  await removeEmbeddedPostgres({ dataDir: dataDirOf(environment) });
  for (const made of ['secrets', 'running.json', 'audit-checkpoints']) fs.rmSync(path.join(environment.home, made), { recursive: true, force: true });
}
