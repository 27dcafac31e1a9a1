/**
 * What of a trade has changed hands and what is left. Quantities and amounts are signed as the fill's: a purchase has a positive
 * quantity, what is paid is a positive amount. Amounts are the fill's cash, in the currency in which it settles. Cash of a part is pro rata, half-even to the minor unit; the last part takes what is left, so that
 * all parts add up to the fill.
 */
import { Decimal, minorUnits } from '@pms/money';
import { cashOfFill } from './fill-cash.ts';
import type { Fill } from './lots.ts';
import { type Delivered, nothing, type Settlement } from './settlement-state.ts';

type Whole = Pick<Fill, 'quantity' | 'amount' | 'currency' | 'cash'>;

/** Of a version that settles as it stands; zero for one that was taken back. */
export function deliveredOf(settlement: Settlement, fill: Whole): Delivered {
  if (settlement.step === 'settled') return { quantity: fill.quantity, amount: cashOfFill(fill).amount };
  return 'part' in settlement ? settlement.part : nothing;
}

export const left = (fill: Whole, part: Delivered): Delivered => ({ quantity: fill.quantity.minus(part.quantity), amount: cashOfFill(fill).amount.minus(part.amount) });

/** All parts so far and this one: `quantity` is unsigned, more than zero and less than what is left. */
export function afterPart(fill: Whole, before: Delivered, quantity: Decimal): Delivered {
  const signed = fill.quantity.isNegative() ? quantity.negated() : quantity;
  const total = before.quantity.plus(signed);
  const cash = cashOfFill(fill);
  const share = cash.amount.times(total).div(fill.quantity).toDecimalPlaces(minorUnits(cash.currency), Decimal.ROUND_HALF_EVEN);
  return { quantity: total, amount: share };
}

/** The difference between two states of delivery. */
export const partBetween = (before: Delivered, total: Delivered): Delivered => ({ quantity: total.quantity.minus(before.quantity), amount: total.amount.minus(before.amount) });
