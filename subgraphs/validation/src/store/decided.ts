/** Writes what a run of trades came to in one statement: decisions, their evidence, and what the allowed ones take and give. */
import type { Sql } from '@pms/events/sql';
import type { Decimal } from '@pms/money';
import { keptCharges } from './charges.ts';
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

/** What was decided, of which portfolio. */
export interface DecidedOf {
  readonly portfolio: Pick<LockedPortfolio, 'id' | 'organizationId'>;
  readonly decided: Decided;
}

const DECIDED = `
  with decided as (
    insert into validation.decision (heard_at, organization_id, portfolio_id, trade_id, version, outcome, facts, maker, decided_at)
    select $1, organization_id, portfolio_id, trade_id, version, outcome, facts, maker, case when outcome = 'PENDING_APPROVAL' then null else $1::timestamptz end
    from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::jsonb[], $8::text[]) as d(organization_id, portfolio_id, trade_id, version, outcome, facts, maker)
  ), run as (
    insert into validation.check_run (at, organization_id, portfolio_id, id, trade_id, version, occasion, outcome, checks)
    select $1, * from unnest($9::text[], $10::text[], $11::text[], $12::text[], $13::int[], $14::text[], $15::text[], $16::jsonb[])
  ), reserved as (
    insert into validation.commitment (state, organization_id, portfolio_id, trade_id, version, instrument_id, quantity, currency, cash, charges)
    select 'RESERVED', * from unnest($17::text[], $18::text[], $19::text[], $20::int[], $21::text[], $22::numeric[], $23::text[], $24::numeric[], $25::jsonb[])
    on conflict (trade_id) do update set version = excluded.version, state = 'RESERVED', instrument_id = excluded.instrument_id,
      quantity = excluded.quantity, currency = excluded.currency, cash = excluded.cash, charges = excluded.charges
  ), cash as (
    insert into validation.projected_cash (organization_id, portfolio_id, currency, amount) select * from unnest($26::text[], $27::text[], $28::text[], $29::numeric[])
    on conflict (portfolio_id, currency) do update set amount = excluded.amount
  )
  insert into validation.projected_holding (organization_id, portfolio_id, instrument_id, quantity) select * from unnest($30::text[], $31::text[], $32::text[], $33::numeric[])
  on conflict (portfolio_id, instrument_id) do update set quantity = excluded.quantity`;

/** Each row with its portfolio before it: columns of organisation and portfolio, then those of the row. */
function columnsOf<Row>(all: readonly DecidedOf[], rowsOf: (decided: Decided) => readonly Row[], ...columns: readonly ((row: Row) => unknown)[]): unknown[][] {
  const rows = all.flatMap(({ portfolio, decided }) => rowsOf(decided).map((row) => ({ portfolio, row })));
  return [rows.map(({ portfolio }) => portfolio.organizationId), rows.map(({ portfolio }) => portfolio.id), ...columns.map((column) => rows.map(({ row }) => column(row)))];
}

/** Of several portfolios at once; no two of them may be the same. */
export async function recordDecided(sql: Sql, all: readonly DecidedOf[], at: Date): Promise<void> {
  await sql.query(DECIDED, [
    at,
    ...columnsOf(all, ({ decisions }) => decisions, ({ tradeId }) => tradeId, ({ version }) => version, ({ outcome }) => outcome, ({ facts }) => JSON.stringify(facts), ({ maker }) => maker),
    ...columnsOf(all, ({ runs }) => runs, ({ id }) => id, ({ tradeId }) => tradeId, ({ version }) => version, ({ occasion }) => occasion, ({ outcome }) => outcome, ({ checks }) => JSON.stringify(checks)),
    ...columnsOf(all, ({ reserved }) => reserved, ({ tradeId }) => tradeId, ({ version }) => version, ({ instrumentId }) => instrumentId, ({ quantity }) => quantity.toFixed(),
      ({ currency }) => currency, ({ cash }) => cash.toFixed(), ({ charges }) => keptCharges(charges)),
    ...columnsOf(all, ({ cash }) => cash, ([currency]) => currency, ([, amount]) => amount.toFixed()),
    ...columnsOf(all, ({ holdings }) => holdings, ([instrumentId]) => instrumentId, ([, quantity]) => quantity.toFixed()),
  ]);
  await recordBreaches(sql, all, at);
}

async function recordBreaches(sql: Sql, all: readonly DecidedOf[], at: Date): Promise<void> {
  const breachesOf = ({ runs }: Decided) => runs.flatMap((run) => run.breaches.map((breach) => ({ ...breach, tradeId: run.tradeId, version: run.version })));
  if (all.every(({ decided }) => breachesOf(decided).length === 0)) return;
  await sql.query(
    `insert into validation.breach (at, organization_id, portfolio_id, id, trade_id, version, rule_id, rule, kind, outcome, message)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])`,
    [at, ...columnsOf(all, breachesOf, ({ id }) => id, ({ tradeId }) => tradeId, ({ version }) => version, ({ ruleId }) => ruleId, ({ rule }) => rule, ({ kind }) => kind,
      ({ outcome }) => outcome, ({ message }) => message)]);
}
