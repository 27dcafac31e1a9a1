/** What a statement is made of, besides positions and cash: the portfolio's name, the period's entries with their trades, names of instruments. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Account } from '../domain/journal.ts';
import type { Name, StatedEntry } from '../domain/statement.ts';
import { waitForWriters } from './history-reads.ts';
import { instant } from './ledger-reads.ts';

interface Row extends Omit<StatedEntry, 'number' | 'lines'> {
  readonly number: string;
  readonly lines: readonly { readonly account: Account; readonly currency: string; readonly amount: string; readonly instrumentId: string | null }[];
}

export interface Period {
  readonly from: string;
  readonly to: string;
  readonly knownAt: string;
}

export function statementReads(sql: Sql) {
  return {
    /** Null for a portfolio that is unknown or another organisation's. */
    async titleOf(organizationId: string, portfolioId: string): Promise<{ readonly id: string; readonly name: string | null; readonly baseCurrency: string } | null> {
      const { rows: [row] } = await sql.query<{ id: string; name: string | null; baseCurrency: string }>(
        'select id, name, base_currency as "baseCurrency" from transactional.portfolio where organization_id = $1 and id = $2', [organizationId, portfolioId]);
      return row ?? null;
    },

    /** The database's time, once all that was being written to these books is written: what is read as known then never changes. */
    async momentOf(portfolioId: string): Promise<string> {
      await waitForWriters(sql, [portfolioId], { knownAt: 'now' });
      const { rows: [row] } = await sql.query<{ at: string }>(`select ${instant('clock_timestamp()')} as at`);
      return row?.at ?? '';
    },

    /** In the order of their days; at most `limit`. */
    async statedEntries(organizationId: string, portfolioId: string, { from, to, knownAt }: Period, limit: number): Promise<StatedEntry[]> {
      const { rows } = await sql.query<Row>(
        `select e.number, e.kind, e.effective_on::text as "effectiveOn", ${instant('e.recorded_at')} as "recordedAt", e.reference, e.version, o.kind as undoes, b.data as trade, (
           select json_agg(json_build_object('account', l.account, 'currency', l.currency, 'amount', l.amount::text, 'instrumentId', coalesce(l.instrument_id, b.instrument_id)) order by l.line)
           from transactional.journal_line l where l.entry_id = e.id) as lines
         from transactional.journal_entry e left join transactional.journal_entry o on o.id = e.reverses
         left join transactional.fact b on b.organization_id = e.organization_id and b.trade_id = e.reference and b.version = e.version and b.kind = 'TRADE_BOOKED'
         where e.organization_id = $1 and e.portfolio_id = $2 and e.effective_on between $3::date and $4::date and e.recorded_at <= $5::timestamptz
         order by e.effective_on, e.number limit $6`, [organizationId, portfolioId, from, to, knownAt, limit]);
      return rows.map(({ number, lines, ...entry }) => ({
        ...entry, number: Number(number),
        lines: lines.map(({ account, currency, amount, instrumentId }) => ({ account, currency, amount: decimal(amount), ...(instrumentId !== null && { instrumentId }) })),
      }));
    },

    async instrumentNames(organizationId: string, ids: readonly string[]): Promise<Map<string, Name>> {
      const { rows } = await sql.query<Name & { readonly id: string }>('select id, symbol, name from transactional.instrument where organization_id = $1 and id = any($2)', [organizationId, ids]);
      return new Map(rows.map(({ id, symbol, name }) => [id, { symbol, name }]));
    },
  };
}
