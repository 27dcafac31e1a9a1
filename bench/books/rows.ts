/**
 * What a trade's way into the books leaves in the tables of the three domains, read back as text: each kind of row with the transaction to
 * which a straightforward implementation gives it. Rows that are changed rather than added (cash, positions, counters, statuses) are in raw.ts.
 */
import pg from 'pg';

export const steps = ['capture', 'validate', 'book'] as const;
export type Step = (typeof steps)[number];

interface Kind {
  readonly step: Step;
  readonly table: string;
  /** From `r` to `t`, the trade. */
  readonly join: string;
  readonly order?: string;
}

const byTrade = 't.id = r.trade_id';
const tells = (domain: string, type: string): string => `trade_capture.trade t on t.id = r.data->>'tradeId' and r.type = '${domain}.${type}.v1'`;
const heard = (publisher: string, type: string): string =>
  `${publisher.replace('-', '_')}.outbox_event o on o.id = r.id and o.type = '${publisher}.${type}.v1' join trade_capture.trade t on t.id = o.data->>'tradeId'`;
const trade = (on: string): string => `trade_capture.trade t on ${on}`;

const kinds: readonly Kind[] = [
  { step: 'capture', table: 'trade_capture.trade', join: trade('t.id = r.id') },
  { step: 'capture', table: 'trade_capture.trade_version', join: trade(byTrade) },
  { step: 'capture', table: 'trade_capture.outbox_event', join: tells('trade-capture', 'trade-captured') },
  { step: 'capture', table: 'trade_capture.trade_event', join: trade(`${byTrade} and r.kind = 'CAPTURED'`) },
  { step: 'validate', table: 'validation.inbox_event', join: heard('trade-capture', 'trade-captured') },
  { step: 'validate', table: 'validation.decision', join: trade(byTrade) },
  { step: 'validate', table: 'validation.check_run', join: trade(byTrade) },
  { step: 'validate', table: 'validation.commitment', join: trade(byTrade) },
  { step: 'validate', table: 'validation.outbox_event', join: tells('validation', 'trade-validated') },
  { step: 'validate', table: 'trade_capture.inbox_event', join: heard('validation', 'trade-validated') },
  { step: 'validate', table: 'trade_capture.trade_event', join: trade(`${byTrade} and r.kind = 'VALIDATED'`) },
  { step: 'book', table: 'transactional.inbox_event', join: heard('validation', 'trade-validated') },
  { step: 'book', table: 'transactional.fact', join: trade(byTrade) },
  { step: 'book', table: 'transactional.journal_entry', join: trade('t.id = r.reference') },
  { step: 'book', table: 'transactional.journal_line', join: `transactional.journal_entry e on e.id = r.entry_id join ${trade('t.id = e.reference')}`, order: 'r.line' },
  { step: 'book', table: 'transactional.trade_booking', join: trade(byTrade) },
  { step: 'book', table: 'transactional.tax_lot', join: trade(byTrade) },
  { step: 'book', table: 'transactional.outbox_event', join: tells('transactional', 'trade-booked') },
  { step: 'book', table: 'transactional.outbox_event', join: tells('transactional', 'cash-moved') },
  { step: 'book', table: 'trade_capture.inbox_event', join: heard('transactional', 'trade-booked') },
  { step: 'book', table: 'trade_capture.trade_event', join: trade(`${byTrade} and r.kind = 'BOOKED'`) },
  { step: 'book', table: 'validation.inbox_event', join: heard('transactional', 'trade-booked') },
];

/** Given by the database. */
const givenByDatabase = (table: string, column: string): boolean => column === 'seq' && table.endsWith('.outbox_event');
type Row = readonly (string | null)[];

export interface Table {
  readonly step: Step;
  readonly table: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** By trade, in the order of the trades: one row, or the same number of rows for each. */
  readonly rows: readonly (readonly Row[])[];
}

export interface Left {
  readonly tables: readonly Table[];
  readonly trades: readonly { readonly id: string; readonly portfolioId: string; readonly quantity: string; readonly amount: string }[];
  readonly instrumentId: string;
  readonly organizationId: string;
}

/** Values stay the text that Postgres sent: nothing is spent on converting them here or there. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** Throws unless each trade has left as many rows as the others in every table. */
export async function rowsLeft(url: string, externalIds: string, max: number): Promise<Left> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: trades } = await client.query<Left['trades'][number] & { instrument: string; organization: string }>(
      `select t.id, t.portfolio_id as "portfolioId", b.quantity::text, b.amount::text, b.instrument_id as instrument, b.organization_id as organization
       from trade_capture.trade t join transactional.trade_booking b on b.trade_id = t.id where t.external_id like $1 || '%' order by t.id limit $2`, [externalIds, max]);
    const ids = trades.map(({ id }) => id);
    const tables: Table[] = [];
    for (const kind of kinds) tables.push(await tableLeft(client, kind, ids));
    return { tables, trades, instrumentId: trades[0]?.instrument ?? '', organizationId: trades[0]?.organization ?? '' };
  } finally {
    await client.end();
  }
}

async function tableLeft(client: pg.Client, { step, table, join, order }: Kind, ids: readonly string[]): Promise<Table> {
  const { rows: described } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, [table]);
  const kept = described.filter(({ name }) => !givenByDatabase(table, name));
  const { rows } = await client.query<(string | null)[]>({
    text: `select t.id, ${kept.map(({ name }) => `r."${name}"`).join(', ')} from ${table} r join ${join} where t.id = any($1) order by t.id${order === undefined ? '' : `, ${order}`}`,
    values: [ids], rowMode: 'array', types: asText,
  });
  const byId = Map.groupBy(rows, ([id]) => id);
  const each = rows.length / ids.length;
  const grouped = ids.map((id) => (byId.get(id) ?? []).map((row) => row.slice(1)));
  if (grouped.some((of) => of.length !== each)) throw new Error(`${table}: ${String(rows.length)} rows for ${String(ids.length)} trades, and not the same number for each`);
  return { step, table, columns: kept.map(({ name }) => name), types: kept.map(({ type }) => type), rows: grouped };
}
