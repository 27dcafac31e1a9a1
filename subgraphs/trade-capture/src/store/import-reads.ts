/** What an import looks up: instruments by the names that files use, whether a portfolio is closed, trades that look like its rows. */
import type { Sql } from '@pms/events/sql';
import { isQuoteUnit } from '@pms/money/quote-unit';
import type { NamedInstrument } from '../domain/named-instrument.ts';

export interface LooksLike {
  readonly instrumentId: string;
  readonly side: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly price: string;
  readonly tradeDate: string;
}

export function importReads(sql: Sql) {
  return {
    async instrumentsNamed(organizationId: string, { ids, isins, symbols }: { readonly ids: readonly string[]; readonly isins: readonly string[]; readonly symbols: readonly string[] }): Promise<NamedInstrument[]> {
      const { rows } = await sql.query<Omit<NamedInstrument, 'quoteUnit'> & { quoteUnit: string | null }>(
        `select id, currency, quote_unit as "quoteUnit", symbol, mic, isin from trade_capture.known_instrument
         where organization_id = $1 and (id = any($2) or isin = any($3) or symbol = any($4)) order by id`,
        [organizationId, ids, isins, symbols]);
      return rows.map((row) => ({ ...row, quoteUnit: row.quoteUnit !== null && isQuoteUnit(row.quoteUnit) ? row.quoteUnit : null }));
    },

    /** Null for one that is unknown or another organisation's. */
    async portfolioState(organizationId: string, id: string): Promise<{ readonly closed: boolean } | null> {
      const { rows } = await sql.query<{ closed: boolean }>('select closed from trade_capture.known_portfolio where organization_id = $1 and id = $2', [organizationId, id]);
      return rows[0] ?? null;
    },

    /** Standing trades of the portfolio that look like one of `rows`, by its index. */
    async tradesLike(organizationId: string, portfolioId: string, rows: readonly LooksLike[]): Promise<{ readonly index: number; readonly tradeId: string; readonly externalId: string | null }[]> {
      const found = await sql.query<{ index: number; tradeId: string; externalId: string | null }>(
        `select distinct on (asked.n) (asked.n - 1)::int as "index", t.id as "tradeId", t.external_id as "externalId"
         from trade_capture.trade t join trade_capture.trade_version v on v.trade_id = t.id and v.version = t.version
         join unnest($3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::date[]) with ordinality as asked(instrument_id, side, quantity, price, trade_date, n)
           on v.instrument_id = asked.instrument_id and v.side = asked.side and v.quantity = asked.quantity and v.price = asked.price and v.trade_date = asked.trade_date
         where t.organization_id = $1 and t.portfolio_id = $2 and v.status not in ('REJECTED', 'CANCELLED') order by asked.n, t.id`,
        [organizationId, portfolioId, rows.map(({ instrumentId }) => instrumentId), rows.map(({ side }) => side), rows.map(({ quantity }) => quantity),
          rows.map(({ price }) => price), rows.map(({ tradeDate }) => tradeDate)]);
      return found.rows;
    },
  };
}
