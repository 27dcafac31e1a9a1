/** What trades took of which lots: written with the postings, replaced where lots are allocated anew. */
import type { Sql } from '@pms/events/sql';
import { numbered } from '../domain/closings.ts';
import type { Closing } from '../domain/lots.ts';
import { type Key, keyOf, type Place } from '../domain/movement.ts';
import type { PositionChange } from '../domain/position-change.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import { CLOSING, type ClosingRow, toClosing } from './rows.ts';
import { type Column, insertion, type Part } from './statement.ts';

const COLUMNS: readonly Column[] = [
  ['portfolio_id', 'text'], ['closed_on', 'date'], ['day_order', 'bigint'], ['closed_by', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['line', 'int'],
  ['organization_id', 'text'], ['lot_id', 'text'], ['opened_on', 'date'], ['named', 'boolean'], ['quantity', 'numeric'], ['cost', 'numeric'], ['proceeds', 'numeric'],
];

type Closed = Pick<PositionChange, 'closings' | 'closedAgain'> & { readonly after: Key };

export function closingWrites(sql: Sql) {
  return {
    /** After `removeClosings`. */
    closingRows: ({ id, organizationId }: LockedPortfolio, changes: readonly Closed[]): Part[] => insertion({
      table: 'lot_closing', columns: COLUMNS,
      rows: changes.flatMap(({ after, closings }) => numbered(closings).map(({ closing, line }) => [
        id, closing.closedOn, closing.sequence, closing.closedBy, after.instrumentId, after.currency, line,
        organizationId, closing.lotId, closing.openedOn, closing.named, closing.quantity.toFixed(), closing.cost.toFixed(), closing.proceeds.toFixed()])),
    }),

    /** Those that a replay has made void. */
    async removeClosings({ id }: LockedPortfolio, changes: readonly Closed[]): Promise<void> {
      const again = changes.flatMap(({ after, closedAgain }) => (closedAgain === null ? [] : [{ ...after, ...closedAgain }]));
      if (again.length === 0) return;
      await sql.query(
        `delete from transactional.lot_closing c using unnest($2::text[], $3::text[], $4::date[], $5::bigint[], $6::text[]) as a(instrument_id, currency, closed_on, day_order, closed_by)
         where c.portfolio_id = $1 and c.instrument_id = a.instrument_id and c.currency = a.currency
           and (c.closed_on, c.day_order, c.closed_by) >= (a.closed_on, a.day_order, a.closed_by)`,
        [id, again.map(({ instrumentId }) => instrumentId), again.map(({ currency }) => currency), again.map(({ tradedOn }) => tradedOn), again.map(({ sequence }) => sequence),
          again.map(({ tradeId }) => tradeId)]);
    },

    /** By position, after one place and up to another; null: to the end. In the order of closing. */
    async closingsBetween(portfolioId: string, keys: readonly Key[], after: Place | null, to: Place | null): Promise<Map<string, Closing[]>> {
      const { rows } = await sql.query<ClosingRow & { readonly instrument_id: string; readonly currency: string }>(
        `select instrument_id, currency, ${CLOSING} from transactional.lot_closing join unnest($2::text[], $3::text[]) as wanted(instrument_id, currency) using (instrument_id, currency) where portfolio_id = $1
           and ($4::date is null or (closed_on, day_order, closed_by) > ($4, $5::bigint, $6)) and ($7::date is null or (closed_on, day_order, closed_by) <= ($7, $8::bigint, $9))
         order by closed_on, day_order, closed_by, line`,
        [portfolioId, keys.map(({ instrumentId }) => instrumentId), keys.map(({ currency }) => currency), after?.tradedOn, after?.sequence, after?.tradeId, to?.tradedOn, to?.sequence, to?.tradeId]);
      const byKey = Map.groupBy(rows, (row) => keyOf({ instrumentId: row.instrument_id, currency: row.currency }));
      return new Map([...byKey].map(([key, of]) => [key, of.map(toClosing)]));
    },

    async keysOfClosings(portfolioId: string): Promise<Key[]> {
      const { rows } = await sql.query<Key>(
        'select distinct instrument_id as "instrumentId", currency from transactional.lot_closing where portfolio_id = $1', [portfolioId]);
      return rows;
    },
  };
}
