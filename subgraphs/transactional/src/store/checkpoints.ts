/**
 * Positions at the ends of days, so that the books of an old day need no replay from the start. A checkpoint holds for whoever knows its last
 * fact and does not know the first one that changed its day, or one before it: it is kept, also when it does not hold any more.
 */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Lot, LotMethod } from '../domain/lots.ts';
import type { Place, PositionState } from '../domain/movement.ts';
import type { Beginning } from '../domain/position-books.ts';
import type { Moment } from './history-reads.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import { ofRows, type Part } from './statement.ts';

export interface Checkpoint {
  readonly portfolioId: string;
  /** ISO 8601 day. */
  readonly through: string;
  readonly sequence: number;
  readonly method: LotMethod;
  readonly spoiledBy: number | null;
  readonly beginnings: readonly Beginning[];
}

interface StoredState extends Omit<PositionState, 'quantity' | 'cost' | 'realized'> {
  readonly quantity: string;
  readonly cost: string;
  readonly realized: string;
  readonly last: Place | null;
}

type StoredLot = Omit<Lot, 'quantity' | 'cost'> & { readonly quantity: string; readonly cost: string };

const stored = ({ state, lots }: Beginning): { state: StoredState; lots: StoredLot[] } => ({
  state: { ...state, quantity: state.quantity.toFixed(), cost: state.cost.toFixed(), realized: state.realized.toFixed() },
  lots: lots.map((lot) => ({ ...lot, quantity: lot.quantity.toFixed(), cost: lot.cost.toFixed() })),
});

const beginningOf = ({ state, lots }: { readonly state: StoredState; readonly lots: readonly StoredLot[] }): Beginning => ({
  state: { ...state, quantity: decimal(state.quantity), cost: decimal(state.cost), realized: decimal(state.realized) },
  lots: lots.map((lot) => ({ ...lot, quantity: decimal(lot.quantity), cost: decimal(lot.cost) })),
});

interface Row {
  readonly portfolioId: string;
  readonly through: string;
  readonly sequence: string;
  readonly method: LotMethod;
  readonly spoiledBy: string | null;
  readonly positions: readonly { readonly state: StoredState; readonly lots: readonly StoredLot[] }[] | null;
}

const CHECKPOINT = `c.portfolio_id as "portfolioId", c.through::text, c.sequence, c.method, c.spoiled_by as "spoiledBy",
  (select jsonb_agg(jsonb_build_object('state', p.state, 'lots', p.lots)) from transactional.checkpoint_position p
   where p.portfolio_id = c.portfolio_id and p.through = c.through and p.sequence = c.sequence) as positions`;

const toCheckpoint = ({ positions, ...row }: Row): Checkpoint =>
  ({ ...row, sequence: Number(row.sequence), spoiledBy: row.spoiledBy === null ? null : Number(row.spoiledBy), beginnings: (positions ?? []).map(beginningOf) });

export function checkpointReads(sql: Sql) {
  return {
    /** The last one that holds at the moment, by portfolio. */
    async checkpointsAt(organizationId: string, portfolioIds: readonly string[], { asOf, knownAt, beforeFact }: Moment): Promise<Map<string, Checkpoint>> {
      const { rows } = await sql.query<Row>(
        `select ${CHECKPOINT} from unnest($2::text[]) as asked(id) cross join lateral (
           select * from transactional.checkpoint h where h.organization_id = $1 and h.portfolio_id = asked.id and ($3::date is null or h.through <= $3)
             and ($4::timestamptz is null or (h.known_from <= $4 and (h.known_until is null or h.known_until > $4)))
             and ($5::bigint is null or (h.sequence < $5 and (h.spoiled_by is null or h.spoiled_by >= $5)))
             and ($4::timestamptz is not null or $5::bigint is not null or h.spoiled_by is null)
           order by h.through desc, h.sequence desc limit 1) as c`, [organizationId, portfolioIds, asOf, knownAt, beforeFact ?? null]);
      return new Map(rows.map((row) => [row.portfolioId, toCheckpoint(row)]));
    },

    /** Whether all of them still hold for who knows everything. */
    async holdNow(checkpoints: readonly Checkpoint[]): Promise<boolean> {
      const { rows } = await sql.query(
        `select from transactional.checkpoint join unnest($1::text[], $2::date[], $3::bigint[]) as asked(portfolio_id, through, sequence) using (portfolio_id, through, sequence)
         where spoiled_by is not null limit 1`,
        [checkpoints.map(({ portfolioId }) => portfolioId), checkpoints.map(({ through }) => through), checkpoints.map(({ sequence }) => sequence)]);
      return rows.length === 0;
    },

    /** Portfolios of which so many facts have come since their last checkpoint that holds. */
    async portfoliosWithoutCheckpoint(facts: number, limit: number): Promise<{ readonly id: string; readonly organizationId: string; readonly lastFact: number }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string; lastFact: string }>(
        `select p.id, p.organization_id as "organizationId", p.last_fact as "lastFact" from transactional.portfolio p
         where p.last_fact >= $1 + coalesce((select c.sequence from transactional.checkpoint c where c.portfolio_id = p.id and c.spoiled_by is null order by c.through desc, c.sequence desc limit 1), 0)
         order by p.id limit $2`, [facts, limit]);
      return rows.map((row) => ({ ...row, lastFact: Number(row.lastFact) }));
    },
  };
}

export function checkpointWrites(sql: Sql) {
  return {
    /** What the facts of a posting change: the checkpoints of their days, and of later ones, hold no longer for who knows them. */
    spoiling: ({ id }: LockedPortfolio, facts: readonly { readonly sequence: number; readonly kind: string; readonly effectiveOn: string }[]): Part[] => {
      const [first] = facts;
      if (first === undefined) return [];
      const earliest = facts.some(({ kind }) => kind === 'LOT_METHOD_SET') ? '0001-01-01' : facts.map(({ effectiveOn }) => effectiveOn).reduce((a, b) => (a < b ? a : b));
      return ofRows({
        kind: 'spoiling', columns: [['portfolio_id', 'text'], ['sequence', 'bigint'], ['effective_on', 'date']], rows: [[id, first.sequence, earliest]],
        around: (given) => `update transactional.checkpoint c set spoiled_by = given.sequence, known_until = clock.at from ${given}, clock
          where c.portfolio_id = given.portfolio_id and c.through >= given.effective_on and c.spoiled_by is null`,
      });
    },

    /** Behind the portfolio's lock: what was recorded since its last fact may have changed its day already. */
    async insertCheckpoint({ id, organizationId }: LockedPortfolio, { through, sequence, method, beginnings }: Omit<Checkpoint, 'portfolioId' | 'spoiledBy'>): Promise<void> {
      const rows = beginnings.map(stored);
      await sql.query(
        `with made as (
           insert into transactional.checkpoint (portfolio_id, through, sequence, organization_id, method, known_from, spoiled_by, known_until)
           select $1, $2::date, $3::bigint, $4, $5, f.recorded_at, later.sequence, later.recorded_at
           from transactional.fact f left join lateral (
             select sequence, recorded_at from transactional.fact s where s.portfolio_id = $1 and s.sequence > $3::bigint and (s.effective_on <= $2::date or s.kind = 'LOT_METHOD_SET')
             order by s.sequence limit 1) as later on true
           where f.portfolio_id = $1 and f.sequence = $3::bigint on conflict do nothing returning portfolio_id
         )
         insert into transactional.checkpoint_position (portfolio_id, through, sequence, organization_id, instrument_id, currency, state, lots)
         select made.portfolio_id, $2::date, $3::bigint, $4, p.* from made, unnest($6::text[], $7::text[], $8::jsonb[], $9::jsonb[]) as p(instrument_id, currency, state, lots)`,
        [id, through, sequence, organizationId, method, rows.map(({ state }) => state.instrumentId), rows.map(({ state }) => state.currency),
          rows.map(({ state }) => JSON.stringify(state)), rows.map(({ lots }) => JSON.stringify(lots))]);
    },

    /** In the order of their days. */
    async everyCheckpoint(portfolioId: string): Promise<Omit<Checkpoint, 'beginnings'>[]> {
      const { rows } = await sql.query<Omit<Row, 'positions'>>(
        `select portfolio_id as "portfolioId", through::text, sequence, method, spoiled_by as "spoiledBy" from transactional.checkpoint where portfolio_id = $1 order by through, sequence`, [portfolioId]);
      return rows.map((row) => ({ ...row, sequence: Number(row.sequence), spoiledBy: row.spoiledBy === null ? null : Number(row.spoiledBy) }));
    },

    async checkpoint(portfolioId: string, through: string, sequence: number): Promise<Checkpoint | null> {
      const { rows: [row] } = await sql.query<Row>(
        `select ${CHECKPOINT} from transactional.checkpoint c where c.portfolio_id = $1 and c.through = $2::date and c.sequence = $3`, [portfolioId, through, sequence]);
      return row === undefined ? null : toCheckpoint(row);
    },
  };
}
