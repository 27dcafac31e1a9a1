/** Claims because of a late settlement: raised by one person, booked or given up by another where the organisation wants two. */
import { invalid, Refusal } from '@pms/errors';
import type { Origin } from '@pms/events/envelope';
import { decimal, text, toStored } from '@pms/money';
import { settlementClaimed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { type Claim, claimData, claimEntries, type DayCount, lateInterest } from '../domain/claims.ts';
import type { Day } from '../domain/days.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import type { Booking } from '../store/rows.ts';
import type { KnownClaim } from '../store/claim-reads.ts';
import { type CashKind, type Ledger, openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { checkedReason, isNew, onSettlement, today } from './on-settlement.ts';

export interface ClaimInterest {
  readonly tradeId: string;
  readonly owedTo: 'US' | 'COUNTERPARTY';
  readonly annualRate: string;
  readonly dayCount: DayCount;
  readonly to?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey: string;
}

/** Nothing is booked before the claim is accepted. */
export const claimInterest = (ctx: TransactionalContext, input: ClaimInterest): Promise<void> => onSettlement(ctx, input.tradeId, async ({ tx, portfolio, booking }) => {
  const claim = interestClaim(ctx, booking, input);
  const ledger = await openLedger(ctx, tx, portfolio);
  raise(ledger, booking, claim, { on: today(ctx), origin: ctx.origin });
  await ledger.save(tx.claimRows(portfolio, [claim]));
}, { ...input, annualRate: text(decimal(input.annualRate)) });

function interestClaim(ctx: TransactionalContext, { fill, settlement, version, contractualOn }: Booking, input: ClaimInterest): Claim {
  const late = settlement.step === 'settled' ? settlement.settledOn : today(ctx);
  const to = input.to ?? late;
  if (to > late) throw invalid('interest runs until the day of settlement, and not into the future', 'to');
  const { amount: cash, currency } = cashOfFill(fill);
  const principal = cash.abs();
  const annualRate = toStored(decimal(input.annualRate));
  const { amount, days } = lateInterest({ principal, annualRate, dayCount: input.dayCount, from: contractualOn, to, currency });
  if (amount.isZero()) throw invalid('the interest is less than half a minor unit', 'annualRate');
  return {
    id: ctx.newId('clm'), tradeId: fill.tradeId, version, kind: 'INTEREST', currency, amount: input.owedTo === 'US' ? amount : amount.negated(), status: 'PROPOSED',
    raisedBy: ctx.principal.subject, decidedBy: null, reason: checkedReason(input.reason),
    terms: { principal: text(principal), annualRate: text(annualRate), dayCount: input.dayCount, from: contractualOn, to, days },
  };
}

/** Records a claim; its row is the caller's to write. The money of a buy-in moves with it, that of interest does not. */
export function raise(ledger: Ledger, booking: Pick<Booking, 'instrumentId'>, claim: Claim, { on, origin }: { readonly on: Day; readonly origin: Origin }): void {
  post(ledger, { ...claim, instrumentId: booking.instrumentId }, 'CLAIM_RAISED', { on, origin, status: 'PROPOSED' });
}

interface Posting {
  readonly on: Day;
  readonly origin: Origin;
  readonly status: Claim['status'];
}

function post(ledger: Ledger, claim: Claim & { readonly instrumentId?: string }, kind: keyof typeof claimEntries, { on, origin, status }: Posting): void {
  const { id, tradeId, version, currency, amount } = claim;
  const factSequence = ledger.record({
    kind, effectiveOn: on, tradeId, version, currency, ...(claim.instrumentId !== undefined && { instrumentId: claim.instrumentId }),
    data: { ...claimData(claim), status, by: claim.decidedBy ?? claim.raisedBy, reason: claim.reason },
  }, origin);
  const entry = claimEntries[kind](claim, on);
  ledger.post(entry, { factSequence, origin });
  ledger.tell(settlementClaimed, { tradeId, version, portfolioId: ledger.portfolioId, claimId: id, kind: claim.kind, status, currency, amount: text(amount), by: claim.decidedBy ?? claim.raisedBy }, origin);
  if (entry.lines.length > 0) ledger.tellCash({ kind: cashKind(claim, kind), currency, amount: text(kind === 'CLAIM_BOOKED' && claim.kind === 'INTEREST' ? amount : effectOnBalance(claim, kind)), effectiveDate: on, tradeId }, origin);
}

/** Interest is a gain or loss; a difference moves between settled and awaited cash until it is given up. */
const cashKind = (claim: Claim, kind: keyof typeof claimEntries): CashKind => (claim.kind === 'INTEREST' ? 'INTEREST' : kind === 'CLAIM_WITHDRAWN' ? 'FEE' : 'SETTLEMENT');
const effectOnBalance = ({ amount }: Claim, kind: keyof typeof claimEntries) => (kind === 'CLAIM_WITHDRAWN' ? amount.negated() : amount.minus(amount));

export interface DecideClaim {
  readonly claimId: string;
  readonly reason?: string | null | undefined;
  readonly on?: string | null | undefined;
  readonly idempotencyKey: string;
}

/** The claim was accepted, and its money moved: interest is booked, a difference is no longer outstanding. */
export const bookClaim = (ctx: TransactionalContext, input: DecideClaim): Promise<KnownClaim> => decide(ctx, input, 'BOOKED');

/** The claim is given up: a difference that was paid becomes a charge. */
export const withdrawClaim = (ctx: TransactionalContext, input: DecideClaim): Promise<KnownClaim> => decide(ctx, input, 'WITHDRAWN');

async function decide(ctx: TransactionalContext, input: DecideClaim, status: 'BOOKED' | 'WITHDRAWN'): Promise<KnownClaim> {
  const { organizationId } = ctx.principal;
  const found = await ctx.store.claim(organizationId, input.claimId);
  if (found === null) throw new Refusal('NOT_FOUND', 'there is no such claim', ['claimId']);
  const on = input.on ?? today(ctx);
  if (on > today(ctx)) throw invalid('a claim is not decided in the future', 'on');
  const { claimsNeedSecondPerson } = await ctx.store.policy(organizationId);
  await ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, found.portfolioId);
    if (!(await isNew(tx, organizationId, { ...input, status }, input.claimId))) return;
    const claim = await tx.claim(organizationId, input.claimId);
    if (claim?.status !== 'PROPOSED') throw new Refusal('CONFLICT', 'the claim was decided before', ['claimId']);
    if (claimsNeedSecondPerson && status === 'BOOKED' && claim.raisedBy === ctx.principal.subject)
      throw new Refusal('CONFLICT', 'whoever raised a claim does not book it: another person has to', ['claimId']);
    const decided = { ...claim, status, decidedBy: ctx.principal.subject, reason: checkedReason(input.reason) };
    const ledger = await openLedger(ctx, tx, portfolio);
    post(ledger, decided, status === 'BOOKED' ? 'CLAIM_BOOKED' : 'CLAIM_WITHDRAWN', { on, origin: ctx.origin, status });
    await ledger.save([tx.decideClaim(claim.id, decided)]);
  });
  return (await ctx.store.claim(organizationId, input.claimId)) ?? found;
}
