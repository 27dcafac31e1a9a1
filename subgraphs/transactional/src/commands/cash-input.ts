/** What every movement of cash is refused for: amounts that are none, in currencies that are none, or in parts of a minor unit; keys and reasons that are too long. */
import { invalid, Refusal } from '@pms/errors';
import { Decimal, decimal, minorUnits, type Money, text } from '@pms/money';
import { isCurrency } from '@pms/money/currencies';
import { quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';

/** In units of any currency: far below what the books can add up. */
const AMOUNT_MAX = new Decimal('1e15');
const KEY_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 1_000;

export const unknownPortfolio = (): Refusal => new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);

/** Positive, in whole minor units of a currency; `path` leads to the amount in the input. */
export function checkedMoney(amount: { readonly amount: string; readonly currency: string }, ...path: string[]): Money {
  const money = { amount: decimal(amount.amount), currency: amount.currency };
  if (!money.amount.isPositive() || money.amount.isZero()) throw invalid('the amount must be greater than zero', ...path, 'amount');
  if (money.amount.greaterThan(AMOUNT_MAX)) throw invalid(`the amount must be at most ${text(AMOUNT_MAX)}`, ...path, 'amount');
  const unit = quoteUnitNamed(money.currency);
  if (unit !== null) throw invalid(`${money.currency} is a unit that prices are quoted in: cash is in ${quoteUnits[unit].currency}`, ...path, 'currency');
  if (!isCurrency(money.currency)) throw invalid(`${money.currency} is not a currency`, ...path, 'currency');
  if (money.amount.decimalPlaces() > minorUnits(money.currency))
    throw invalid(`${money.currency} has ${minorUnits(money.currency)} fractional digits`, ...path, 'amount');
  return money;
}

export function checkKeyAndReason({ idempotencyKey, reason }: { readonly idempotencyKey: string; readonly reason?: string | null | undefined }): void {
  if (idempotencyKey.trim() === '' || idempotencyKey.length > KEY_LENGTH_MAX)
    throw invalid(`an idempotency key has 1 to ${KEY_LENGTH_MAX} characters`, 'idempotencyKey');
  if (reason != null && reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has at most ${REASON_LENGTH_MAX} characters`, 'reason');
}
