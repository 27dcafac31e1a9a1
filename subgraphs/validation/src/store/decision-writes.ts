/** How decisions and their evidence are written. */
import type { Sql } from '@pms/events/sql';
import type { Ruling, StandingDecision } from './records.ts';

const STANDING = 'trade_id as "tradeId", version, outcome, facts, maker, decided_by as "decidedBy"';

export function decisionWrites(sql: Sql) {
  return {
    /** The newest version's, for the trades that have any. */
    async newestDecisions(organizationId: string, tradeIds: readonly string[]): Promise<ReadonlyMap<string, StandingDecision>> {
      const { rows } = await sql.query<StandingDecision>(
        `select distinct on (trade_id) ${STANDING} from validation.decision where organization_id = $1 and trade_id = any($2) order by trade_id, version desc`,
        [organizationId, tradeIds]);
      return new Map(rows.map((row) => [row.tradeId, row]));
    },

    /** Everybody who made a version of the trade, whichever stands now. */
    async makersOf(organizationId: string, tradeId: string): Promise<ReadonlySet<string>> {
      const { rows } = await sql.query<{ maker: string }>('select distinct maker from validation.decision where organization_id = $1 and trade_id = $2', [organizationId, tradeId]);
      return new Set(rows.map(({ maker }) => maker));
    },

    /** The newest allowed version before this one; null where there is none. */
    async allowedBefore(organizationId: string, tradeId: string, version: number): Promise<StandingDecision | null> {
      const { rows } = await sql.query<StandingDecision>(
        `select ${STANDING} from validation.decision where organization_id = $1 and trade_id = $2 and version < $3 and outcome = 'VALIDATED' order by version desc limit 1`,
        [organizationId, tradeId, version]);
      return rows[0] ?? null;
    },

    /** Rejects what had been allowed; false for a version that was not. */
    async refuse(organizationId: string, { tradeId, version, reason }: { readonly tradeId: string; readonly version: number; readonly reason: string }, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query(
        `update validation.decision set outcome = 'REJECTED', decided_by = null, comment = $4, decided_at = $5
         where organization_id = $1 and trade_id = $2 and version = $3 and outcome = 'VALIDATED'`, [organizationId, tradeId, version, reason, at]);
      return rowCount === 1;
    },

    async cancelledAmong(tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await sql.query<{ id: string }>('select trade_id as id from validation.cancelled_trade where trade_id = any($1)', [tradeIds]);
      return new Set(rows.map(({ id }) => id));
    },

    async cancel(organizationId: string, tradeId: string): Promise<void> {
      await sql.query('insert into validation.cancelled_trade (trade_id, organization_id) values ($1, $2) on conflict do nothing', [tradeId, organizationId]);
    },

    /** Ends what waited for approval. */
    async rule(rulings: readonly Ruling[], at: Date): Promise<void> {
      await sql.query(
        `update validation.decision d set outcome = r.outcome, decided_by = r.decided_by, comment = r.comment, decided_at = $1
         from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[]) as r(trade_id, version, outcome, decided_by, comment)
         where d.trade_id = r.trade_id and d.version = r.version and d.outcome = 'PENDING_APPROVAL'`,
        [at, rulings.map(({ tradeId }) => tradeId), rulings.map(({ version }) => version), rulings.map(({ outcome }) => outcome),
          rulings.map(({ decidedBy }) => decidedBy), rulings.map(({ comment }) => comment)]);
    },
  };
}
