/** Trades page by page, by key, for those who take them all. */
import type { Sql } from '@pms/events/sql';

const PAGE_MAX = 1_000;

export interface TradeExportRow {
  readonly id: string;
  readonly version: number;
  readonly cells: readonly (string | null)[];
}

export interface TradeExportFilter {
  readonly organizationId: string;
  readonly portfolioId: string | null;
  readonly instrumentId: string | null;
  /** Days on which they were agreed. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Fees of the kinds added up, in the trade's currency. */
const fees = (kinds: string): string => `(select trim_scale(sum((f->>'amount')::numeric))::text from jsonb_array_elements(v.fees) f where f->>'kind' ${kinds})`;
const micros = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export function exportReads(sql: Sql) {
  return {
    /** Each trade as it shows itself; with `everyVersion` each of its versions, refused and cancelled ones too. */
    async exportedAfter({ organizationId, portfolioId, instrumentId, from, to }: TradeExportFilter, everyVersion: boolean, after: TradeExportRow | null): Promise<TradeExportRow[]> {
      const { rows } = await sql.query<TradeExportRow>(
        `select t.id, v.version, array[
           t.portfolio_id, lower(v.side), v.trade_date::text, v.instrument_id, trim_scale(v.quantity)::text, trim_scale(v.price)::text, coalesce(v.quote_unit, v.currency), ${fees(`<> 'TAX'`)}, ${fees(`= 'TAX'`)},
           t.external_id, v.reason, t.id, v.version::text, v.kind, v.status, v.currency, v.fees::text, v.settlement_currency, trim_scale(v.settlement_rate)::text, v.counterparty,
           ${micros('v.captured_at')}, v.captured_by] as cells
         from trade_capture.trade t join trade_capture.trade_version v on v.trade_id = t.id and (v.version = t.version or $6)
         where t.organization_id = $1 and ($2::text is null or t.portfolio_id = $2) and ($3::text is null or v.instrument_id = $3) and ($4::date is null or v.trade_date >= $4)
           and ($5::date is null or v.trade_date <= $5) and ($6 or v.status not in ('REJECTED', 'CANCELLED')) and ($7::text is null or (t.id, v.version) > ($7, $8::int))
         order by t.id, v.version limit ${PAGE_MAX}`,
        [organizationId, portfolioId, instrumentId, from, to, everyVersion, after?.id ?? null, after?.version ?? null]);
      return rows;
    },
  };
}
