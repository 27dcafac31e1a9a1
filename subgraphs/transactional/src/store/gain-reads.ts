/** Closings as queries read them: of trades, of a portfolio's days, of an instrument with all that was acquired of it. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Page } from '@pms/subgraph/connection';
import type { ClosedLot, GainTotal } from '../domain/closings.ts';
import type { Fill } from '../domain/lots.ts';
import type { Key } from '../domain/movement.ts';
import { CLOSING, type ClosingRow, toClosing } from './rows.ts';

/** Which closings; null: whatever. Days are days of closing, both included. */
export interface GainFilter {
  readonly from: string | null;
  readonly to: string | null;
  readonly instrumentId: string | null;
}

/** `<closed on> <day order> <closed by> <instrument> <currency> <line>` */
export type ClosingPlace = readonly [string, string, string, string, string, string];

export interface InstrumentOf {
  readonly portfolioId: string;
  readonly instrumentId: string;
}

/** What was traded of an instrument, and what that closed. */
export interface Traded {
  readonly fills: readonly Fill[];
  readonly closings: readonly ClosedLot[];
}

export interface TradeKey extends Key {
  readonly tradeId: string;
  readonly portfolioId: string;
}

type Row = ClosingRow & { readonly portfolio_id: string; readonly instrument_id: string; readonly currency: string; readonly line: number };

const COLUMNS = `portfolio_id, instrument_id, currency, line, ${CLOSING}`;
const toClosedLot = (row: Row): ClosedLot => ({ ...toClosing(row), instrumentId: row.instrument_id, currency: row.currency, line: row.line });
const ofTrade = ({ portfolioId, instrumentId }: InstrumentOf): string => `${portfolioId} ${instrumentId}`;

const MATCHING = `organization_id = $1 and portfolio_id = $2 and ($3::date is null or closed_on >= $3) and ($4::date is null or closed_on <= $4)
  and ($5::text is null or instrument_id = $5)`;

/** As `termOf` has it: a year counted from 29 February ends on 1 March. */
const LONG_TERM = `quantity > 0 and closed_on >= (opened_on + 1 + interval '1 year')::date + (to_char(opened_on + 1, 'MM-DD') = '02-29')::int`;

export function gainReads(sql: Sql) {
  return {
    /** By trade, in the order in which it took its lots; with the portfolio, which is asked for what is said besides. */
    async closingsOf(organizationId: string, tradeIds: readonly string[], to: string | null): Promise<Map<string, (ClosedLot & { readonly portfolioId: string })[]>> {
      const { rows } = await sql.query<Row>(
        `select ${COLUMNS} from transactional.lot_closing c
         where c.organization_id = $1 and ($3::date is null or c.closed_on <= $3) and (c.portfolio_id, c.closed_on, c.day_order, c.closed_by) in (
           select b.portfolio_id, b.traded_on, b.day_order, b.trade_id from transactional.trade_booking b where b.organization_id = $1 and b.trade_id = any($2) and b.step <> 'cancelled')
         order by line`, [organizationId, tradeIds, to]);
      return Map.groupBy(rows.map((row) => ({ ...toClosedLot(row), portfolioId: row.portfolio_id })), ({ closedBy }) => closedBy);
    },

    /** In the order of closing. */
    async gainsPage(organizationId: string, portfolioId: string, { from, to, instrumentId }: GainFilter, page: Page, after: ClosingPlace | null): Promise<ClosedLot[]> {
      const [comparison, direction] = page.backward ? ['<', 'desc'] : ['>', ''];
      const { rows } = await sql.query<Row>(
        `select ${COLUMNS} from transactional.lot_closing where ${MATCHING}
           and ($6::date is null or (closed_on, day_order, closed_by, instrument_id, currency, line) ${comparison} ($6, $7::bigint, $8, $9, $10, $11::int))
         order by lot_closing.closed_on ${direction}, lot_closing.day_order ${direction}, closed_by ${direction}, instrument_id ${direction}, currency ${direction}, line ${direction} limit $12`,
        [organizationId, portfolioId, from, to, instrumentId, ...(after ?? [null, null, null, null, null, null]), page.limit]);
      return rows.map(toClosedLot);
    },

    async gainTotals(organizationId: string, portfolioId: string, { from, to, instrumentId }: GainFilter): Promise<GainTotal[]> {
      const { rows } = await sql.query<{ currency: string; proceeds: string; cost: string; invested: string; long_term: string }>(
        `select currency, sum(proceeds) as proceeds, sum(cost) as cost, sum(abs(cost)) as invested, coalesce(sum(proceeds - cost) filter (where ${LONG_TERM}), 0) as long_term
         from transactional.lot_closing where ${MATCHING} group by currency order by currency`, [organizationId, portfolioId, from, to, instrumentId]);
      return rows.map((row) => ({
        currency: row.currency, proceeds: decimal(row.proceeds), cost: decimal(row.cost), gain: decimal(row.proceeds).minus(decimal(row.cost)), invested: decimal(row.invested), longTerm: decimal(row.long_term),
      }));
    },

    /** Instruments of which something was closed at a loss. */
    async instrumentsWithLosses(organizationId: string, portfolioId: string, { from, to, instrumentId }: GainFilter): Promise<string[]> {
      const { rows } = await sql.query<{ id: string }>(
        `select distinct instrument_id as id from transactional.lot_closing where ${MATCHING} and proceeds < cost`, [organizationId, portfolioId, from, to, instrumentId]);
      return rows.map(({ id }) => id);
    },

    /** All trades that stand in an instrument up to a day, and their closings. */
    async traded(organizationId: string, instruments: readonly InstrumentOf[], to: string | null): Promise<(Traded & InstrumentOf)[]> {
      const values = [organizationId, instruments.map(({ portfolioId }) => portfolioId), instruments.map(({ instrumentId }) => instrumentId), to];
      const wanted = 'join unnest($2::text[], $3::text[]) as wanted(portfolio_id, instrument_id) using (portfolio_id, instrument_id)';
      const [fills, closings] = await Promise.all([
        sql.query<InstrumentOf & { tradeId: string; tradedOn: string; sequence: string; quantity: string; amount: string; currency: string }>(
          `select portfolio_id as "portfolioId", instrument_id as "instrumentId", trade_id as "tradeId", traded_on::text as "tradedOn", day_order as sequence, quantity, amount, currency
           from transactional.trade_booking ${wanted} where organization_id = $1 and step <> 'cancelled' and ($4::date is null or traded_on <= $4)`, values),
        sql.query<Row>(`select ${COLUMNS} from transactional.lot_closing ${wanted} where organization_id = $1 and ($4::date is null or closed_on <= $4)`, values),
      ]);
      const fillsOf = Map.groupBy(fills.rows.map((row) => ({ ...row, sequence: Number(row.sequence), quantity: decimal(row.quantity), amount: decimal(row.amount) })), ofTrade);
      const closingsOf = Map.groupBy(closings.rows, (row) => ofTrade({ portfolioId: row.portfolio_id, instrumentId: row.instrument_id }));
      return instruments.map((each) => ({ ...each, fills: fillsOf.get(ofTrade(each)) ?? [], closings: (closingsOf.get(ofTrade(each)) ?? []).map(toClosedLot) }));
    },

    /** The positions that booked versions of trades were in, at whatever time. */
    async positionsOfTrades(organizationId: string, tradeIds: readonly string[]): Promise<TradeKey[]> {
      const { rows } = await sql.query<TradeKey>(
        `select distinct trade_id as "tradeId", portfolio_id as "portfolioId", instrument_id as "instrumentId", currency from transactional.fact
         where organization_id = $1 and trade_id = any($2) and kind = 'TRADE_BOOKED'`, [organizationId, tradeIds]);
      return rows;
    },
  };
}
