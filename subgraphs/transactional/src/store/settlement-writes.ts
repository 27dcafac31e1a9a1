/** What a settlement writes beside facts and journal: how bookings stand, what the custodian holds, claims, and requests that were carried out. */
import type { Sql } from '@pms/events/sql';
import type { Decimal } from '@pms/money';
import type { Claim } from '../domain/claims.ts';
import { type Key, keyOf } from '../domain/movement.ts';
import type { Settlement } from '../domain/settlement-state.ts';
import { CLAIMS_OF_FACTS } from './claim-reads.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import { CHANGING, changingValues } from './settlement-rows.ts';
import { type Column, insertion, type Part, upsert } from './statement.ts';

export interface SettlementChange {
  readonly tradeId: string;
  readonly version: number;
  readonly settlement: Settlement;
  /** The attempt that is due, was made last, or succeeded. */
  readonly attempt: number;
}

/** By how much the custodian's holding of a position changes: signed. */
export interface CustodyChange extends Key {
  readonly quantity: Decimal;
}

const CUSTODY: readonly Column[] = [['portfolio_id', 'text'], ['instrument_id', 'text'], ['currency', 'text'], ['organization_id', 'text'], ['quantity', 'numeric']];
const CLAIM: readonly Column[] = [
  ['id', 'text'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['trade_id', 'text'], ['version', 'int'], ['kind', 'text'], ['currency', 'text'], ['amount', 'numeric'],
  ['terms', 'jsonb'], ['status', 'text'], ['raised_by', 'text'], ['reason', 'text'],
];

/** One change a position: of none, where they add up to nothing. */
function summed(changes: readonly CustodyChange[]): CustodyChange[] {
  return [...Map.groupBy(changes, keyOf).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const quantity = others.reduce((total, each) => total.plus(each.quantity), first.quantity);
    return quantity.isZero() ? [] : [{ instrumentId: first.instrumentId, currency: first.currency, quantity }];
  });
}

export function settlementWrites(sql: Sql) {
  return {
    /** Before the bookings of newer versions: one version of a trade stands at a time. */
    async saveSettlements(changes: readonly SettlementChange[]): Promise<void> {
      if (changes.length === 0) return;
      const columns: readonly Column[] = [['trade_id', 'text'], ['version', 'int'], ['step', 'text'], ['attempt', 'int'], ...CHANGING];
      const rows = changes.map(({ tradeId, version, settlement, attempt }) => [tradeId, version, settlement.step, attempt, ...changingValues(settlement)]);
      const names = columns.map(([name]) => name);
      await sql.query(
        `update transactional.trade_booking b set ${names.slice(2).map((name) => `${name} = c.${name}`).join(', ')}
         from unnest(${columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ')}) as c(${names.join(', ')})
         where b.trade_id = c.trade_id and b.version = c.version`, columns.map((_, at) => rows.map((row) => row[at] ?? null)));
    },

    /** Adds to what the custodian holds; for settlements, their reversals, and corporate actions, which change positions without a trade. */
    custodyRows: ({ id, organizationId }: LockedPortfolio, changes: readonly CustodyChange[]): Part[] => insertion({
      table: 'custody', columns: CUSTODY, then: 'on conflict (portfolio_id, instrument_id, currency) do update set quantity = transactional.custody.quantity + excluded.quantity',
      rows: summed(changes).map(({ instrumentId, currency, quantity }) => [id, instrumentId, currency, organizationId, quantity.toFixed()]),
    }),

    /** Claims as they were raised. */
    claimRows: ({ id, organizationId }: LockedPortfolio, claims: readonly Claim[]): Part[] => insertion({
      table: 'settlement_claim', columns: CLAIM, stamped: 'raised_at', then: upsert('id', CLAIM),
      rows: claims.map((claim) => [
        claim.id, organizationId, id, claim.tradeId, claim.version, claim.kind, claim.currency, claim.amount.toFixed(), JSON.stringify(claim.terms), claim.status, claim.raisedBy, claim.reason]),
    }),

    decideClaim: (claimId: string, { status, decidedBy, reason }: Pick<Claim, 'status' | 'decidedBy' | 'reason'>): Part => ({
      values: [claimId, status, decidedBy, reason],
      text: (first) => `update transactional.settlement_claim set status = $${first + 1}::text, decided_by = $${first + 2}::text, decided_at = clock.at,
        reason = coalesce($${first + 3}::text, reason) from clock where id = $${first}::text`,
    }),

    async restoreClaims(portfolioId: string): Promise<void> {
      await sql.query(
        `insert into transactional.settlement_claim (id, organization_id, portfolio_id, trade_id, version, kind, currency, amount, terms, status, raised_by, raised_at, decided_by, decided_at, reason)
         ${CLAIMS_OF_FACTS}`, [portfolioId]);
    },

    /** False where the organisation has used the key before. */
    async rememberRequest(organizationId: string, { key, hash, reference }: { readonly key: string; readonly hash: string; readonly reference: string }): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into transactional.settlement_request (organization_id, idempotency_key, content_hash, reference) values ($1, $2, $3, $4)
         on conflict (organization_id, idempotency_key) do nothing`, [organizationId, key, hash, reference]);
      return rowCount === 1;
    },

    async request(organizationId: string, key: string): Promise<{ readonly contentHash: string; readonly reference: string } | null> {
      const { rows: [row] } = await sql.query<{ contentHash: string; reference: string }>(
        `select content_hash as "contentHash", reference from transactional.settlement_request where organization_id = $1 and idempotency_key = $2`, [organizationId, key]);
      return row ?? null;
    },
  };
}
