/**
 * The database that a command works on: the one of DATABASE_URL, else the embedded one of this clone, started if it is not running. Whoever that address
 * names migrates; everything else goes by the roles of its domain, with the secrets `database-<domain>` as their passwords.
 */
import fs from 'node:fs';
import path from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres, StartError } from '@pms/prisma/embedded';
import { connect, connectIsolated, type ConnectOptions, type Database, type Doors } from '@pms/prisma/connect';
import { asRole, AUDITOR, AUDITOR_ROLE, BUS, BUS_ROLE, PRUNER, PRUNER_ROLE, roleOwners, rolesOf, secretOf } from '@pms/prisma/roles';
import type { Environment } from './environment.ts';
import { secretsOf } from './secrets.ts';

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

/** Of every role. Production generates none: those that it is not given are set by others. */
export async function rolePasswords(environment: Environment): Promise<ReadonlyMap<string, string>> {
  const secret = secretsOf(environment);
  const owners = roleOwners().filter((owner) => !environment.production || environment.secrets.has(secretOf(owner)));
  return new Map(await Promise.all(owners.map(async (owner) => [owner, await secret(secretOf(owner))] as const)));
}

/** A domain's way to its own tables. */
export async function connectDomain(environment: Environment, url: string, domain: string, options: ConnectOptions = {}): Promise<Database> {
  const password = await secretsOf(environment)(secretOf(domain));
  const { request, worker } = rolesOf(domain);
  const doors: Doors = { request: asRole(url, request, password), worker: asRole(url, worker, password) };
  return connectIsolated(() => doors, { applicationName: `pms-${domain}`, ...options });
}

/** The address as delivery of events has it. */
export const busUrl = async (environment: Environment, url: string): Promise<string> => asRole(url, BUS_ROLE, await secretsOf(environment)(secretOf(BUS)));

export const connectBus = async (environment: Environment, url: string, options: ConnectOptions = {}): Promise<Database> =>
  connect(await busUrl(environment, url), { applicationName: 'pms-bus', ...options });

/** For one look at the audit trail and all outboxes. */
export const connectAuditor = async (environment: Environment, url: string): Promise<Database> =>
  connect(asRole(url, AUDITOR_ROLE, await secretsOf(environment)(secretOf(AUDITOR))), { applicationName: 'pms-auditor', poolMax: 1 });

/** For taking away old events, now and then. */
export const connectPruner = async (environment: Environment, url: string): Promise<Database> =>
  connect(asRole(url, PRUNER_ROLE, await secretsOf(environment)(secretOf(PRUNER))), { applicationName: 'pms-pruner', poolMax: 1 });

/** Deletes what was made on the first start: the embedded database with its record, and the secrets. Refuses while the platform runs. */
export async function startAnew(environment: Environment): Promise<void> {
  if (environment.databaseUrl !== null) throw new StartError('DATABASE_URL names a database of your own, and a reset deletes only the embedded one: empty yours yourself.');
  await removeEmbeddedPostgres({ dataDir: dataDirOf(environment) });
  for (const made of ['secrets', 'running.json', 'audit-checkpoints']) fs.rmSync(path.join(environment.home, made), { recursive: true, force: true });
}
