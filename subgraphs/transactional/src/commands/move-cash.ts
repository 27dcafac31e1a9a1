/**
 * Cash that moves outside of trades, settled at once: deposits and withdrawals, which are external flows, and fees, interest, taxes and dividends, which are not.
 * The same idempotency key again gets the first answer.
 */
import { invalid, Refusal } from '@pms/errors';
import { type Money, text } from '@pms/money';
import { awaitKnown } from '@pms/subgraph/await-known';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../context.ts';
import { available, type Cash } from '../domain/cash.ts';
import { type DividendOf, isCashItem } from '../domain/cash-items.ts';
import { dividendData, type Movement, movementEntry, netOf, toldOf } from '../domain/cash-movement.ts';
import type { Fact } from '../domain/fact.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { checkedMoney, checkKeyAndReason, unknownPortfolio } from './cash-input.ts';
import { type DividendInput, dividendOf, refuseAnnounced, tellDividend } from './dividend-input.ts';
import { openLedger } from './ledger.ts';

export interface MoveCash extends DividendInput {
  readonly portfolioId: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly effectiveDate?: string | null | undefined;
  readonly idempotencyKey: string;
  readonly reason?: string | null | undefined;
  /** Everything is checked, and nothing written. */
  readonly dryRun?: boolean | null | undefined;
}

/** A movement, and the cash after it. */
export interface Moved {
  /** What entries of the journal refer to; null of a dry run. */
  readonly movementId: string | null;
  readonly cash: Cash;
}

export async function moveCash(ctx: TransactionalContext, movement: Movement, { dryRun, instrumentId, taxWithheld, ...input }: MoveCash): Promise<Moved> {
  const today = ctx.now().toISOString().slice(0, 10);
  const money = checked(input, today);
  const { organizationId } = ctx.principal;
  const known = await awaitKnown(input.portfolioId, ctx.now, () => ctx.store.portfolioOf(organizationId, input.portfolioId));
  if (known === null) throw unknownPortfolio();
  const dividend = await dividendOf(ctx, movement, { instrumentId, taxWithheld }, money);
  const hash = contentHash({ direction: movement, ...input, amount: { amount: text(money.amount), currency: money.currency }, ...dividendData(dividend) });
  return ctx.store.transaction(async (tx) => {
    const portfolio = await tx.lock(input.portfolioId);
    if (portfolio === null) throw unknownPortfolio();
    return (await answeredBefore(tx, portfolio, input.idempotencyKey, hash)) ?? move(ctx, tx, portfolio, { movement, input, money, dividend, dryRun: dryRun === true, today, hash });
  });
}

function checked(input: MoveCash, today: string): Money {
  const money = checkedMoney(input.amount, 'amount');
  if (input.effectiveDate != null && input.effectiveDate > today) throw invalid('cash cannot count from a day that has not come', 'effectiveDate');
  checkKeyAndReason(input);
  return money;
}

async function answeredBefore(tx: Posting, { organizationId }: LockedPortfolio, key: string, hash: string): Promise<Moved | null> {
  const earlier = await tx.movement(organizationId, key);
  if (earlier === null) return null;
  if (earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'this key was used for another movement of cash', ['idempotencyKey']);
  return { movementId: earlier.id, cash: earlier.after };
}

function factOf(movement: Movement, { reference, money, dividend }: { readonly reference: string; readonly money: Money; readonly dividend: DividendOf | undefined }): Pick<Fact, 'kind' | 'data'> {
  const data = { movementId: reference, amount: text(money.amount), ...dividendData(dividend) };
  if (isCashItem(movement)) return { kind: 'CASH_ITEM_BOOKED', data: { item: movement, ...data } };
  return { kind: movement === 'DEPOSIT' ? 'CASH_DEPOSITED' : 'CASH_WITHDRAWN', data };
}

interface Moving {
  readonly movement: Movement;
  readonly input: MoveCash;
  readonly money: Money;
  readonly dividend: DividendOf | undefined;
  readonly dryRun: boolean;
  readonly today: string;
  readonly hash: string;
}

/** A withdrawal is refused where it takes more than is free; what a bank has charged it has charged, whatever is there. */
async function move(ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio, { movement, input, money, dividend, dryRun, today, hash }: Moving): Promise<Moved> {
  if (portfolio.closed) throw new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
  const { currency } = money;
  const ledger = await openLedger(ctx, tx, portfolio);
  const free = available(ledger.cash(currency));
  if (movement === 'WITHDRAWAL' && money.amount.greaterThan(free))
    throw new Refusal('INSUFFICIENT_FUNDS', `${text(free)} ${currency} can be withdrawn: what is settled, less what is owed for trades`, ['amount']);
  const origin = { ...ctx.origin, ...(input.reason != null && { reason: input.reason }) };
  const reference = ctx.newId('csh');
  const effectiveOn = input.effectiveDate ?? today;
  if (dividend !== undefined) await refuseAnnounced(tx, portfolio.id, dividend, effectiveOn);
  const { told, comesIn } = toldOf(movement);
  const { amount } = netOf({ money, dividend });
  const factSequence = ledger.record({ ...factOf(movement, { reference, money, dividend }), effectiveOn, currency }, origin);
  ledger.post(movementEntry(movement, { reference, effectiveOn, money, dividend }), { factSequence, origin });
  if (dividend !== undefined) tellDividend(ledger, { reference, effectiveOn, money, dividend }, origin);
  ledger.tellCash({ kind: told, currency, amount: text(comesIn ? amount : amount.negated()), effectiveDate: effectiveOn, tradeId: null }, origin);
  const cash = ledger.cash(currency);
  if (dryRun) return { movementId: null, cash };
  const kept = { id: reference, idempotencyKey: input.idempotencyKey, contentHash: hash, kind: movement, amount: money.amount, effectiveOn, after: cash, dividend };
  // the same key may come for another portfolio in this moment: whoever is second gets the first one's answer, or is refused
  if (!(await tx.insertMovement(portfolio, kept))) return (await answeredBefore(tx, portfolio, input.idempotencyKey, hash)) ?? { movementId: reference, cash };
  await ledger.save();
  return { movementId: reference, cash };
}
