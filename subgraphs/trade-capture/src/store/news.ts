/** Reads what subscribers were told of the trades of a portfolio. */
import type { Sql } from '@pms/events/sql';
import type { TradeMessage } from '@pms/schema/events/trade-capture';

type NewsRow = Omit<TradeMessage, 'at'> & { readonly at: Date };

export function newsReads(sql: Sql) {
  return {
    /** 0 when nothing has happened yet. */
    async lastNews(organizationId: string, portfolioId: string): Promise<number> {
      const { rows } = await sql.query<{ last: number }>(
        'select last_event::float8 as last from trade_capture.known_portfolio where organization_id = $1 and id = $2', [organizationId, portfolioId]);
      return rows[0]?.last ?? 0;
    },

    /** The next ones behind a number, oldest first. */
    async newsAfter(organizationId: string, portfolioId: string, number: number, max: number): Promise<TradeMessage[]> {
      const { rows } = await sql.query<NewsRow>(
        `select portfolio_id as "portfolioId", organization_id as "organizationId", number::float8 as number, trade_id as "tradeId", version, kind, at
         from trade_capture.trade_event where organization_id = $1 and portfolio_id = $2 and number > $3 order by number limit $4`,
        [organizationId, portfolioId, number, max]);
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },
  };
}
