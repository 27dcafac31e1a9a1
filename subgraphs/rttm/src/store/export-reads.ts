/** Closes page by page, by key, for those who take them all. */
import type { Sql } from '@pms/events/sql';

const PAGE_MAX = 1_000;

export interface PriceExportRow {
  readonly instrumentId: string;
  readonly day: string;
  readonly cells: readonly (string | null)[];
}

export interface PriceExportFilter {
  readonly organizationId: string;
  readonly instrumentId: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export function exportReads(sql: Sql) {
  return {
    /** By instrument, the oldest first. */
    async exportedAfter({ organizationId, instrumentId, from, to }: PriceExportFilter, after: PriceExportRow | null): Promise<PriceExportRow[]> {
      const { rows } = await sql.query<PriceExportRow>(
        `select p.instrument_id as "instrumentId", p.date::text as day, array[
           i.symbol, i.mic, p.date::text, trim_scale(p.open)::text, trim_scale(p.high)::text, trim_scale(p.low)::text, trim_scale(p.close)::text, trim_scale(p.volume)::text, coalesce(i.quote_unit, i.currency),
           p.instrument_id, p.simulated::text] as cells
         from rttm.price p join rttm.instrument i on i.id = p.instrument_id
         where p.organization_id = $1 and ($2::text is null or p.instrument_id = $2) and ($3::date is null or p.date >= $3) and ($4::date is null or p.date <= $4)
           and ($5::text is null or (p.instrument_id, p.date) > ($5, $6::date)) order by p.instrument_id, p.date limit ${PAGE_MAX}`,
        [organizationId, instrumentId, from, to, after?.instrumentId ?? null, after?.day ?? null]);
      return rows;
    },
  };
}
