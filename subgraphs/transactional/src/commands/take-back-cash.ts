/**
 * Takes back cash that was booked by mistake: deposits, withdrawals, fees, interest, taxes, dividends, and exchanges of currencies, settled or not. Nothing is edited: every
 * entry is reversed from the day of what it undoes, under the request's correlation id, so that books as known now never had it and books as known before keep
 * it. What a portfolio has done with the cash since stays done: settled cash may be short afterwards, and shows it.
 */
import { invalid, Refusal } from '@pms/errors';
import { text } from '@pms/money';
import type { TransactionalContext } from '../context.ts';
import type { Cash } from '../domain/cash.ts';
import { dividendData, netOf, toldOf } from '../domain/cash-movement.ts';
import type { CurrencyExchange } from '../domain/currency-exchange.ts';
import { reversalOf } from '../domain/journal.ts';
import type { Posting } from '../store/books-store.ts';
import type { KnownMovement } from '../store/movement-reads.ts';
import type { LockedPortfolio, RecordedEntry } from '../store/posting-reads.ts';
import { applyDueActions } from './apply-actions.ts';
import { tellDividendReversed } from './dividend-input.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { checkedReason, checkKey, isNew } from './on-settlement.ts';

export interface ReverseCashMovement {
  readonly movementId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

export interface CancelExchange {
  readonly exchangeId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** The cash of its currency afterwards. CONFLICT for a movement that was taken back before. */
export async function reverseCashMovement(ctx: TransactionalContext, input: ReverseCashMovement): Promise<Cash | null> {
  const found = await ctx.store.cashMovement(ctx.principal.organizationId, input.movementId);
  if (found === null) throw new Refusal('NOT_FOUND', 'there is no such movement of cash', ['movementId']);
  return takingBack(ctx, { input, reference: found.id, portfolioId: found.portfolioId, path: 'movementId' }, async (tx, portfolio, posted) => {
    if (posted !== null) await reverse(ctx, tx, portfolio, { found, posted, reason: input.reason });
    return (await tx.cash(portfolio.id)).get(found.currency) ?? null;
  });
}

async function reverse(ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio, { found, posted, reason }: { readonly found: KnownMovement; readonly posted: readonly RecordedEntry[]; readonly reason: string }): Promise<void> {
  const { id, movement, currency, amount, effectiveOn, dividend } = found;
  const ledger = await openLedger(ctx, tx, portfolio);
  const origin = { ...ctx.origin, reason };
  const factSequence = ledger.record({ kind: 'CASH_MOVEMENT_REVERSED', effectiveOn, currency, data: { movementId: id, movement, amount: text(amount), ...dividendData(dividend) } }, origin);
  postReversals(ledger, posted, { factSequence, origin });
  const { told, comesIn } = toldOf(movement);
  const net = netOf({ money: { amount, currency }, dividend }).amount;
  if (dividend !== undefined) tellDividendReversed(ledger, id, origin);
  ledger.tellCash({ kind: told, currency, amount: text(comesIn ? net.negated() : net), effectiveDate: effectiveOn, tradeId: null }, origin);
  await ledger.save();
  // an announcement that had left the portfolio alone because of it counts now
  if (dividend !== undefined) await applyDueActions(ctx, tx, { ...portfolio, lastFact: ledger.lastFact(), lastEntry: ledger.lastEntry() }, { asOf: ctx.now().toISOString().slice(0, 10), origin });
}

/** The exchange as it stands then. CONFLICT for one that was taken back before. */
export async function cancelExchange(ctx: TransactionalContext, input: CancelExchange): Promise<CurrencyExchange> {
  const { organizationId } = ctx.principal;
  const found = await ctx.store.exchangeNamed(organizationId, input.exchangeId);
  if (found === null) throw new Refusal('NOT_FOUND', 'there is no such currency exchange', ['exchangeId']);
  await takingBack(ctx, { input, reference: found.id, portfolioId: found.portfolioId, path: 'exchangeId' }, async (tx, portfolio, posted) => {
    if (posted !== null) await cancel(ctx, tx, portfolio, { found, posted, reason: input.reason });
  });
  return (await ctx.store.exchangeNamed(organizationId, input.exchangeId)) ?? found;
}

async function cancel(ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio, { found, posted, reason }: { readonly found: CurrencyExchange; readonly posted: readonly RecordedEntry[]; readonly reason: string }): Promise<void> {
  const { id, sold, bought, tradedOn } = found;
  const ledger = await openLedger(ctx, tx, portfolio);
  const origin = { ...ctx.origin, reason };
  const side = ({ amount, currency }: typeof sold) => ({ amount: text(amount), currency });
  const factSequence = ledger.record({
    kind: 'CURRENCY_EXCHANGE_CANCELLED', effectiveOn: tradedOn,
    data: { exchangeId: id, sold: side(sold), bought: side(bought), settled: posted.some(({ entry }) => entry.kind === 'CURRENCY_SETTLED') },
  }, origin);
  postReversals(ledger, posted, { factSequence, origin });
  const told = { kind: 'CURRENCY_EXCHANGE', effectiveDate: tradedOn, tradeId: null } as const;
  ledger.tellCash({ ...told, currency: sold.currency, amount: text(sold.amount) }, origin);
  ledger.tellCash({ ...told, currency: bought.currency, amount: text(bought.amount.negated()) }, origin);
  await ledger.save();
  await tx.saveCancelledExchange(portfolio.id, id);
}

/** The newest first, each from the day of what it undoes. */
export function postReversals(ledger: Ledger, posted: readonly RecordedEntry[], about: { readonly factSequence: number; readonly version?: number; readonly origin: TransactionalContext['origin'] }): void {
  for (const { id, entry } of posted.toReversed()) ledger.post(reversalOf(id, entry), about);
}

interface Asked {
  readonly input: { readonly idempotencyKey: string; readonly reason: string };
  readonly reference: string;
  readonly portfolioId: string;
  readonly path: string;
}

/** Behind the portfolio's lock, with what was posted and stands; null where the same request was carried out before. */
async function takingBack<T>(ctx: TransactionalContext, { input, reference, portfolioId, path }: Asked, work: (tx: Posting, portfolio: LockedPortfolio, posted: readonly RecordedEntry[] | null) => Promise<T>): Promise<T> {
  checkKey(input.idempotencyKey);
  if (checkedReason(input.reason) === null) throw invalid('say why it is taken back', 'reason');
  return ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, portfolioId);
    if (!(await isNew(tx, portfolio.organizationId, input, reference))) return work(tx, portfolio, null);
    const posted = (await tx.unreversedOf([reference])).get(reference) ?? [];
    if (posted.length === 0) throw new Refusal('CONFLICT', 'it was taken back before', [path]);
    return work(tx, portfolio, posted);
  });
}
