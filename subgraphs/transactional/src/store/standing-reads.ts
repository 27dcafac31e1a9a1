/** The books as they stand now: the projections, as queries read them. */
import type { Sql } from '@pms/events/sql';
import type { PrismaClient } from '@pms/prisma/transactional';
import type { Cash } from '../domain/cash.ts';
import type { Lot } from '../domain/lots.ts';
import type { Key, PositionState } from '../domain/movement.ts';
import { BOOKING, type Booking, type BookingRow, CASH, type CashRow, type LotRow, POSITION, type PositionRow, toBooking, toCash, toLot, toPosition } from './rows.ts';

export interface Holding {
  readonly position: PositionState;
  /** Oldest first; null where they have not been read. */
  readonly lots: readonly Lot[] | null;
}

/** A position, and whose it is. */
export interface HeldAt extends Key {
  readonly portfolioId: string;
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
  /** Portfolios that are left out. */
  readonly except: readonly string[];
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

    /** Without their lots, of which there may be many thousands: see `openLots`. Not those whose every trade was taken back: nothing of them stands. */
    async holdings(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, Holding[]>> {
      const { rows } = await sql.query<PositionRow & { readonly portfolio_id: string }>(
        `select portfolio_id, ${POSITION} from transactional.position where organization_id = $1 and portfolio_id = any($2) and last_traded_on is not null order by instrument_id, currency`, [organizationId, portfolioIds]);
      return new Map([...Map.groupBy(rows, (row) => row.portfolio_id)].map(([id, of]) => [id, of.map((row) => ({ position: toPosition(row), lots: null }))]));
    },

    /** Of positions, each in its place: the oldest lot first. */
    async openLots(organizationId: string, positions: readonly HeldAt[]): Promise<Lot[][]> {
      const { rows } = await sql.query<LotRow & { readonly asked: number }>(
        `select asked.n::int as asked, l.instrument_id, l.currency, l.trade_id, l.opened_on::text, l.day_order, l.quantity, l.cost
         from unnest($2::text[], $3::text[], $4::text[]) with ordinality as asked(portfolio_id, instrument_id, currency, n)
         join transactional.tax_lot l using (portfolio_id, instrument_id, currency)
         where l.organization_id = $1 order by l.opened_on, l.day_order, l.trade_id`,
        [organizationId, positions.map(({ portfolioId }) => portfolioId), positions.map(({ instrumentId }) => instrumentId), positions.map(({ currency }) => currency)]);
      const byPosition = Map.groupBy(rows, ({ asked }) => asked);
      return positions.map((_, at) => (byPosition.get(at + 1) ?? []).map(toLot));
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

    async portfoliosWithDue({ organizationId, portfolioId, asOf, except }: DueQuery): Promise<{ readonly id: string; readonly organizationId: string }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string }>(
        `select distinct portfolio_id as id, organization_id as "organizationId" from transactional.trade_booking
         where step in ('instructed', 'matched') and contractual_on <= $1::date and ($2::text is null or organization_id = $2) and ($3::text is null or portfolio_id = $3)
           and portfolio_id <> all($4) limit ${PORTFOLIOS_AT_ONCE}`, [asOf, organizationId, portfolioId, except]);
      return rows;
    },
  };
}
