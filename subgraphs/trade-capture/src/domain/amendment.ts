/** What may become of a trade that exists: which can be amended or cancelled, and the terms that an amendment leaves. */
import { invalid, Refusal } from '@pms/errors';
import { text } from '@pms/money';
import type { LotPickInput } from './lot-picks.ts';
import { canonicalTerms, type FeeInput, type TermsInput, termsOf } from './terms.ts';
import type { Side, Status, Terms, Trade } from './trade.ts';

/** Null and undefined both leave the term as it is. */
export interface Changes {
  readonly instrumentId?: string | null | undefined;
  readonly side?: Side | null | undefined;
  readonly quantity?: string | null | undefined;
  readonly price?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly tradeDate?: string | null | undefined;
  readonly fees?: readonly FeeInput[] | null | undefined;
  /** Empty takes them away. */
  readonly lotPicks?: readonly LotPickInput[] | null | undefined;
  readonly settlementCurrency?: string | null | undefined;
  readonly settlementRate?: string | null | undefined;
  readonly counterparty?: string | null | undefined;
  readonly placeOfSettlement?: string | null | undefined;
  readonly custodyAccount?: string | null | undefined;
}

const FINAL: ReadonlySet<Status> = new Set<Status>(['REJECTED', 'CANCELLED']);

/** CONFLICT for a trade that has ended, or that shows another version than the caller expects. */
export function checkOpen(trade: Trade, expectedVersion: number | null | undefined): void {
  if (FINAL.has(trade.status)) throw new Refusal('CONFLICT', `the trade is ${trade.status.toLowerCase()}`, ['tradeId']);
  if (expectedVersion != null && expectedVersion !== trade.version)
    throw new Refusal('CONFLICT', `the trade shows version ${trade.version} by now`, ['expectedVersion']);
}

/** The terms with the changes made; INVALID when nothing would change. */
export function amendedTerms(trade: Trade, changes: Changes, now: Date): Terms {
  const terms = termsOf(merged(trade, changes), now);
  if (JSON.stringify(canonicalTerms(terms)) === JSON.stringify(canonicalTerms(onlyTerms(trade)))) throw invalid('the amendment changes nothing');
  return terms;
}

export const onlyTerms = ({ instrumentId, side, quantity, price, currency, quoteUnit, settlement, tradeDate, fees, lotPicks, counterparty, placeOfSettlement, custodyAccount }: Terms): Terms =>
  ({ instrumentId, side, quantity, price, currency, quoteUnit, settlement, tradeDate, fees, lotPicks, counterparty, placeOfSettlement, custodyAccount });

const merged = (trade: Trade, changes: Changes): TermsInput => ({
  instrumentId: changes.instrumentId ?? trade.instrumentId, side: changes.side ?? trade.side,
  quantity: changes.quantity ?? text(trade.quantity), price: changes.price ?? text(trade.price),
  currency: changes.currency ?? trade.currency, tradeDate: changes.tradeDate ?? trade.tradeDate,
  ...settlementOf(trade, changes),
  fees: changes.fees ?? trade.fees.map(({ kind, amount }) => ({ kind, amount: { amount: text(amount.amount), currency: amount.currency } })),
  lotPicks: changes.lotPicks ?? trade.lotPicks.map(({ lotId, quantity }) => ({ lotId, quantity: text(quantity) })),
  counterparty: changes.counterparty ?? trade.counterparty, placeOfSettlement: changes.placeOfSettlement ?? trade.placeOfSettlement,
  custodyAccount: changes.custodyAccount ?? trade.custodyAccount,
});

/** A rate belongs to its currency: another settlement currency needs another rate. */
const settlementOf = ({ settlement }: Trade, { settlementCurrency, settlementRate }: Changes): Pick<TermsInput, 'settlementCurrency' | 'settlementRate'> => {
  const currency = settlementCurrency ?? settlement?.currency ?? null;
  return { settlementCurrency: currency, settlementRate: settlementRate ?? (settlement !== null && currency === settlement.currency ? text(settlement.rate) : null) };
};
