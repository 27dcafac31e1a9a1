/**
 * Who may do what with which table, worked out from the tables that are there, after every migration: so no table can be forgotten. A domain's roles reach
 * their own schema, and what is append-only is added to and read.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { schemaOf } from './migrations.ts';
import { BUS, BUS_ROLE, domainFolders, makeRoles, rolesOf } from './roles.ts';

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Changes of its rows are refused by a trigger. */
  readonly frozen: boolean;
}

const OUTBOX = 'outbox_event';
/** What waits to be taken over by delivery: the domain adds, delivery removes. */
const WAITING = 'outbox_waiting';
/** What an event says is written once; where it stands and where it went is delivery's to write. */
const EVENT_COLUMNS: ReadonlySet<string> = new Set([
  'seq', 'id', 'type', 'key', 'organization_id', 'actor', 'reason', 'correlation_id', 'causation_id', 'occurred_at', 'recorded_at', 'data', 'traceparent', 'tracestate',
]);
/** Append-only without a trigger. */
const ONLY_ADDED_TO: ReadonlySet<string> = new Set([`trade_capture.trade_event`]);
/** Changed, never removed: the head of a chain moves on. */
const NEVER_REMOVED: ReadonlySet<string> = new Set([`audit.chain_head`]);

/** What the application's roles may do with rows of a table, besides reading and adding. */
export function changes(table: Table): readonly ('update' | 'delete')[] {
  const name = `${table.schema}.${table.name}`;
  if (table.frozen || table.name === OUTBOX || table.name === WAITING || ONLY_ADDED_TO.has(name)) return [];
  return NEVER_REMOVED.has(name) ? ['update'] : ['update', 'delete'];
}

const BEFORE_UPDATE_OR_DELETE = `(t.tgtype & 2) <> 0 and (t.tgtype & 8) <> 0 and (t.tgtype & 16) <> 0 and t.tgqual is null`;

/** Tables of the domains and the bus, without Prisma's history. */
export async function tablesIn(client: Pick<pg.Client, 'query'>): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
            exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and ${BEFORE_UPDATE_OR_DELETE}) as frozen
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname = any($1) and c.relname <> '_prisma_migrations' order by 1, 2`, [[BUS, ...domainFolders().map(schemaOf)]]);
  return rows;
}

/** Brings roles and grants in line with the tables. Changes nothing where they are. Needs the owner of the tables, who may create roles. */
export async function isolate(client: pg.Client): Promise<void> {
  await makeRoles(client);
  const { rows: [at] } = await client.query<{ database: string }>('select current_database() as database');
  await client.query(`revoke create, temporary on database ${pg.escapeIdentifier(at?.database ?? '')} from public`);
  await client.query('revoke all on schema public from public');
  const statements = statementsFor(await tablesIn(client));
  const note = createHash('sha256').update(statements.join(';')).digest('hex');
  const { rows: [known] } = await client.query<{ note: string | null }>(`select obj_description(to_regnamespace('${BUS}'), 'pg_namespace') as note`);
  if (known?.note === note) return;
  await client.query('begin');
  try {
    for (const statement of statements) await client.query(statement);
    await client.query(`comment on schema ${BUS} is '${note}'`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function statementsFor(tables: readonly Table[]): string[] {
  const bySchema = Map.groupBy(tables, ({ schema }) => schema);
  const ofDomains = domainFolders().flatMap((domain) => {
    const schema = schemaOf(domain);
    const { request, worker } = rolesOf(domain);
    return [
      ...schemaFor(schema, [request, worker]),
      ...(bySchema.get(schema) ?? []).map((table) => `grant ${['select', 'insert', ...changes(table)].join(', ')} on ${nameOf(table)} to ${request}, ${worker}`),
    ];
  });
  const ofBus = (bySchema.get(BUS) ?? []).map((table) => `grant select, insert, update, delete on ${nameOf(table)} to ${BUS_ROLE}`);
  const ofDelivery = tables.flatMap((table) => {
    if (table.name === WAITING) return [`grant select, update, delete on ${nameOf(table)} to ${BUS_ROLE}`];
    return table.name === OUTBOX ? deliveredFrom(table) : [];
  });
  return [...ofDomains, ...schemaFor(BUS, [BUS_ROLE]), ...ofBus, ...ofDelivery];
}

const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${schema}.${pg.escapeIdentifier(name)}`;

const schemaFor = (schema: string, roles: readonly string[]): string[] => [
  `revoke all on schema ${schema} from public`, `revoke all on all tables in schema ${schema} from public`,
  `revoke all on all tables in schema ${schema} from ${roles.join(', ')}`,
  `grant usage on schema ${schema} to ${roles.join(', ')}`, `grant usage on all sequences in schema ${schema} to ${roles.join(', ')}`,
];

function deliveredFrom(table: Table): string[] {
  const on = nameOf(table);
  const places = table.columns.filter((column) => !EVENT_COLUMNS.has(column));
  return [
    `grant usage on schema ${table.schema} to ${BUS_ROLE}`, `revoke all on ${on} from ${BUS_ROLE}`,
    `grant select on ${on} to ${BUS_ROLE}`, ...places.map((column) => `grant update (${column}) on ${on} to ${BUS_ROLE}`),
  ];
}
