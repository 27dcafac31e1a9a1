/**
 * A dividend as a custodian's statement has it: so much, gross, of an instrument, less what was withheld. Most dividends are announced once, as corporate actions, and reach every
 * holder's books by themselves; one that has is refused here, so that nothing is earned twice. The other way round, an announcement leaves alone a portfolio that has the dividend already.
 */
import { invalid, Refusal } from '@pms/errors';
import { type Decimal, decimal, minorUnits, type Money, text, ZERO } from '@pms/money';
import { corporateActionApplied, corporateActionReversed, entitlementPaid } from '@pms/schema/events/transactional';
import type { Origin } from '@pms/events/envelope';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { TransactionalContext } from '../context.ts';
import type { DividendOf } from '../domain/cash-items.ts';
import type { Movement } from '../domain/cash-movement.ts';
import type { Posting } from '../store/books-store.ts';
import type { Ledger } from './ledger.ts';

export interface DividendInput {
  readonly instrumentId?: string | null | undefined;
  readonly taxWithheld?: string | null | undefined;
}

/** Undefined for what is no dividend. NOT_FOUND for an instrument that is unknown or another organisation's. */
export async function dividendOf(ctx: TransactionalContext, movement: Movement, { instrumentId, taxWithheld }: DividendInput, money: Money): Promise<DividendOf | undefined> {
  if (movement !== 'DIVIDEND') {
    if (instrumentId != null) throw invalid('only a dividend is of an instrument', 'instrumentId');
    if (taxWithheld != null) throw invalid('only from a dividend a tax is withheld: a tax by itself is an item of its own', 'taxWithheld');
    return undefined;
  }
  if (instrumentId == null) throw invalid('say whose dividend it is', 'instrumentId');
  const tax = checkedTax(taxWithheld ?? null, money);
  const known = await awaitKnown(instrumentId, ctx.now, async () => (await ctx.store.instrumentsNamed(ctx.principal.organizationId, { ids: [instrumentId], isins: [], symbols: [] }))[0] ?? null);
  if (known === null) throw new Refusal('NOT_FOUND', 'there is no such instrument', ['instrumentId']);
  return { tax, instrumentId };
}

function checkedTax(given: string | null, { amount, currency }: Money): Decimal {
  const tax = given === null ? ZERO : decimal(given);
  if (tax.isNegative() || tax.greaterThan(amount)) throw invalid(`a tax that is withheld is from zero to the amount, which is gross: ${text(amount)} ${currency}`, 'taxWithheld');
  if (tax.decimalPlaces() > minorUnits(currency)) throw invalid(`${currency} has ${minorUnits(currency)} fractional digits`, 'taxWithheld');
  return tax;
}

/** CONFLICT for a dividend of the instrument that the books have from an announcement, paid within days of this one. */
export async function refuseAnnounced(tx: Posting, portfolioId: string, { instrumentId }: DividendOf, day: string): Promise<void> {
  const found = await tx.dividendAround(portfolioId, instrumentId, day);
  if (found !== null)
    throw new Refusal('CONFLICT', `the books have a dividend of this instrument, of ${text(found.income)} ${found.currency} paid on ${found.payOn}, from the corporate action ${found.actionId}: leave this one out`, ['instrumentId']);
}

interface Told {
  readonly reference: string;
  readonly effectiveOn: string;
  readonly money: Money;
  readonly dividend: DividendOf;
}

/** As every dividend is told: who follows income hears of no other kind. */
export function tellDividend(ledger: Ledger, { reference, effectiveOn, money: { amount, currency }, dividend: { instrumentId, tax } }: Told, origin: Origin): void {
  const about = { entitlementId: reference, actionId: reference, version: 1, portfolioId: ledger.portfolioId };
  ledger.tell(corporateActionApplied, {
    ...about, kind: 'CASH_DIVIDEND', instrumentId, exDate: effectiveOn, payDate: effectiveOn, entitled: '0', currency, income: text(amount), tax: text(tax), capital: '0', parts: [], positions: [],
  }, origin);
  ledger.tell(entitlementPaid, { ...about, paidOn: effectiveOn, amount: text(amount.minus(tax)), currency }, origin);
}

export const tellDividendReversed = (ledger: Ledger, reference: string, origin: Origin): void =>
  ledger.tell(corporateActionReversed, { entitlementId: reference, actionId: reference, version: 1, portfolioId: ledger.portfolioId, positions: [] }, origin);
