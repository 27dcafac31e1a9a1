/** The books as they stand now: the projections, as queries read them. */
import type { Sql } from '@pms/events/sql';
import type { PrismaClient } from '@pms/prisma/transactional';
import type { Cash } from '../domain/cash.ts';
import type { Lot } from '../domain/lots.ts';
import { keyOf, type PositionState } from '../domain/movement.ts';
import { BOOKING, type Booking, type BookingRow, CASH, type CashRow, type LotRow, POSITION, type PositionRow, toBooking, toCash, toLot, toPosition } from './rows.ts';

export interface Holding {
  readonly position: PositionState;
  /** Oldest first. */
  readonly lots: readonly Lot[];
}

export interface KnownPortfolio {
  readonly id: string;
  readonly closed: boolean;
}

export interface DueQuery {
  /** Null for every organisation: only the settlement timer asks so. */
  readonly organizationId: string | null;
  readonly portfolioId: string | null;
  readonly asOf: string;
}

const PORTFOLIOS_AT_ONCE = 100;

export function standingReads(prisma: PrismaClient, sql: Sql) {
  return {
    /** Null for a portfolio that is unknown or another organisation's. */
    portfolioOf: (organizationId: string, id: string): Promise<KnownPortfolio | null> =>
      prisma.portfolio.findFirst({ where: { organizationId, id }, select: { id: true, closed: true } }),

    /** Of every organisation: for rebuilding. */
    async portfolioIdsAfter(id: string, limit: number): Promise<string[]> {
      const { rows } = await sql.query<{ id: string }>('select id from transactional.portfolio where id > $1 order by id limit $2', [id, limit]);
      return rows.map((row) => row.id);
    },

    async holdings(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, Holding[]>> {
      type Of = { readonly portfolio_id: string };
      const [positions, lots] = await Promise.all([
        sql.query<PositionRow & Of>(
          `select portfolio_id, ${POSITION} from transactional.position where organization_id = $1 and portfolio_id = any($2) order by instrument_id, currency`, [organizationId, portfolioIds]),
        sql.query<LotRow & Of>(
          `select portfolio_id, instrument_id, currency, trade_id, opened_on::text, day_order, quantity, cost from transactional.tax_lot
           where organization_id = $1 and portfolio_id = any($2) order by opened_on, day_order, trade_id`, [organizationId, portfolioIds]),
      ]);
      const place = (row: LotRow & Of): string => `${row.portfolio_id} ${keyOf({ instrumentId: row.instrument_id, currency: row.currency })}`;
      const lotsOf = Map.groupBy(lots.rows, place);
      const byPortfolio = Map.groupBy(positions.rows, (row) => row.portfolio_id);
      return new Map([...byPortfolio].map(([id, rows]) => [id, rows.map((row) => {
        const position = toPosition(row);
        return { position, lots: (lotsOf.get(`${id} ${keyOf(position)}`) ?? []).map(toLot) };
      })]));
    },

    async cashBalances(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, Cash[]>> {
      const { rows } = await sql.query<CashRow & { portfolio_id: string }>(
        `select portfolio_id, ${CASH} from transactional.cash_balance
         where organization_id = $1 and portfolio_id = any($2) order by currency`, [organizationId, portfolioIds]);
      return new Map([...Map.groupBy(rows, (row) => row.portfolio_id)].map(([id, of]) => [id, of.map(toCash)]));
    },

    /** The latest version that was booked, with the portfolio it is in; null for a trade that is unknown, another organisation's, or not booked. */
    async latestBooking(organizationId: string, tradeId: string): Promise<(Booking & { readonly portfolioId: string }) | null> {
      const { rows: [row] } = await sql.query<BookingRow & { portfolio_id: string }>(
        `select portfolio_id, ${BOOKING} from transactional.trade_booking where organization_id = $1 and trade_id = $2 order by version desc limit 1`, [organizationId, tradeId]);
      return row === undefined ? null : { ...toBooking(row), portfolioId: row.portfolio_id };
    },

    async portfoliosWithDue({ organizationId, portfolioId, asOf }: DueQuery): Promise<{ readonly id: string; readonly organizationId: string }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string }>(
        `select distinct portfolio_id as id, organization_id as "organizationId" from transactional.trade_booking
         where step in ('instructed', 'matched') and contractual_on <= $1::date and ($2::text is null or organization_id = $2) and ($3::text is null or portfolio_id = $3)
         limit ${PORTFOLIOS_AT_ONCE}`, [asOf, organizationId, portfolioId]);
      return rows;
    },
  };
}
