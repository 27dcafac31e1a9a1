/** What operations look at: settlements with their ageing, net sets, claims, how an organisation settles, and what is stuck. */
import type { Sql } from '@pms/events/sql';
import type { Page } from '@pms/subgraph/connection';
import type { FactKind } from '../domain/fact.ts';
import { buyInCodes } from '../domain/parking.ts';
import { type Moment, waitForWriters } from './history-reads.ts';
import { PARK_AFTER_BUSINESS_DAYS } from './saga-reads.ts';
import { BOOKING, type Booking, type BookingRow, toBooking } from './rows.ts';

/** The latest booked version of a trade, with what its ageing needs to know. */
export interface SettlementView extends Booking {
  readonly portfolioId: string;
  /** Of the instrument; null for one without a market. */
  readonly mic: string | null;
  /** At which it was read; absent: as it stands. */
  readonly moment?: Moment;
}

export interface SettlementFilter {
  readonly portfolioId?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly counterparty?: string | null | undefined;
  readonly steps: readonly string[];
  readonly failureCode?: string | null | undefined;
  /** Contractual dates, both included. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  /** True: only what is parked; false: only what is not. */
  readonly parked?: boolean | null | undefined;
}

export interface SettlementPolicy {
  readonly buyInAfterBusinessDays: number;
  readonly claimsNeedSecondPerson: boolean;
  readonly parkAfterBusinessDays: number;
}

/** CSDR, Article 7(3), as adopted in 2014: four business days for liquid shares. */
const DEFAULT_POLICY: SettlementPolicy = { buyInAfterBusinessDays: 4, claimsNeedSecondPerson: false, parkAfterBusinessDays: PARK_AFTER_BUSINESS_DAYS };

/** A purchase that fails because of the seller, and long enough to look at its age. */
export interface LongFail {
  readonly tradeId: string;
  readonly portfolioId: string;
  readonly organizationId: string;
  readonly contractualOn: string;
  readonly currency: string;
  readonly mic: string | null;
  readonly afterBusinessDays: number;
}

/** A fact about a version of a trade. */
export interface VersionFact {
  readonly sequence: number;
  readonly version: number;
  readonly kind: FactKind;
  readonly effectiveOn: string;
  readonly recordedAt: Date;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type ViewRow = BookingRow & { readonly portfolio_id: string; readonly mic: string | null };

const VIEW = `b.portfolio_id, i.mic, ${BOOKING.split(',').map((column) => `b.${column.trim()}`).join(', ')}`;
const FROM = 'transactional.trade_booking b left join transactional.instrument i on i.id = b.instrument_id';
const toView = (row: ViewRow): SettlementView => ({ ...toBooking(row), portfolioId: row.portfolio_id, mic: row.mic });

export const operationsReads = (sql: Sql) => ({ ...settlementLists(sql), ...netReads(sql), ...policyReads(sql), ...watchReads(sql) });

/** Of the portfolios that the trades are in, as `waitForWriters`. */
async function waitForTrades(sql: Sql, tradeIds: readonly string[], moment: Moment): Promise<void> {
  if (moment.knownAt === null) return;
  const { rows } = await sql.query<{ id: string }>('select distinct portfolio_id as id from transactional.trade_booking where trade_id = any($1)', [tradeIds]);
  await waitForWriters(sql, rows.map(({ id }) => id), moment);
}

/** A cursor of another list begins at the start. */
const cursorOf = ({ from }: Page): readonly (string | null)[] => (from?.length === 2 && /^\d{4}-\d\d-\d\d$/.test(from[0] ?? '') ? from : [null, null]);

function settlementLists(sql: Sql) {
  return {
    async settlementsOf(organizationId: string, tradeIds: readonly string[]): Promise<Map<string, SettlementView>> {
      const { rows } = await sql.query<ViewRow>(
        `select distinct on (b.trade_id) ${VIEW} from ${FROM} where b.organization_id = $1 and b.trade_id = any($2) order by b.trade_id, b.version desc`, [organizationId, tradeIds]);
      return new Map(rows.map((row) => [row.trade_id, toView(row)]));
    },

    /** By contractual date, the oldest first. */
    async settlementPage(organizationId: string, filter: SettlementFilter, page: Page): Promise<SettlementView[]> {
      const direction = page.backward ? 'desc' : 'asc';
      const { rows } = await sql.query<ViewRow>(
        `select ${VIEW} from ${FROM}
         where b.organization_id = $1 and b.step = any($2) and ($3::text is null or b.portfolio_id = $3) and ($4::text is null or b.instrument_id = $4)
           and ($5::text is null or b.counterparty = $5) and ($6::text is null or b.failure_code = $6)
           and ($7::date is null or b.contractual_on >= $7) and ($8::date is null or b.contractual_on <= $8)
           and ($12::boolean is null or (b.parked_on is not null) = $12) and ($9::date is null or (b.contractual_on, b.trade_id) ${page.backward ? '<' : '>'} ($9, $10))
         order by b.contractual_on ${direction}, b.trade_id ${direction} limit $11`,
        [organizationId, filter.steps, filter.portfolioId ?? null, filter.instrumentId ?? null, filter.counterparty ?? null, filter.failureCode ?? null,
          filter.from ?? null, filter.to ?? null, ...cursorOf(page), page.limit, filter.parked ?? null]);
      return rows.map(toView);
    },

    /** How many are open, and for how much, by contractual date and state. */
    async openByDate(organizationId: string, portfolioId: string | null): Promise<{ readonly contractualOn: string; readonly step: string; readonly currency: string; readonly count: number; readonly amount: string }[]> {
      const { rows } = await sql.query<{ contractualOn: string; step: string; currency: string; count: number; amount: string }>(
        `select contractual_on::text as "contractualOn", step, coalesce(cash_currency, currency) as currency, count(*)::int as count,
           sum(abs(coalesce(cash_amount, amount) - part_amount))::text as amount from transactional.trade_booking
         where organization_id = $1 and step in ('instructed', 'matched', 'failed', 'buying-in') and ($2::text is null or portfolio_id = $2) group by 1, 2, 3 order by 1`, [organizationId, portfolioId]);
      return rows;
    },

    /** What happened to versions of trades on their way to settlement, in order. */
    async settlementHistory(organizationId: string, tradeIds: readonly string[], moment: Moment): Promise<Map<string, VersionFact[]>> {
      await waitForTrades(sql, tradeIds, moment);
      const { rows } = await sql.query<Omit<VersionFact, 'sequence'> & { readonly tradeId: string; readonly sequence: string }>(
        `select trade_id as "tradeId", sequence, version, kind, effective_on::text as "effectiveOn", recorded_at as "recordedAt", actor, data from transactional.fact
         where organization_id = $1 and trade_id = any($2) and kind not in ('TRADE_CANCELLED', 'CLAIM_RAISED', 'CLAIM_BOOKED', 'CLAIM_WITHDRAWN', 'CLAIM_CANCELLED')
           and ($3::date is null or effective_on <= $3) and ($4::timestamptz is null or recorded_at <= $4) order by trade_id, fact.sequence`, [organizationId, tradeIds, moment.asOf, moment.knownAt]);
      return Map.groupBy(rows.map((row) => ({ ...row, sequence: Number(row.sequence) })), ({ tradeId }) => tradeId);
    },

    /** Of instruments, where they trade. */
    async marketsOf(organizationId: string, instrumentIds: readonly string[]): Promise<Map<string, string | null>> {
      const { rows } = await sql.query<{ id: string; mic: string | null }>('select id, mic from transactional.instrument where organization_id = $1 and id = any($2)', [organizationId, instrumentIds]);
      return new Map(rows.map(({ id, mic }) => [id, mic]));
    },
  };
}

interface Nettable {
  readonly counterparty: string;
  readonly instrumentId: string;
  readonly currency: string;
  readonly settlementDate: string;
}

function netReads(sql: Sql) {
  return {
    /** Matched trades of the group that settle alone. */
    async nettable(portfolioId: string, { counterparty, instrumentId, currency, settlementDate }: Nettable): Promise<Booking[]> {
      const { rows } = await sql.query<BookingRow>(
        `select ${BOOKING} from transactional.trade_booking where portfolio_id = $1 and instrument_id = $2 and coalesce(cash_currency, currency) = $3 and counterparty = $4 and contractual_on = $5::date
           and step = 'matched' and net_set_id is null and part_quantity = 0 order by traded_on, day_order, trade_id`, [portfolioId, instrumentId, currency, counterparty, settlementDate]);
      return rows.map(toBooking);
    },

    /** Trades that had been put into the set by then, whether or not they are in it still. `portfolioId` is null where nobody knows whose books the set is in. */
    async everNetted(organizationId: string, { portfolioId, netSetId }: { readonly portfolioId: string | null; readonly netSetId: string }, { asOf, knownAt }: Moment): Promise<string[]> {
      const { rows } = await sql.query<{ tradeId: string }>(
        `select distinct trade_id as "tradeId" from transactional.fact where organization_id = $1
           and portfolio_id in (select id from transactional.portfolio where organization_id = $1 and ($2::text is null or id = $2)) and kind = 'SETTLEMENT_NETTED' and data->>'netSetId' = $3
           and ($4::date is null or effective_on <= $4) and ($5::timestamptz is null or recorded_at <= $5)`, [organizationId, portfolioId, netSetId, asOf, knownAt]);
      return rows.map(({ tradeId }) => tradeId);
    },

    /** What settles, or has settled, as one; none for a set that was broken. */
    async netSet(organizationId: string, netSetId: string): Promise<SettlementView[]> {
      const { rows } = await sql.query<ViewRow>(
        `select ${VIEW} from ${FROM} where b.organization_id = $1 and b.net_set_id = $2 and b.step <> 'cancelled' order by b.traded_on, b.day_order, b.trade_id`, [organizationId, netSetId]);
      return rows.map(toView);
    },
  };
}

function policyReads(sql: Sql) {
  return {
    async policy(organizationId: string): Promise<SettlementPolicy> {
      const { rows: [row] } = await sql.query<SettlementPolicy>(
        `select buy_in_after_business_days as "buyInAfterBusinessDays", claims_need_second_person as "claimsNeedSecondPerson", park_after_business_days as "parkAfterBusinessDays" from transactional.settlement_policy
         where organization_id = $1`, [organizationId]);
      return row ?? DEFAULT_POLICY;
    },
  };
}

export function policyWrites(sql: Sql) {
  return {
    ...policyReads(sql),
    async savePolicy(organizationId: string, { buyInAfterBusinessDays, claimsNeedSecondPerson, parkAfterBusinessDays }: SettlementPolicy, by: string): Promise<void> {
      await sql.query(
        `insert into transactional.settlement_policy (organization_id, buy_in_after_business_days, claims_need_second_person, park_after_business_days, updated_by) values ($1, $2, $3, $4, $5)
         on conflict (organization_id) do update set buy_in_after_business_days = excluded.buy_in_after_business_days,
           claims_need_second_person = excluded.claims_need_second_person, park_after_business_days = excluded.park_after_business_days,
           updated_by = excluded.updated_by`, [organizationId, buyInAfterBusinessDays, claimsNeedSecondPerson, parkAfterBusinessDays, by]);
    },
  };
}

/** Everybody's: only the timer asks. */
function watchReads(sql: Sql) {
  return {
    /** Business days are fewer than days: what is not late by so many days is left out. A buyer without cash is not bought in. */
    async longFails(on: string, limit: number): Promise<LongFail[]> {
      const { rows } = await sql.query<LongFail>(
        `select b.trade_id as "tradeId", b.portfolio_id as "portfolioId", b.organization_id as "organizationId", b.contractual_on::text as "contractualOn", b.currency, i.mic,
           coalesce(p.buy_in_after_business_days, $2) as "afterBusinessDays"
         from transactional.trade_booking b left join transactional.instrument i on i.id = b.instrument_id
         left join transactional.settlement_policy p on p.organization_id = b.organization_id
         where b.step = 'failed' and b.parked_on is null and b.quantity > 0 and b.net_set_id is null and b.failure_code = any($4)
           and b.contractual_on <= $1::date - coalesce(p.buy_in_after_business_days, $2) order by b.contractual_on limit $3`, [on, DEFAULT_POLICY.buyInAfterBusinessDays, limit, buyInCodes]);
      return rows;
    },
  };
}
