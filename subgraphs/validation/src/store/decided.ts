/** Writes what a run of trades came to in one statement: decisions, their evidence, and what the allowed ones take and give. */
import type { Sql } from '@pms/events/sql';
import type { Decimal } from '@pms/money';
import type { CheckRun, Commitment, LockedPortfolio, NewDecision } from './records.ts';

/** What a portfolio's cash or holdings come to, by currency or instrument. */
export type Amounts = readonly (readonly [id: string, amount: Decimal])[];

export interface Decided {
  /** None for an approval: its decision is there already. */
  readonly decisions: readonly NewDecision[];
  readonly runs: readonly CheckRun[];
  readonly reserved: readonly Commitment[];
  readonly cash: Amounts;
  readonly holdings: Amounts;
}

const DECIDED = `
  with decided as (
    insert into validation.decision (organization_id, portfolio_id, heard_at, trade_id, version, outcome, facts, maker, decided_at)
    select $1, $2, $3, trade_id, version, outcome, facts, maker, case when outcome = 'PENDING_APPROVAL' then null else $3::timestamptz end
    from unnest($4::text[], $5::int[], $6::text[], $7::jsonb[], $8::text[]) as d(trade_id, version, outcome, facts, maker)
  ), run as (
    insert into validation.check_run (organization_id, portfolio_id, at, id, trade_id, version, occasion, outcome, checks)
    select $1, $2, $3, * from unnest($9::text[], $10::text[], $11::int[], $12::text[], $13::text[], $14::jsonb[])
  ), reserved as (
    insert into validation.commitment (portfolio_id, organization_id, state, trade_id, version, instrument_id, quantity, currency, cash)
    select $2, $1, 'RESERVED', * from unnest($15::text[], $16::int[], $17::text[], $18::numeric[], $19::text[], $20::numeric[])
    on conflict (trade_id) do update set version = excluded.version, state = 'RESERVED', instrument_id = excluded.instrument_id,
      quantity = excluded.quantity, currency = excluded.currency, cash = excluded.cash
  ), cash as (
    insert into validation.projected_cash (portfolio_id, organization_id, currency, amount) select $2, $1, * from unnest($21::text[], $22::numeric[])
    on conflict (portfolio_id, currency) do update set amount = excluded.amount
  )
  insert into validation.projected_holding (portfolio_id, organization_id, instrument_id, quantity) select $2, $1, * from unnest($23::text[], $24::numeric[])
  on conflict (portfolio_id, instrument_id) do update set quantity = excluded.quantity`;

export async function recordDecided(sql: Sql, { id, organizationId }: LockedPortfolio, { decisions, runs, reserved, cash, holdings }: Decided, at: Date): Promise<void> {
  await sql.query(DECIDED, [
    organizationId, id, at,
    decisions.map(({ tradeId }) => tradeId), decisions.map(({ version }) => version), decisions.map(({ outcome }) => outcome),
    decisions.map(({ facts }) => JSON.stringify(facts)), decisions.map(({ maker }) => maker),
    runs.map((run) => run.id), runs.map(({ tradeId }) => tradeId), runs.map(({ version }) => version), runs.map(({ occasion }) => occasion),
    runs.map(({ outcome }) => outcome), runs.map(({ checks }) => JSON.stringify(checks)),
    reserved.map(({ tradeId }) => tradeId), reserved.map(({ version }) => version), reserved.map(({ instrumentId }) => instrumentId),
    reserved.map(({ quantity }) => quantity.toFixed()), reserved.map(({ currency }) => currency), reserved.map((one) => one.cash.toFixed()),
    cash.map(([currency]) => currency), cash.map(([, amount]) => amount.toFixed()),
    holdings.map(([instrumentId]) => instrumentId), holdings.map(([, quantity]) => quantity.toFixed()),
  ]);
  await recordBreaches(sql, { id, organizationId }, runs, at);
}

async function recordBreaches(sql: Sql, { id, organizationId }: Pick<LockedPortfolio, 'id' | 'organizationId'>, runs: readonly CheckRun[], at: Date): Promise<void> {
  const breaches = runs.flatMap((run) => run.breaches.map((breach) => ({ ...breach, tradeId: run.tradeId, version: run.version })));
  if (breaches.length === 0) return;
  await sql.query(
    `insert into validation.breach (organization_id, portfolio_id, at, id, trade_id, version, rule_id, rule, kind, outcome, message)
     select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])`,
    [organizationId, id, at, breaches.map((breach) => breach.id), breaches.map(({ tradeId }) => tradeId), breaches.map(({ version }) => version),
      breaches.map(({ ruleId }) => ruleId), breaches.map(({ rule }) => rule), breaches.map(({ kind }) => kind),
      breaches.map(({ outcome }) => outcome), breaches.map(({ message }) => message)]);
}
