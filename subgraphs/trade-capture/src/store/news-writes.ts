/** The history of what subscribers are told, written with the change that it tells of, so that it can be told again after any of it. */
import type { Sql } from '@pms/events/sql';
import type { TradeMessage } from '@pms/schema/events/trade-capture';

export type News = Omit<TradeMessage, 'number'>;

/** In the order of the call. The count stands in the portfolio's row: whoever has it locked is the only one to count, until the commit. */
const ADD = `
  with asked as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::timestamptz[]) with ordinality
      as e(portfolio_id, organization_id, trade_id, version, kind, at, n)
  ), counted as (
    select portfolio_id, count(*) as count from asked group by portfolio_id
  ), numbered as (
    update trade_capture.known_portfolio p set last_event = p.last_event + counted.count from counted where p.id = counted.portfolio_id
    returning p.id as portfolio_id, p.last_event - counted.count as before
  ), placed as (
    select asked.*, before + row_number() over (partition by portfolio_id order by n) as number from asked join numbered using (portfolio_id)
  ), written as (
    insert into trade_capture.trade_event (portfolio_id, number, organization_id, trade_id, version, kind, at)
    select portfolio_id, number, organization_id, trade_id, version, kind, at from placed
  )
  select portfolio_id as "portfolioId", before::float8 as before from numbered`;

export function newsWrites(sql: Sql) {
  return {
    /** Before trades and versions are locked: who changes trades locks their portfolio first, so that nobody waits in a circle. */
    async lockNews(portfolioIds: readonly string[]): Promise<void> {
      await sql.query('select 1 from trade_capture.known_portfolio where id = any($1) order by id for update', [portfolioIds]);
    },

    /** With their numbers. */
    async addNews(news: readonly News[]): Promise<TradeMessage[]> {
      if (news.length === 0) return [];
      const { rows } = await sql.query<{ portfolioId: string; before: number }>(ADD, [
        news.map(({ portfolioId }) => portfolioId), news.map(({ organizationId }) => organizationId), news.map(({ tradeId }) => tradeId),
        news.map(({ version }) => version), news.map(({ kind }) => kind), news.map(({ at }) => at),
      ]);
      const last = new Map(rows.map(({ portfolioId, before }) => [portfolioId, before]));
      return news.flatMap((one) => {
        const before = last.get(one.portfolioId);
        if (before === undefined) return [];
        last.set(one.portfolioId, before + 1);
        return [{ ...one, number: before + 1 }];
      });
    },
  };
}
