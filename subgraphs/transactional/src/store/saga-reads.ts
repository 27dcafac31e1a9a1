/** Settlements that do not go on: what is to be tried again, what may have to be parked, and how much is open, stuck and parked. Everybody's: only the timer asks. */
import type { Sql } from '@pms/events/sql';
import { BOOKING, type Booking, type BookingRow, toBooking } from './rows.ts';

/** A failed settlement, or a buy-in, with what its time-outs need to know. */
export interface Stalled extends Booking {
  readonly portfolioId: string;
  readonly organizationId: string;
  /** Of the instrument; null for one without a market. */
  readonly mic: string | null;
  readonly parkAfterBusinessDays: number;
}

export interface RetryDue {
  readonly tradeId: string;
  readonly portfolioId: string;
}

/** Unless the organisation says otherwise. */
export const PARK_AFTER_BUSINESS_DAYS = 3;

export interface OpenCount {
  readonly step: string;
  /** Due for more than a day without having been tried. */
  readonly stuck: boolean;
  readonly count: number;
}

const COLUMNS = BOOKING.split(',').map((column) => `b.${column.trim()}`).join(', ');

export const sagaReads = (sql: Sql) => ({
  async retriesDue(on: string, limit: number): Promise<RetryDue[]> {
    const { rows } = await sql.query<RetryDue>(
      `select trade_id as "tradeId", portfolio_id as "portfolioId" from transactional.trade_booking
       where retry_on <= $1::date and step = 'failed' and parked_on is null order by retry_on, portfolio_id, trade_id limit $2`, [on, limit]);
    return rows;
  },

  /** Business days are fewer than days: what cannot be old enough is left out. */
  async stalled(on: string, limit: number): Promise<Stalled[]> {
    const { rows } = await sql.query<BookingRow & { readonly portfolio_id: string; readonly organization_id: string; readonly mic: string | null; readonly park_after: number }>(
      `select ${COLUMNS}, b.portfolio_id, b.organization_id, i.mic, coalesce(p.park_after_business_days, $2) as park_after
       from transactional.trade_booking b left join transactional.instrument i on i.id = b.instrument_id left join transactional.settlement_policy p on p.organization_id = b.organization_id
       where b.step in ('failed', 'buying-in') and b.parked_on is null and b.retry_on is null
         and (b.failure_code = 'ON_HOLD' or b.attempt >= 10 or coalesce(b.buy_in_on, b.failed_on) <= $1::date - coalesce(p.park_after_business_days, $2))
         and not (b.step = 'failed' and b.quantity > 0 and b.net_set_id is null and b.attempt < 10 and b.failure_code not in ('ON_HOLD', 'INSUFFICIENT_CASH'))
       order by b.contractual_on, b.trade_id limit $3`, [on, PARK_AFTER_BUSINESS_DAYS, limit]);
    return rows.map((row) => ({ ...toBooking(row), portfolioId: row.portfolio_id, organizationId: row.organization_id, mic: row.mic, parkAfterBusinessDays: row.park_after }));
  },

  async openCounts(on: string): Promise<OpenCount[]> {
    const { rows } = await sql.query<OpenCount>(
      `select step, step in ('instructed', 'matched') and contractual_on < $1::date - 1 as stuck, count(*)::int as count from transactional.trade_booking
       where step in ('instructed', 'matched', 'failed', 'buying-in') group by 1, 2`, [on]);
    return rows;
  },

  async parkedCounts(): Promise<{ readonly code: string; readonly count: number }[]> {
    const { rows } = await sql.query<{ code: string; count: number }>('select parked_code as code, count(*)::int as count from transactional.trade_booking where parked_on is not null group by 1');
    return rows;
  },
});
