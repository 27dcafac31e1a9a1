/** Claims because of late settlements: as they stand, and as the facts tell of them. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Claim } from '../domain/claims.ts';
import type { Moment } from './history-reads.ts';

export interface KnownClaim extends Claim {
  readonly portfolioId: string;
  readonly raisedAt: Date;
  readonly decidedAt: Date | null;
}

interface ClaimRow extends Omit<KnownClaim, 'amount'> {
  readonly amount: string;
}

const CLAIM = `id, trade_id as "tradeId", version, portfolio_id as "portfolioId", kind, currency, amount::text, terms, status, raised_by as "raisedBy", raised_at as "raisedAt",
  decided_by as "decidedBy", decided_at as "decidedAt", reason`;
const toClaim = (row: ClaimRow): KnownClaim => ({ ...row, amount: decimal(row.amount) });

/** The columns of settlement_claim in their order; `r` is the fact that raised a claim, `counts` says which facts do. */
const claimsOfFacts = (which: string, counts: (fact: 'r' | 's') => string): string => `
  select r.data->>'claimId' as id, r.organization_id, r.portfolio_id, r.trade_id, r.version, r.data->>'claim' as kind, r.currency,
    (r.data->>'amount')::numeric as amount, r.data->'terms' as terms, coalesce(d.data->>'status', 'PROPOSED') as status, r.data->>'by' as raised_by, r.recorded_at as raised_at,
    d.data->>'by' as decided_by, d.recorded_at as decided_at, coalesce(d.data->>'reason', r.data->>'reason') as reason
  from transactional.fact r left join lateral (
    select * from transactional.fact s where s.trade_id = r.trade_id and s.version = r.version and s.kind in ('CLAIM_BOOKED', 'CLAIM_WITHDRAWN', 'CLAIM_CANCELLED')
      and s.data->>'claimId' = r.data->>'claimId' and ${counts('s')} order by s.sequence desc limit 1) d on true
  where ${which} and r.kind = 'CLAIM_RAISED' and ${counts('r')}`;

/** Of the portfolio `$1`. */
export const CLAIMS_OF_FACTS = claimsOfFacts('r.portfolio_id = $1', () => 'true');

const CLAIMS_THEN = claimsOfFacts('r.organization_id = $1 and r.trade_id = any($2)',
  (fact) => `($3::date is null or ${fact}.effective_on <= $3) and ($4::timestamptz is null or ${fact}.recorded_at <= $4)`);

export function claimReads(sql: Sql) {
  return {
    async claim(organizationId: string, claimId: string): Promise<KnownClaim | null> {
      const { rows: [row] } = await sql.query<ClaimRow>(`select ${CLAIM} from transactional.settlement_claim where organization_id = $1 and id = $2`, [organizationId, claimId]);
      return row === undefined ? null : toClaim(row);
    },

    async claimsOf(organizationId: string, tradeIds: readonly string[]): Promise<Map<string, KnownClaim[]>> {
      const { rows } = await sql.query<ClaimRow>(
        `select ${CLAIM} from transactional.settlement_claim where organization_id = $1 and trade_id = any($2) order by raised_at, id`, [organizationId, tradeIds]);
      return Map.groupBy(rows.map(toClaim), ({ tradeId }) => tradeId);
    },

    /** The same at a moment, from the facts. */
    async claimsThen(organizationId: string, tradeIds: readonly string[], { asOf, knownAt }: Moment): Promise<Map<string, KnownClaim[]>> {
      const { rows } = await sql.query<ClaimRow>(`select ${CLAIM} from (${CLAIMS_THEN}) as c order by raised_at, id`, [organizationId, tradeIds, asOf, knownAt]);
      return Map.groupBy(rows.map(toClaim), ({ tradeId }) => tradeId);
    },

    /** As the facts tell of them. */
    async claimsOfFacts(portfolioId: string): Promise<KnownClaim[]> {
      return (await sql.query<ClaimRow>(`select ${CLAIM} from (${CLAIMS_OF_FACTS}) as c order by id`, [portfolioId])).rows.map(toClaim);
    },

    async portfolioClaims(portfolioId: string): Promise<KnownClaim[]> {
      return (await sql.query<ClaimRow>(`select ${CLAIM} from transactional.settlement_claim where portfolio_id = $1 order by id`, [portfolioId])).rows.map(toClaim);
    },
  };
}
