/** Settlements as operations see them, what the custodian holds, and what has not settled. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import { keyOf } from '../domain/movement.ts';
import { claimReads } from './claim-reads.ts';
import type { Moment } from './history-reads.ts';
import { operationsReads } from './operations-reads.ts';
import { sagaReads } from './saga-reads.ts';
import { settlementCandidates } from './settlement-candidates.ts';
import { BOOKING, type Booking, type BookingRow, toBooking } from './rows.ts';

/** Quantities by `keyOf`; a position that has none is not there. */
export type Quantities = ReadonlyMap<string, Decimal>;

interface QuantityRow {
  readonly portfolio_id: string;
  readonly instrument_id: string;
  readonly currency: string;
  readonly quantity: string;
}

const quantities = (rows: readonly QuantityRow[]): Map<string, Quantities> =>
  new Map([...Map.groupBy(rows, (row) => row.portfolio_id)].map(([id, of]) =>
    [id, new Map(of.map((row) => [keyOf({ instrumentId: row.instrument_id, currency: row.currency }), decimal(row.quantity)]))]));

export function settlementReads(sql: Sql) {
  return {
    ...operationsReads(sql),
    ...claimReads(sql),
    ...sagaReads(sql),
    ...settlementCandidates(sql),

    /** All trades of the sets that stand and have not settled, or are in the steps that are named. */
    async netMembers(portfolioId: string, netSetIds: readonly string[], steps: readonly string[] = ['matched', 'failed']): Promise<Booking[]> {
      const { rows } = await sql.query<BookingRow>(
        `select ${BOOKING} from transactional.trade_booking where portfolio_id = $1 and net_set_id = any($2) and step = any($3) order by trade_id`, [portfolioId, netSetIds, steps]);
      return rows.map(toBooking);
    },

    /** What the custodian holds now, by portfolio. */
    async custody(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, Quantities>> {
      const { rows } = await sql.query<QuantityRow>(
        'select portfolio_id, instrument_id, currency, quantity from transactional.custody where organization_id = $1 and portfolio_id = any($2)', [organizationId, portfolioIds]);
      return quantities(rows);
    },

    /** What stands and has not settled, by portfolio: with what the custodian holds it adds up to the positions. */
    async unsettled(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, Quantities>> {
      const { rows } = await sql.query<QuantityRow>(
        `select portfolio_id, instrument_id, currency, sum(quantity - part_quantity) as quantity from transactional.trade_booking
         where organization_id = $1 and portfolio_id = any($2) and step in ('instructed', 'matched', 'failed', 'buying-in') group by 1, 2, 3`, [organizationId, portfolioIds]);
      return quantities(rows);
    },

    /** The same at a moment, from the facts. */
    async unsettledThen(organizationId: string, portfolioIds: readonly string[], { asOf, knownAt }: Moment): Promise<Map<string, Quantities>> {
      if (knownAt !== null) await sql.query('select 1 from transactional.portfolio where id = any($1) order by id for key share', [portfolioIds]);
      const then = (fact: string): string => `($3::date is null or ${fact}.effective_on <= $3) and ($4::timestamptz is null or ${fact}.recorded_at <= $4)`;
      const { rows } = await sql.query<QuantityRow>(
        `select f.portfolio_id, f.instrument_id, f.currency, sum(case when f.data->>'side' = 'SELL' then -(f.data->>'quantity')::numeric else (f.data->>'quantity')::numeric end - coalesce(p.quantity, 0)) as quantity
         from transactional.fact f
         left join lateral (select coalesce(max(s.sequence), 0) as sequence from transactional.fact s
           where s.trade_id = f.trade_id and s.version = f.version and s.kind = 'SETTLEMENT_REVERSED' and ${then('s')}) back on true
         left join lateral (select sum((s.data->>'quantity')::numeric) as quantity from transactional.fact s
           where s.trade_id = f.trade_id and s.version = f.version and s.kind = 'TRADE_PART_SETTLED' and s.sequence > back.sequence and ${then('s')}) p on true
         where f.organization_id = $1 and f.portfolio_id = any($2) and f.kind = 'TRADE_BOOKED' and ${then('f')}
           and not exists (select from transactional.fact r where r.trade_id = f.trade_id and r.version = f.version and r.kind = 'TRADE_REVERSED' and ($4::timestamptz is null or r.recorded_at <= $4))
           and not exists (select from transactional.fact s where s.trade_id = f.trade_id and s.version = f.version and s.kind = 'TRADE_SETTLED' and s.sequence > back.sequence and ${then('s')})
         group by 1, 2, 3`, [organizationId, portfolioIds, asOf, knownAt]);
      return quantities(rows);
    },
  };
}
