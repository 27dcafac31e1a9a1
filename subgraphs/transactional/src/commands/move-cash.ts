/** Deposits and withdrawals: external flows of cash, settled at once. The same idempotency key again gets the first answer. */
import { invalid, Refusal } from '@pms/errors';
import { Decimal, decimal, minorUnits, type Money, text } from '@pms/money';
import { awaitKnown } from '@pms/subgraph/await-known';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../context.ts';
import { available, type Cash } from '../domain/cash.ts';
import { deposited, withdrawn } from '../domain/journal.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { openLedger } from './ledger.ts';

export type Direction = 'DEPOSIT' | 'WITHDRAWAL';

export interface MoveCash {
  readonly portfolioId: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly effectiveDate?: string | null | undefined;
  readonly idempotencyKey: string;
  readonly reason?: string | null | undefined;
}

/** In units of any currency: far below what the books can add up. */
const AMOUNT_MAX = new Decimal('1e15');
/** ISO 4217, past currencies included: books may go back to them. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const KEY_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 1_000;
const unknown = (): Refusal => new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);

export async function moveCash(ctx: TransactionalContext, direction: Direction, input: MoveCash): Promise<Cash> {
  const today = ctx.now().toISOString().slice(0, 10);
  const money = checked(input, today);
  const { organizationId } = ctx.principal;
  const known = await awaitKnown(input.portfolioId, ctx.now, () => ctx.store.portfolioOf(organizationId, input.portfolioId));
  if (known === null) throw unknown();
  const hash = contentHash({ direction, ...input, amount: { amount: text(money.amount), currency: money.currency } });
  return ctx.store.transaction(async (tx) => {
    const portfolio = await tx.lock(input.portfolioId);
    if (portfolio === null) throw unknown();
    return (await answeredBefore(tx, portfolio, input.idempotencyKey, hash)) ?? move(ctx, tx, portfolio, { direction, input, money, today, hash });
  });
}

function checked({ amount, effectiveDate, idempotencyKey, reason }: MoveCash, today: string): Money {
  const money = { amount: decimal(amount.amount), currency: amount.currency };
  if (!money.amount.isPositive() || money.amount.isZero()) throw invalid('the amount must be greater than zero', 'amount', 'amount');
  if (money.amount.greaterThan(AMOUNT_MAX)) throw invalid(`the amount must be at most ${text(AMOUNT_MAX)}`, 'amount', 'amount');
  if (!CURRENCIES.has(money.currency)) throw invalid(`${money.currency} is not a currency`, 'amount', 'currency');
  if (money.amount.decimalPlaces() > minorUnits(money.currency))
    throw invalid(`${money.currency} has ${minorUnits(money.currency)} fractional digits`, 'amount', 'amount');
  if (effectiveDate != null && effectiveDate > today) throw invalid('cash cannot count from a day that has not come', 'effectiveDate');
  if (idempotencyKey.trim() === '' || idempotencyKey.length > KEY_LENGTH_MAX)
    throw invalid(`an idempotency key has 1 to ${KEY_LENGTH_MAX} characters`, 'idempotencyKey');
  if (reason != null && reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has at most ${REASON_LENGTH_MAX} characters`, 'reason');
  return money;
}

async function answeredBefore(tx: Posting, { organizationId }: LockedPortfolio, key: string, hash: string): Promise<Cash | null> {
  const earlier = await tx.movement(organizationId, key);
  if (earlier === null) return null;
  if (earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'this key was used for another movement of cash', ['idempotencyKey']);
  return earlier.after;
}

async function move(
  ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio,
  { direction, input, money, today, hash }: { direction: Direction; input: MoveCash; money: Money; today: string; hash: string },
): Promise<Cash> {
  if (portfolio.closed) throw new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
  const { currency } = money;
  const ledger = await openLedger(ctx, tx, portfolio);
  const free = available(ledger.cash(currency));
  if (direction === 'WITHDRAWAL' && money.amount.greaterThan(free))
    throw new Refusal('INSUFFICIENT_FUNDS', `${text(free)} ${currency} can be withdrawn: what is settled, less what is owed for trades`, ['amount']);
  const origin = { ...ctx.origin, ...(input.reason != null && { reason: input.reason }) };
  const reference = ctx.newId('csh');
  const effectiveOn = input.effectiveDate ?? today;
  const signed = direction === 'DEPOSIT' ? money.amount : money.amount.negated();
  const factSequence = ledger.record({
    kind: direction === 'DEPOSIT' ? 'CASH_DEPOSITED' : 'CASH_WITHDRAWN', effectiveOn, currency, data: { movementId: reference, amount: text(money.amount) },
  }, origin);
  ledger.post((direction === 'DEPOSIT' ? deposited : withdrawn)({ reference, effectiveOn, money }), { factSequence, origin });
  ledger.tellCash({ kind: direction, currency, amount: text(signed), effectiveDate: effectiveOn, tradeId: null }, origin);
  const after = ledger.cash(currency);
  const movement = { id: reference, idempotencyKey: input.idempotencyKey, contentHash: hash, kind: direction, amount: money.amount, effectiveOn, after };
  // the same key may come for another portfolio in this moment: whoever is second gets the first one's answer, or is refused
  if (!(await tx.insertMovement(portfolio, movement))) return (await answeredBefore(tx, portfolio, input.idempotencyKey, hash)) ?? after;
  await ledger.save();
  return after;
}
