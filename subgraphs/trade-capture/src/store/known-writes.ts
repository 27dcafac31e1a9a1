/** Keeps what other domains tell of: portfolios and instruments that trades may name. */
import type { Sql } from '@pms/events/sql';

/** An instrument as market data tells of it. */
interface ToldInstrument {
  readonly id: string;
  readonly organizationId: string;
  readonly currency: string;
  readonly quoteUnit: string | null;
  readonly symbol: string;
  readonly mic: string | null;
  readonly isin: string | null;
}

export function knownWrites(sql: Sql) {
  return {
    async knowPortfolios(portfolios: readonly { readonly id: string; readonly organizationId: string }[]): Promise<void> {
      await sql.query(
        'insert into trade_capture.known_portfolio (id, organization_id) select * from unnest($1::text[], $2::text[]) on conflict (id) do nothing',
        [portfolios.map(({ id }) => id), portfolios.map(({ organizationId }) => organizationId)]);
    },

    async closePortfolio(id: string): Promise<void> {
      await sql.query('update trade_capture.known_portfolio set closed = true where id = $1', [id]);
    },

    async knowInstruments(instruments: readonly ToldInstrument[]): Promise<void> {
      await sql.query(
        `insert into trade_capture.known_instrument (id, organization_id, currency, quote_unit, symbol, mic, isin)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) on conflict (id) do nothing`,
        [instruments.map(({ id }) => id), instruments.map(({ organizationId }) => organizationId), instruments.map(({ currency }) => currency),
          instruments.map(({ quoteUnit }) => quoteUnit), instruments.map(({ symbol }) => symbol), instruments.map(({ mic }) => mic), instruments.map(({ isin }) => isin)]);
    },
  };
}
