/**
 * What is claimed because a settlement came late. Interest is `principal × annual rate × days / 360 or 365` (ISDA 2006, section
 * 4.16: Actual/360 and Actual/365 Fixed; days are calendar days, the first counted and the last not), rounded half-even to the minor unit, and nothing is
 * booked before the claim is accepted. The price difference of a buy-in has been paid to the agent: it stands as receivable (or payable, where the
 * buy-in was cheaper) until the counterparty settles it. Amounts are signed: positive for what we are owed.
 */
import { invalid } from '@pms/errors';
import { Decimal, minorUnits, text } from '@pms/money';
import { daysBetween } from './days.ts';
import type { Day } from './days.ts';
import { type Account, entry, type Entry, type Line } from './journal.ts';

export const dayCounts = { ACTUAL_360: 360, ACTUAL_365: 365 } as const;
export type DayCount = keyof typeof dayCounts;
export type ClaimKind = 'INTEREST' | 'BUY_IN_DIFFERENCE';
/** CANCELLED: the trade was, and with it everything that followed from it. */
export type ClaimStatus = 'PROPOSED' | 'BOOKED' | 'WITHDRAWN' | 'CANCELLED';

/** JSON, as facts and rows keep it: decimals as text. */
export type ClaimTerms = Readonly<Record<string, string | number>>;

export interface Claim {
  readonly id: string;
  readonly tradeId: string;
  readonly version: number;
  readonly kind: ClaimKind;
  readonly currency: string;
  readonly amount: Decimal;
  /** How the amount was worked out. */
  readonly terms: ClaimTerms;
  readonly status: ClaimStatus;
  readonly raisedBy: string;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

/** More than any money market has asked for; a rate in per cent by mistake is refused. */
const RATE_MAX = new Decimal(1);

export interface InterestTerms {
  /** Unsigned. */
  readonly principal: Decimal;
  /** 0.05 is 5 % a year; may be negative, as deposit rates were. */
  readonly annualRate: Decimal;
  readonly dayCount: DayCount;
  readonly from: Day;
  readonly to: Day;
  readonly currency: string;
}

const half = (amount: Decimal, currency: string): Decimal => amount.toDecimalPlaces(minorUnits(currency), Decimal.ROUND_HALF_EVEN);

/** Unsigned; refuses a rate above 100 % and a period that is empty. */
export function lateInterest({ principal, annualRate, dayCount, from, to, currency }: InterestTerms): { readonly amount: Decimal; readonly days: number } {
  if (annualRate.abs().greaterThan(RATE_MAX)) throw invalid('a rate is at most 1, which is 100 % a year', 'annualRate');
  const days = daysBetween(from, to);
  if (days <= 0) throw invalid('the settlement is not late: no interest has run', 'tradeId');
  return { amount: half(principal.times(annualRate).times(days).div(dayCounts[dayCount]), currency), days };
}

/** What a buy-in cost more than the trade; negative where it cost less. Fees of the buy-in are borne by who failed. */
export const buyInDifference = ({ quantity, tradePrice, price, fees, rate, currency }: {
  readonly quantity: Decimal; readonly tradePrice: Decimal; readonly price: Decimal; readonly fees: Decimal;
  /** Of the currency in which it settles for one of the trade's. */
  readonly rate: Decimal; readonly currency: string;
}): Decimal => half(quantity.abs().times(price.minus(tradePrice)).plus(fees).times(rate), currency);

/** JSON as a fact keeps it. */
export const claimData = ({ id, kind, amount, terms }: Claim): Readonly<Record<string, unknown>> => ({ claimId: id, claim: kind, amount: text(amount), terms });

type Told = Pick<Claim, 'id' | 'kind' | 'currency' | 'amount'>;

const between = ({ currency, amount }: Told, debit: Account, credit: Account): Line[] => [
  { account: debit, currency, amount }, { account: credit, currency, amount: amount.negated() },
];

/** Where what is owed by a counterparty stands, and what is owed to one. */
const outstanding = ({ amount }: Told): Account => (amount.isNegative() ? 'CASH_PAYABLE' : 'CASH_RECEIVABLE');

/** Nothing for interest, which is only proposed. */
export const claimRaised = (claim: Told, effectiveOn: Day): Entry =>
  entry({ kind: 'BUY_IN', effectiveOn, reference: claim.id, lines: claim.kind === 'INTEREST' ? [] : between(claim, outstanding(claim), 'CASH_SETTLED') });

export const claimBooked = (claim: Told, effectiveOn: Day): Entry => claim.kind === 'INTEREST'
  ? entry({ kind: 'INTEREST', effectiveOn, reference: claim.id, lines: between(claim, 'CASH_SETTLED', 'INTEREST') })
  : entry({ kind: 'BUY_IN', effectiveOn, reference: claim.id, lines: between(claim, 'CASH_SETTLED', outstanding(claim)) });

/** Interest was never booked; a difference that is given up becomes a charge. */
export const claimWithdrawn = (claim: Told, effectiveOn: Day): Entry =>
  entry({ kind: 'BUY_IN', effectiveOn, reference: claim.id, lines: claim.kind === 'INTEREST' ? [] : between(claim, 'FEES', outstanding(claim)) });

/** By the kind of the fact that tells of it. */
export const claimEntries = { CLAIM_RAISED: claimRaised, CLAIM_BOOKED: claimBooked, CLAIM_WITHDRAWN: claimWithdrawn } as const;

/** What has been posted of a claim that stands so, in order: what its cancellation takes back. */
export function postedBy(status: ClaimStatus): readonly (keyof typeof claimEntries)[] {
  if (status === 'CANCELLED') return [];
  return status === 'PROPOSED' ? ['CLAIM_RAISED'] : ['CLAIM_RAISED', status === 'BOOKED' ? 'CLAIM_BOOKED' : 'CLAIM_WITHDRAWN'];
}
