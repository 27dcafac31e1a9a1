/** How decisions and their evidence are written. */
import type { Sql } from '@pms/events/sql';
import type { CheckRun, LockedPortfolio, NewDecision, Ruling, StandingDecision } from './records.ts';

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

    async cancelledAmong(tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await sql.query<{ id: string }>('select trade_id as id from validation.cancelled_trade where trade_id = any($1)', [tradeIds]);
      return new Set(rows.map(({ id }) => id));
    },

    async cancel(organizationId: string, tradeId: string): Promise<void> {
      await sql.query('insert into validation.cancelled_trade (trade_id, organization_id) values ($1, $2) on conflict do nothing', [tradeId, organizationId]);
    },

    async insertDecisions({ id, organizationId }: LockedPortfolio, decisions: readonly NewDecision[], at: Date): Promise<void> {
      await sql.query(
        `insert into validation.decision (organization_id, portfolio_id, heard_at, trade_id, version, outcome, facts, maker, decided_at)
         select $1, $2, $3, trade_id, version, outcome, facts, maker, case when outcome = 'PENDING_APPROVAL' then null else $3::timestamptz end
         from unnest($4::text[], $5::int[], $6::text[], $7::jsonb[], $8::text[]) as d(trade_id, version, outcome, facts, maker)`,
        [organizationId, id, at, decisions.map(({ tradeId }) => tradeId), decisions.map(({ version }) => version),
          decisions.map(({ outcome }) => outcome), decisions.map(({ facts }) => JSON.stringify(facts)), decisions.map(({ maker }) => maker)]);
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

    async recordRuns({ id, organizationId }: LockedPortfolio, runs: readonly CheckRun[], at: Date): Promise<void> {
      await sql.query(
        `insert into validation.check_run (organization_id, portfolio_id, at, id, trade_id, version, occasion, outcome, checks)
         select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::jsonb[])`,
        [organizationId, id, at, runs.map((run) => run.id), runs.map(({ tradeId }) => tradeId), runs.map(({ version }) => version),
          runs.map(({ occasion }) => occasion), runs.map(({ outcome }) => outcome), runs.map(({ checks }) => JSON.stringify(checks))]);
      const breaches = runs.flatMap((run) => run.breaches.map((breach) => ({ ...breach, tradeId: run.tradeId, version: run.version })));
      if (breaches.length === 0) return;
      await sql.query(
        `insert into validation.breach (organization_id, portfolio_id, at, id, trade_id, version, rule_id, rule, kind, outcome, message)
         select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])`,
        [organizationId, id, at, breaches.map((breach) => breach.id), breaches.map(({ tradeId }) => tradeId), breaches.map(({ version }) => version),
          breaches.map(({ ruleId }) => ruleId), breaches.map(({ rule }) => rule), breaches.map(({ kind }) => kind),
          breaches.map(({ outcome }) => outcome), breaches.map(({ message }) => message)]);
    },
  };
}
