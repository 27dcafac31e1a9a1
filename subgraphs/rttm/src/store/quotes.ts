/** The newest ingested quote of each instrument. */
import type { Sql } from '@pms/events/sql';
import { decimal, text } from '@pms/money';
import type { Tick } from '../domain/quote.ts';

interface QuoteRow {
  readonly instrument_id: string;
  readonly last: string;
  readonly time: Date;
}

export function quoteReads(sql: Sql) {
  return {
    async ingestedQuotes(organizationId: string, ids: readonly string[]): Promise<readonly Tick[]> {
      const { rows } = await sql.query<QuoteRow>(
        'select instrument_id, last, time from rttm.latest_quote where organization_id = $1 and instrument_id = any($2)', [organizationId, ids]);
      return rows.map((row) => ({ instrumentId: row.instrument_id, last: decimal(row.last), time: row.time, simulated: false }));
    },
    /** Which of these instruments had a quote ingested after an instant. */
    async ingestedSince(ids: readonly string[], since: Date): Promise<ReadonlySet<string>> {
      const { rows } = await sql.query<{ instrument_id: string }>('select instrument_id from rttm.latest_quote where instrument_id = any($1) and time > $2', [ids, since]);
      return new Set(rows.map((row) => row.instrument_id));
    },
  };
}

/** Keeps those that are newer than what is held, and resolves to their instruments. At most one tick an instrument. */
export async function keepNewerQuotes(sql: Sql, organizationId: string, ticks: readonly Tick[], at: Date): Promise<ReadonlySet<string>> {
  // one order for all, so that two ingests of the same instruments do not wait for each other in a circle
  const ordered = ticks.toSorted((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1));
  const { rows } = await sql.query<{ instrument_id: string }>(
    `insert into rttm.latest_quote as q (instrument_id, organization_id, last, time, received_at)
     select t.instrument_id, $1, t.last, t.time, $2 from unnest($3::text[], $4::numeric[], $5::timestamptz[]) as t(instrument_id, last, time)
     on conflict (instrument_id) do update set last = excluded.last, time = excluded.time, received_at = excluded.received_at where q.time < excluded.time
     returning instrument_id`,
    [organizationId, at, ordered.map(({ instrumentId }) => instrumentId), ordered.map(({ last }) => text(last)), ordered.map(({ time }) => time)]);
  return new Set(rows.map((row) => row.instrument_id));
}
