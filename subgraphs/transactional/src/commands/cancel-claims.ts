/** What becomes of claims when their trade is cancelled: they go with it, whatever had been decided on them, and what they had posted is reversed. */
import type { Origin } from '@pms/events/envelope';
import { text } from '@pms/money';
import { settlementClaimed } from '@pms/schema/events/transactional';
import { claimData, postedBy } from '../domain/claims.ts';
import type { Posting } from '../store/books-store.ts';
import type { KnownClaim } from '../store/claim-reads.ts';
import type { LockedPortfolio, RecordedEntry } from '../store/posting-reads.ts';
import type { Part } from '../store/statement.ts';
import type { Ledger } from './ledger.ts';
import { postReversals } from './take-back-cash.ts';

const BECAUSE = 'the trade was cancelled';

/** Posts the reversals; the parts are the caller's to write with them. */
export async function cancelClaims(tx: Posting, { organizationId }: LockedPortfolio, ledger: Ledger, originOf: ReadonlyMap<string, Origin>): Promise<Part[]> {
  const claims = [...(await tx.claimsOf(organizationId, [...originOf.keys()])).values()].flat().filter(({ status }) => status !== 'CANCELLED');
  const posted = await tx.unreversedOf(claims.map(({ id }) => id));
  return claims.flatMap((claim) => {
    const origin = originOf.get(claim.tradeId);
    if (origin === undefined) return [];
    cancel(ledger, claim, posted.get(claim.id) ?? [], origin);
    return [tx.decideClaim(claim.id, { status: 'CANCELLED', decidedBy: origin.actor, reason: BECAUSE })];
  });
}

function cancel(ledger: Ledger, claim: KnownClaim, posted: readonly RecordedEntry[], origin: Origin): void {
  const { id, tradeId, version, kind, currency, amount, status, raisedAt } = claim;
  const effectiveOn = posted[0]?.entry.effectiveOn ?? raisedAt.toISOString().slice(0, 10);
  const factSequence = ledger.record({
    kind: 'CLAIM_CANCELLED', effectiveOn, tradeId, version, currency, data: { ...claimData(claim), status: 'CANCELLED', by: origin.actor, reason: BECAUSE, undone: postedBy(status) },
  }, origin);
  postReversals(ledger, posted, { factSequence, origin });
  ledger.tell(settlementClaimed, { tradeId, version, portfolioId: ledger.portfolioId, claimId: id, kind, status: 'CANCELLED', currency, amount: text(amount), by: origin.actor }, origin);
  if (posted.length === 0) return;
  const told = { currency, effectiveDate: effectiveOn, tradeId } as const;
  if (kind === 'INTEREST') ledger.tellCash({ ...told, kind: 'INTEREST', amount: text(amount.negated()) }, origin);
  else ledger.tellCash(status === 'WITHDRAWN' ? { ...told, kind: 'FEE', amount: text(amount) } : { ...told, kind: 'SETTLEMENT', amount: '0' }, origin);
}
