/**
 * Copies of filled books, so that a million trades do not take an hour to book: each portfolio so many times more, with identifiers of its own and the same
 * figures. Rows are copied by SQL alone, with triggers and constraints off; what a verification looks at holds in each copy as it does in the first.
 */
import type { Database } from '@pms/prisma/connect';

/** Columns that name what is copied with the books. */
const OWN: ReadonlySet<string> = new Set(['portfolio_id', 'trade_id', 'entry_id', 'reverses', 'last_trade_id', 'closed_by', 'lot_id', 'reference', 'idempotency_key', 'net_set_id']);
/** Members of `fact.data` that do. */
const TOLD = ['tradeId', 'portfolioId', 'movementId'] as const;
const TABLES = [
  'portfolio', 'fact', 'journal_entry', 'journal_line', 'trade_booking', 'cancelled_trade', 'tax_lot', 'position', 'cash_balance', 'cash_movement', 'lot_closing', 'custody',
] as const;

/** `times` 10 leaves ten of each, the first included. */
export async function multiplyBooks(database: Database, times: number): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    await sql.query('set local statement_timeout = 0');
    for (const table of TABLES) {
      const { rows } = await sql.query<{ name: string }>(
        `select column_name as name from information_schema.columns where table_schema = 'transactional' and table_name = $1 order by ordinal_position`, [table]);
      const names = rows.map(({ name }) => name);
      const copied = names.map((name) => {
        if (OWN.has(name) || (name === 'id' && table !== 'fact')) return `r."${name}" || '_' || n`;
        return table === 'fact' && name === 'data' ? toldAnew() : `r."${name}"`;
      });
      await sql.query(`insert into transactional.${table} (${names.map((name) => `"${name}"`).join(', ')}) select ${copied.join(', ')} from transactional.${table} r cross join generate_series(2, $1) as n`, [times]);
    }
  });
}

const toldAnew = (): string =>
  `r.data || jsonb_strip_nulls(jsonb_build_object(${TOLD.map((name) => `'${name}', r.data->>'${name}' || '_' || n`).join(', ')}))`;
