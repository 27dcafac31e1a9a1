/**
 * The Postgres roles of the platform. Each domain has two, which reach its own schema and nothing else: one for requests, which sees one organisation at a
 * time, and one for what the domain does by itself. Delivery of events has a role of its own, and so have who audits and who takes old events away. None owns anything; the owner is who migrates.
 */
import { createHmac, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { prismaFolders, schemaOf } from './migrations.ts';

interface DomainRoles {
  readonly request: string;
  readonly worker: string;
}

/** The schema that belongs to no domain: where events have their places. */
export const BUS = 'bus';
export const BUS_ROLE = 'pms_bus';
/** Who compares the audit trail with what every domain said: it reads both, and writes down what it has compared. */
export const AUDITOR = 'auditor';
export const AUDITOR_ROLE = 'pms_auditor';
/** Who takes old events away, of which nobody else may remove one. */
export const PRUNER = 'pruner';
export const PRUNER_ROLE = 'pms_pruner';

export const rolesOf = (domain: string): DomainRoles => ({ request: `pms_${schemaOf(domain)}`, worker: `pms_${schemaOf(domain)}_worker` });

/** Those with tables of their own, without the bus. */
export const domainFolders = (): string[] => prismaFolders().filter((folder) => folder !== BUS);

const OF_THE_PLATFORM: ReadonlyMap<string, string> = new Map([[BUS, BUS_ROLE], [AUDITOR, AUDITOR_ROLE], [PRUNER, PRUNER_ROLE]]);

/** Of a domain, or of the platform itself. */
const rolesIn = (owner: string): readonly string[] => {
  const one = OF_THE_PLATFORM.get(owner);
  return one !== undefined ? [one] : Object.values(rolesOf(owner) as unknown as Record<string, string>);
};

/** Whose password is a secret of its own. */
export const roleOwners = (): string[] => [...domainFolders(), ...OF_THE_PLATFORM.keys()];

export const allRoles = (): string[] => roleOwners().flatMap(rolesIn);

/** Where an owner's passwords are asked for. */
export const secretOf = (owner: string): string => `database-${owner}`;

const NOTHING_BUT_ROWS = 'nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls';

/** Makes the roles that are missing; nobody can log in as one that has no password yet. Throws where one of them may do more than it should. */
export async function makeRoles(client: pg.Client): Promise<void> {
  const wanted = allRoles();
  const { rows } = await client.query<{ name: string; mighty: boolean }>(
    `select rolname as name, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or exists (select from pg_auth_members m where m.member = r.oid) as mighty
       from pg_roles r where rolname = any($1)`, [wanted]);
  const mighty = rows.find((row) => row.mighty);
  if (mighty !== undefined) throw new Error(`the role ${mighty.name} may do more than read and write its rows: take its attributes and memberships away`);
  for (const name of wanted.filter((each) => rows.every((row) => row.name !== each))) await makeRole(client, name);
}

/** Two databases of one server may be migrated at once. */
async function makeRole(client: pg.Client, name: string): Promise<void> {
  await client.query(`do $$ begin create role ${name} nologin ${NOTHING_BUT_ROWS}; exception when duplicate_object or unique_violation then null; end $$`);
}

/** Lets the roles log in. `passwords` by owner (a domain, or the bus); those of other owners stay as they are. */
export async function setPasswords(url: string, passwords: ReadonlyMap<string, string>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'pms-migrate' });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; note: string | null; login: boolean }>(
      `select rolname as name, shobj_description(oid, 'pg_authid') as note, rolcanlogin as login from pg_roles where rolname = any($1)`, [allRoles()]);
    const known = new Map(rows.map((row) => [row.name, row]));
    for (const [owner, password] of passwords) for (const role of rolesIn(owner)) {
      const note = noteOf(role, password);
      const before = known.get(role);
      if (before?.login === true && before.note === note) continue;
      await client.query(`alter role ${role} login password '${verifierOf(password)}'`);
      await client.query(`comment on role ${role} is '${note}'`);
    }
  } finally {
    await client.end();
  }
}

const NOTE_CHARACTERS = 16;

/** Tells one secret from another and nothing more: secrets are random, and longer than any search. */
const noteOf = (role: string, password: string): string =>
  `password ${createHmac('sha256', password).update(`note of ${role}`).digest('base64url').slice(0, NOTE_CHARACTERS)}`;

const ITERATIONS = 4_096;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** What Postgres keeps of a password (RFC 5803), made here, so that the password itself never stands in a statement, which a server may log. */
function verifierOf(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const signed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(signed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${String(ITERATIONS)}:${salt.toString('base64')}$${stored}:${signed('Server Key').toString('base64')}`;
}

/** The address at which a role logs in: the server and the database of `url`, whoever that names. */
export function asRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.toString();
}
