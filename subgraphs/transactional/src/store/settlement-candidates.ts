/** Which settlements a list of an earlier moment may hold, from the facts: how each of them stood is worked out of its own facts. */
import type { Sql } from '@pms/events/sql';
import type { Moment } from './history-reads.ts';

/** What bookings themselves say; anything else is decided by what came of them. */
export interface BookedFilter {
  readonly portfolioId?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly counterparty?: string | null | undefined;
  /** Contractual dates, both included. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  /** Without those that had settled by then, and were not taken back. */
  readonly open: boolean;
}

/** A trade's place in lists: by contractual date of the version that was booked last, then by its id. */
export interface Candidate {
  readonly tradeId: string;
  readonly contractualOn: string;
}

export interface CandidatePage {
  /** Behind which the page begins, in the direction in which it is read; null for the start (or the end). */
  readonly behind: Candidate | null;
  readonly backward: boolean;
  readonly limit: number;
}

const OWN = '(select id from transactional.portfolio where organization_id = $1 and ($2::text is null or id = $2))';
const then = (fact: string): string => `($3::date is null or ${fact}.effective_on <= $3) and ($4::timestamptz is null or ${fact}.recorded_at <= $4)`;
/** A later delivery than the last one that the custodian took back. */
const SETTLED = `exists (select from transactional.fact s where s.trade_id = b.trade_id and s.version = b.version and s.kind = 'TRADE_SETTLED' and ${then('s')}
  and s.sequence > (select coalesce(max(r.sequence), 0) from transactional.fact r where r.trade_id = b.trade_id and r.version = b.version and r.kind = 'SETTLEMENT_REVERSED' and ${then('r')}))`;

const asked = ({ instrumentId, counterparty, from, to }: BookedFilter): readonly (string | null)[] => [instrumentId, counterparty, from, to].map((value) => value ?? null);

export const settlementCandidates = (sql: Sql) => ({
  /** Waits for whoever writes these books now, as `waitForWriters`; in the order of the list, or backwards. */
  async settlementCandidates(organizationId: string, filter: BookedFilter, { asOf, knownAt }: Moment, { behind, backward, limit }: CandidatePage): Promise<Candidate[]> {
    if (knownAt !== null) await sql.query(`select 1 from transactional.portfolio where id in ${OWN} order by id for key share`, [organizationId, filter.portfolioId ?? null]);
    const direction = backward ? 'desc' : 'asc';
    const { rows } = await sql.query<Candidate>(
      `select b.trade_id as "tradeId", b.contractual_on::text as "contractualOn" from (
         select distinct on (f.trade_id) f.trade_id, f.version, f.instrument_id, f.data->>'counterparty' as counterparty, (f.data->>'contractualSettlementDate')::date as contractual_on
         from transactional.fact f where f.organization_id = $1 and f.portfolio_id in ${OWN} and f.kind = 'TRADE_BOOKED' and ${then('f')} order by f.trade_id, f.sequence desc) b
       where ($5::text is null or b.instrument_id = $5) and ($6::text is null or b.counterparty = $6) and ($7::date is null or b.contractual_on >= $7) and ($8::date is null or b.contractual_on <= $8)
         and ($9::date is null or (b.contractual_on, b.trade_id) ${backward ? '<' : '>'} ($9, $10)) and (not $11::boolean or not ${SETTLED})
       order by b.contractual_on ${direction}, b.trade_id ${direction} limit $12`,
      [organizationId, filter.portfolioId ?? null, asOf, knownAt, ...asked(filter), behind?.contractualOn ?? null, behind?.tradeId ?? null, filter.open, limit]);
    return rows;
  },
});
