/** Settles currency exchanges whose value date has come, as soon as settled cash covers what was sold; one that it does not cover waits, and is tried again. */
import type { Origin } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { currencySettled } from '../domain/currency-exchange.ts';
import { lockedPortfolio } from './locked.ts';
import { openLedger } from './ledger.ts';

export interface DueExchanges {
  /** Null for every organisation, which is the timer's business. */
  readonly organizationId: string | null;
  readonly portfolioId?: string | null | undefined;
  readonly asOf: string;
  originFor(organizationId: string): Origin;
}

/** Of one portfolio at a time, and of at most so many portfolios in one call. */
const PORTFOLIOS_MAX = 1_000;

/** How many settled. They settle on their value date, whenever that is noticed. */
export async function settleExchanges(ctx: BooksContext, { organizationId, portfolioId, asOf, originFor }: DueExchanges): Promise<number> {
  let settled = 0;
  const due = await ctx.store.portfoliosWithDueExchanges({ organizationId, portfolioId: portfolioId ?? null, asOf }, PORTFOLIOS_MAX);
  for (const portfolio of due) settled += await settleOf(ctx, portfolio.id, asOf, originFor(portfolio.organizationId));
  return settled;
}

const settleOf = (ctx: BooksContext, portfolioId: string, asOf: string, origin: Origin): Promise<number> => ctx.store.transaction(async (tx) => {
  const portfolio = await lockedPortfolio(tx, portfolioId);
  const ledger = await openLedger(ctx, tx, portfolio);
  const settled: { readonly id: string; readonly settledOn: string }[] = [];
  for (const exchange of await tx.dueExchanges(portfolioId, asOf)) {
    const { id, sold, bought, valueOn } = exchange;
    if (sold.amount.greaterThan(ledger.cash(sold.currency).settled)) continue;
    const side = ({ amount, currency }: typeof sold) => ({ amount: amount.toFixed(), currency });
    const factSequence = ledger.record({ kind: 'CURRENCY_SETTLED', effectiveOn: valueOn, data: { exchangeId: id, sold: side(sold), bought: side(bought) } }, origin);
    ledger.post(currencySettled(exchange, valueOn), { factSequence, origin });
    for (const { currency } of [sold, bought]) ledger.tellCash({ kind: 'SETTLEMENT', currency, amount: '0', effectiveDate: valueOn, tradeId: null }, origin);
    settled.push({ id, settledOn: valueOn });
  }
  if (settled.length === 0) return 0;
  await ledger.save();
  await tx.saveSettledExchanges(portfolioId, settled);
  return settled.length;
});
