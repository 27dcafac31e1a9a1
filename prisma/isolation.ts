/**
 * Who may do what with which table, worked out from the tables that are there, after every migration: so no table can be forgotten. A domain's roles reach
 * their own schema; rows of an organisation are seen by those who act for it (`pms.organization`, platform/events/src/acting.ts); what is append-only is
 * added to and read.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { schemaOf } from './migrations.ts';
import { AUDITOR_ROLE, BUS, BUS_ROLE, domainFolders, PRUNER_ROLE, makeRoles, rolesOf } from './roles.ts';

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Changes of its rows are refused by a trigger. */
  readonly frozen: boolean;
}

const SETTING = `current_setting('pms.organization', true)`;
/** Worked out once a statement, whatever the number of its rows. */
const IS_FOR_ALL = `(select ${SETTING} = '*')`;
const NAMED = `(select string_to_array(${SETTING}, ','))::text[]`;
const SCHEMAS = [BUS, ...domainFolders().map(schemaOf)];
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
/** What the auditor reads besides outboxes. */
const AUDITED: ReadonlySet<string> = new Set(['audit.chain_entry']);
/** What the auditor compared before events were taken away: written by it alone, so that whoever seals entries cannot vouch for them too. */
export const RECEIPTS = 'audit.outbox_receipt';
/** The column that names the organisation, where that is another one. */
const ORGANIZATION_COLUMNS: ReadonlyMap<string, string> = new Map([['auth.organization', 'id']]);

export const organizationColumn = ({ schema, name, columns }: Table): string | null =>
  ORGANIZATION_COLUMNS.get(`${schema}.${name}`) ?? (columns.includes('organization_id') ? 'organization_id' : null);

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
      where c.relkind in ('r', 'p') and n.nspname = any($1) and c.relname <> '_prisma_migrations' order by 1, 2`, [SCHEMAS]);
  return rows;
}

/** Brings roles, grants and policies in line with the tables. Changes nothing where they are. Needs the owner of the tables, who may create roles. */
export async function isolate(client: pg.Client): Promise<void> {
  await makeRoles(client);
  const { rows: [at] } = await client.query<{ database: string }>('select current_database() as database');
  await client.query(`revoke create, temporary on database ${pg.escapeIdentifier(at?.database ?? '')} from public`);
  await client.query('revoke all on schema public from public');
  const statements = statementsFor(await tablesIn(client));
  const { rows: [known] } = await client.query<{ note: string | null }>(`select obj_description(to_regnamespace('${BUS}'), 'pg_namespace') as note`);
  if (known?.note === await noteOf(client, statements)) return;
  await client.query('begin');
  try {
    for (const statement of [...(await strangePolicies(client)), ...statements]) await client.query(statement);
    await client.query(`comment on schema ${BUS} is '${await noteOf(client, statements)}'`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** A policy adds to what others show: one that is not of here may show everything. */
const POLICIES = ['of_one_organization', 'of_those_named', 'of_delivery', 'of_auditor', 'of_pruner'];

async function strangePolicies(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; table: string; name: string }>(
    'select schemaname as schema, tablename as table, policyname as name from pg_policies where schemaname = any($1) and policyname <> all ($2)', [SCHEMAS, POLICIES]);
  return rows.map(({ schema, table, name }) => `drop policy ${pg.escapeIdentifier(name)} on ${nameOf({ schema, name: table })}`);
}

const STATE = `select coalesce(md5(string_agg(concat_ws('|', n.nspname, c.relname, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity,
      (select string_agg(a.attacl::text, ',' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attacl is not null),
      (select string_agg(concat_ws(':', p.polname, p.polcmd, p.polroles::text, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)), ',' order by p.polname) from pg_policy p where p.polrelid = c.oid)),
    ';' order by n.nspname, c.relname)), '') as state
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname = any($1)`;

/** Of what is to be done and how things are: another one when either has changed, by a release or by hand. */
async function noteOf(client: pg.Client, statements: readonly string[]): Promise<string> {
  const { rows: [found] } = await client.query<{ state: string }>(STATE, [SCHEMAS]);
  return createHash('sha256').update([...statements, found?.state].join(';')).digest('hex');
}

function statementsFor(tables: readonly Table[]): string[] {
  const bySchema = Map.groupBy(tables, ({ schema }) => schema);
  const ofDomains = domainFolders().flatMap((domain) => {
    const schema = schemaOf(domain);
    const { request, worker } = rolesOf(domain);
    return [
      ...schemaFor(schema, [request, worker]),
      ...(bySchema.get(schema) ?? []).flatMap((table) => [...tableFor(table, [request, worker]), ...policiesFor(table, { request, worker })]),
    ];
  });
  const ofBus = (bySchema.get(BUS) ?? []).map((table) => `grant select, insert, update, delete on ${nameOf(table)} to ${BUS_ROLE}`);
  const ofDelivery = tables.flatMap((table) => {
    if (table.name === WAITING) return [`grant select, update, delete on ${nameOf(table)} to ${BUS_ROLE}`];
    return table.name === OUTBOX ? deliveredFrom(table) : [];
  });
  const ofAuditor = tables.filter(({ schema, name }) => name === OUTBOX || AUDITED.has(`${schema}.${name}`) || `${schema}.${name}` === RECEIPTS).flatMap(auditedIn);
  return [...ofDomains, ...schemaFor(BUS, [BUS_ROLE]), ...ofBus, ...ofDelivery, ...ofAuditor, ...tables.flatMap(prunedFrom)];
}

const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${schema}.${pg.escapeIdentifier(name)}`;

const schemaFor = (schema: string, roles: readonly string[]): string[] => [
  `revoke all on schema ${schema} from public`, `revoke all on all tables in schema ${schema} from public`,
  `revoke all on all tables in schema ${schema} from ${roles.join(', ')}`,
  `grant usage on schema ${schema} to ${roles.join(', ')}`, `grant usage on all sequences in schema ${schema} to ${roles.join(', ')}`,
];

/** Of a domain's own table. */
export const privileges = (table: Table): readonly string[] => (`${table.schema}.${table.name}` === RECEIPTS ? ['select'] : ['select', 'insert', ...changes(table)]);

const tableFor = (table: Table, roles: readonly string[]): string[] => [`grant ${privileges(table).join(', ')} on ${nameOf(table)} to ${roles.join(', ')}`];

/** A request sees the one organisation that it acts for; own work all those that it names. Without a word neither sees any. */
function policiesFor(table: Table, { request, worker }: { readonly request: string; readonly worker: string }): string[] {
  const column = organizationColumn(table);
  if (column === null) return [];
  const on = nameOf(table);
  return [
    `alter table ${on} enable row level security`, `alter table ${on} force row level security`,
    `drop policy if exists of_one_organization on ${on}`, `create policy of_one_organization on ${on} to ${request} using (${column} = ${SETTING})`,
    `drop policy if exists of_those_named on ${on}`,
    `create policy of_those_named on ${on} to ${worker} using (${IS_FOR_ALL} or ${column} = any (${NAMED}))`,
  ];
}

function deliveredFrom(table: Table): string[] {
  const on = nameOf(table);
  const places = table.columns.filter((column) => !EVENT_COLUMNS.has(column));
  return [
    `grant usage on schema ${table.schema} to ${BUS_ROLE}`, `revoke all on ${on} from ${BUS_ROLE}`,
    `grant select on ${on} to ${BUS_ROLE}`, ...places.map((column) => `grant update (${column}) on ${on} to ${BUS_ROLE}`),
    `drop policy if exists of_delivery on ${on}`, `create policy of_delivery on ${on} to ${BUS_ROLE} using (true)`,
  ];
}

/** Every organisation's, to be read and compared. */
function auditedIn(table: Table): string[] {
  const on = nameOf(table);
  const writes = `${table.schema}.${table.name}` === RECEIPTS;
  return [
    `grant usage on schema ${table.schema} to ${AUDITOR_ROLE}`, `revoke all on ${on} from ${AUDITOR_ROLE}`, `grant ${writes ? 'select, insert' : 'select'} on ${on} to ${AUDITOR_ROLE}`,
    `drop policy if exists of_auditor on ${on}`, `create policy of_auditor on ${on} ${writes ? '' : 'for select '}to ${AUDITOR_ROLE} using (true)`,
  ];
}

/** What the pruner may do, by table: it looks which events everybody has read and the auditor has vouched for, takes those and their inbox rows away, and notes how far it is. */
const PRUNED: ReadonlyMap<string, string> = new Map([
  [OUTBOX, 'select, delete'], ['inbox_event', 'select, delete'], [WAITING, 'select'], [`${BUS}.placed_event`, 'select, delete'], [`${BUS}.cursor`, 'select'], [`${BUS}.pruned`, 'select, insert, update'],
  [RECEIPTS, 'select'], ['audit.chain_entry', 'select (organization_id, seq, event_id)'],
]);

function prunedFrom(table: Table): string[] {
  const held = PRUNED.get(table.name) ?? PRUNED.get(`${table.schema}.${table.name}`);
  if (held === undefined) return [];
  const on = nameOf(table);
  return [
    `grant usage on schema ${table.schema} to ${PRUNER_ROLE}`, `revoke all on ${on} from ${PRUNER_ROLE}`, `grant ${held} on ${on} to ${PRUNER_ROLE}`,
    ...(organizationColumn(table) === null ? [] : [`drop policy if exists of_pruner on ${on}`, `create policy of_pruner on ${on} to ${PRUNER_ROLE} using (true)`]),
  ];
}
