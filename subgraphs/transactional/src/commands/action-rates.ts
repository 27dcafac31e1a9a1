/**
 * The rates at which an action counts in positions that are held in another currency than it pays in: the last published ones on or before the ex date, fixed in the
 * fact when it comes to count, as far as they are known then. One without a rate is left as it is with a problem that says so, and is done anew once there is one.
 */
import { text, toStored } from '@pms/money';
import { rateIfKnown } from '@pms/money/fx';
import { isPriced } from '../domain/action-effects.ts';
import { asAction, type ToldAction } from '../domain/told-action.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

export async function withRates(tx: Posting, { id, organizationId }: LockedPortfolio, told: ToldAction): Promise<ToldAction> {
  if (!isPriced(asAction(told, ''))) return told;
  const known = new Set([told.currency, ...(told.rates ?? []).map(({ currency }) => currency)]);
  const missing = [...new Set((await tx.positionsOf(id, [told.instrumentId])).map(({ currency }) => currency))].filter((currency) => !known.has(currency));
  if (missing.length === 0) return told;
  const asked = missing.map((quote) => ({ base: told.currency, quote, on: told.exDate }));
  const published = await tx.published(organizationId, asked);
  const found = asked.flatMap((each) => { const rate = rateIfKnown(published, each); return rate === null ? [] : [{ currency: each.quote, rate: text(toStored(rate.rate)), date: rate.date }]; });
  return found.length === 0 ? told : { ...told, rates: [...(told.rates ?? []), ...found] };
}

/** Those that were left as they are for want of a rate that is known now, with it. */
export async function ratedNow(tx: Posting, portfolio: LockedPortfolio): Promise<{ readonly entitlement: Entitlement; readonly told: ToldAction }[]> {
  const found: { entitlement: Entitlement; told: ToldAction }[] = [];
  for (const entitlement of await tx.unratedEntitlements(portfolio.id)) {
    const told = await withRates(tx, portfolio, entitlement.told);
    if (told !== entitlement.told) found.push({ entitlement, told });
  }
  return found;
}
