/** Goes through the books of one portfolio by statements that find what does not hold, and counts what there is. */
import type { Sql } from '@pms/events/sql';
import type { Finding } from '../domain/finding.ts';
import { type Check, JOURNAL_CHECKS } from './verify-journal.ts';
import { CUSTODY_CHECK, ORPHANS, PROJECTION_CHECKS } from './verify-projections.ts';

/** Of one check in one portfolio: more than anybody reads. */
const FINDINGS_MAX = 100;
/** Of one statement: it may go through millions of rows. */
const STATEMENT_MAX_MS = 600_000;

interface Row { readonly what: string; readonly expected: string | null; readonly found: string | null }

export interface Counts { readonly facts: number; readonly entries: number; readonly trades: number }

export function verifyReads(sql: Sql) {
  async function found({ check, table, sql: statement }: Check, portfolioId: string | null, values: readonly unknown[]): Promise<Finding[]> {
    // typed, for where a statement does not use them all
    const given = values.length === 0 ? '' : 'with given as (select $1::text, $2::text) ';
    const { rows } = await sql.query<Row>(`${given}select * from (${statement}) as f limit ${FINDINGS_MAX}`, values);
    return rows.map((row) => ({ check, portfolioId, table, what: row.what, expected: row.expected ?? 'nothing', found: row.found ?? 'nothing' }));
  }
  return {
    /** The first statement of a transaction: all others then see the books as they stood at one moment, and nothing is locked. */
    async atOneMoment(): Promise<void> {
      await sql.query('set transaction isolation level repeatable read, read only');
      await sql.query(`set local statement_timeout = ${STATEMENT_MAX_MS}`);
    },
    /** For statements about one portfolio: its rows by index, however cheap the planner thinks it is to go through everybody's. */
    async byIndex(): Promise<void> {
      await sql.query(`set local enable_seqscan = off`);
      await sql.query(`set local random_page_cost = 1.1`);
      await sql.query(`set local work_mem = '32MB'`);
    },
    async checkedBooks(portfolioId: string, organizationId: string): Promise<Finding[]> {
      const findings: Finding[] = [];
      for (const check of [...JOURNAL_CHECKS, ...PROJECTION_CHECKS, CUSTODY_CHECK]) findings.push(...(await found(check, portfolioId, [portfolioId, organizationId])));
      return findings;
    },
    /** Rows that belong to nothing. */
    async orphans(): Promise<Finding[]> {
      const findings: Finding[] = [];
      for (const check of ORPHANS) findings.push(...(await found(check, null, [])));
      return findings;
    },
    async counts(portfolioId: string): Promise<Counts> {
      const { rows: [row] } = await sql.query<Counts>(
        `select (select count(*)::int from transactional.fact where portfolio_id = $1) as facts, (select count(*)::int from transactional.journal_entry where portfolio_id = $1) as entries,
           (select count(*)::int from transactional.trade_booking where portfolio_id = $1) as trades`, [portfolioId]);
      return row ?? { facts: 0, entries: 0, trades: 0 };
    },
  };
}
