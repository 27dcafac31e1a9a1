/** The movements of a portfolio in their order, page by page, as they stood before a fact was recorded. */
import type { Sql } from '@pms/events/sql';
import type { Key, Place } from '../domain/movement.ts';

const PAGE_MAX = 1_000;

export interface MovementPage {
  readonly portfolioId: string;
  /** Movements of this day and before are left out. */
  readonly afterDay: string;
  /** Where the page before this one ended; null for the first. */
  readonly after: Place | null;
  /** Facts from this sequence on are not known. */
  readonly before: number;
}

export interface TradeMoved extends Pick<Key, 'instrumentId'> {
  readonly place: Place;
  /** The trade, as its booking recorded it. */
  readonly data: unknown;
}

export const movementPages = (sql: Sql) => ({
  async tradesMoved({ portfolioId, afterDay, after, before }: MovementPage): Promise<TradeMoved[]> {
    const { rows } = await sql.query<{ instrument_id: string; traded_on: string; day_order: string; trade_id: string; data: unknown }>(
      `select f.instrument_id, f.effective_on::text as traded_on, f.day_order, f.trade_id, f.data from transactional.fact f
       where f.portfolio_id = $1 and f.kind = 'TRADE_BOOKED' and f.effective_on > $2::date and f.sequence < $3 and f.effective_on >= $4::date
         and (f.effective_on, f.day_order, f.trade_id) > ($4::date, $5::bigint, $6)
         and not exists (select from transactional.fact r where r.trade_id = f.trade_id and r.version = f.version and r.kind = 'TRADE_REVERSED' and r.sequence < $3)
       order by f.effective_on, f.day_order, f.trade_id limit ${PAGE_MAX}`,
      [portfolioId, afterDay, before, after?.tradedOn ?? afterDay, after?.sequence ?? Number.MAX_SAFE_INTEGER, after?.tradeId ?? '']);
    return rows.map((row) => ({ instrumentId: row.instrument_id, place: { tradedOn: row.traded_on, sequence: Number(row.day_order), tradeId: row.trade_id }, data: row.data }));
  },
});
