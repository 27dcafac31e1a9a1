/**
 * The rows that captures left behind (trade, its version, its event), inserted again by SQL alone into an empty copy of the same tables on
 * the same server: what the database itself allows for them.
 */
import pg from 'pg';

const TABLES = ['trade', 'trade_version', 'outbox_event'] as const;
/** Given by the database, or later. */
const LEFT_OUT = new Set(['seq', 'position']);
type Row = readonly (string | null)[];

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** One for each trade, in the order of the trades. */
  readonly rows: readonly Row[];
}

/** Values stay the text that Postgres sent: nothing is spent on converting them here or there. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

export interface Recorded {
  readonly tables: readonly Table[];
  readonly trades: number;
}

/** What there is of trades whose external id begins so. */
export async function recorded(databaseUrl: string, externalIds: string): Promise<Recorded> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables: Table[] = [];
    for (const name of TABLES) {
      const { rows } = await client.query<{ column_name: string; type: string }>(
        `select column_name, format_type(a.atttypid, a.atttypmod) as type from information_schema.columns c
         join pg_attribute a on a.attrelid = ('trade_capture.' || $1)::regclass and a.attname = c.column_name
         where c.table_schema = 'trade_capture' and c.table_name = $1 order by ordinal_position`, [name]);
      const kept = rows.filter(({ column_name }) => !LEFT_OUT.has(column_name));
      const columns = kept.map(({ column_name }) => column_name);
      const join = { trade: '', trade_version: 'join trade_capture.trade t on t.id = r.trade_id', outbox_event: `join trade_capture.trade t on t.id = r.data->>'tradeId'` }[name];
      const of = name === 'trade' ? 'r' : 't';
      const found = await client.query<(string | null)[]>({
        text: `select ${columns.map((column) => `r."${column}"`).join(', ')} from trade_capture.${name} r ${join} where ${of}.external_id like $1 || '%' order by ${of}.id`,
        values: [externalIds], rowMode: 'array', types: asText,
      });
      tables.push({ name, columns, types: kept.map(({ type }) => type), rows: found.rows });
    }
    const [trades = 0] = tables.map(({ rows }) => rows.length);
    if (tables.some(({ rows }) => rows.length !== trades)) throw new Error(`of ${String(trades)} trades not each has one version and one event`);
    return { tables, trades };
  } finally {
    await client.end();
  }
}

const quoted = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');

/** One trade a commit, one statement each: the least that is possible. Resolves to trades per second. */
export async function insertSingly(url: string, { tables, trades }: Recorded, connections: number): Promise<number> {
  let count = 0;
  const inserts = tables.map(({ name, columns, types }) => `insert into trade_capture.${name} (${quoted(columns)}) values (${types.map((type) => `$${String(++count)}::${type}`).join(', ')})`);
  const text = `with a as (${inserts[0] ?? ''}), b as (${inserts[1] ?? ''}) ${inserts[2] ?? ''}`;
  const clients = await Promise.all(Array.from({ length: connections }, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }));
  try {
    let next = 0;
    const begun = performance.now();
    await Promise.all(clients.map(async (client) => {
      for (let at = next++; at < trades; at = next++) await client.query({ name: 'capture', text, values: tables.flatMap(({ rows }) => [...(rows[at] ?? [])]) });
    }));
    return trades / ((performance.now() - begun) / 1_000);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** So many trades a commit, one statement a table. Resolves to trades per second. */
export async function insertInBulk(url: string, { tables, trades }: Recorded, tradesPerCommit: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const begun = performance.now();
    for (let from = 0; from < trades; from += tradesPerCommit) {
      await client.query('begin');
      for (const { name, columns, types, rows } of tables) {
        const part = rows.slice(from, from + tradesPerCommit);
        await client.query({
          name: `bulk-${name}`,
          text: `insert into trade_capture.${name} (${quoted(columns)}) select * from unnest(${types.map((type, index) => `$${String(index + 1)}::${type}[]`).join(', ')})`,
          values: columns.map((_, column) => part.map((row) => row[column])),
        });
      }
      await client.query('commit');
    }
    return trades / ((performance.now() - begun) / 1_000);
  } finally {
    await client.end();
  }
}
