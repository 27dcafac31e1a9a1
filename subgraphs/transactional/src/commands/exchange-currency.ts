/** Sells one currency for another at spot. The same idempotency key again gets the first answer, as it is now. */
import { invalid, Refusal } from '@pms/errors';
import { type Money, text } from '@pms/money';
import { awaitKnown } from '@pms/subgraph/await-known';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../context.ts';
import { available } from '../domain/cash.ts';
import { checkExchange, type CurrencyExchange, currencyExchanged } from '../domain/currency-exchange.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { checkedMoney, checkKeyAndReason, unknownPortfolio } from './cash-input.ts';
import { openLedger } from './ledger.ts';

export interface ExchangeCurrency {
  readonly portfolioId: string;
  readonly sold: { readonly amount: string; readonly currency: string };
  readonly bought: { readonly amount: string; readonly currency: string };
  readonly tradeDate?: string | null | undefined;
  readonly valueDate?: string | null | undefined;
  readonly idempotencyKey: string;
  readonly reason?: string | null | undefined;
}

export async function exchangeCurrency(ctx: TransactionalContext, input: ExchangeCurrency): Promise<CurrencyExchange> {
  const today = ctx.now().toISOString().slice(0, 10);
  const asked = checked(ctx, input, today);
  const { organizationId } = ctx.principal;
  if ((await awaitKnown(input.portfolioId, ctx.now, () => ctx.store.portfolioOf(organizationId, input.portfolioId))) === null) throw unknownPortfolio();
  const hash = contentHash({ ...input, sold: shown(asked.sold), bought: shown(asked.bought) });
  return ctx.store.transaction(async (tx) => {
    const portfolio = await tx.lock(input.portfolioId);
    if (portfolio === null) throw unknownPortfolio();
    return (await answeredBefore(tx, organizationId, input.idempotencyKey, hash)) ?? exchange(ctx, tx, portfolio, { input, asked, hash });
  });
}

type Asked = Pick<CurrencyExchange, 'sold' | 'bought' | 'tradedOn' | 'valueOn'>;

const shown = ({ amount, currency }: Money): { amount: string; currency: string } => ({ amount: text(amount), currency });

function checked(ctx: TransactionalContext, input: ExchangeCurrency, today: string): Asked {
  const [sold, bought] = [checkedMoney(input.sold, 'sold'), checkedMoney(input.bought, 'bought')];
  const tradedOn = input.tradeDate ?? today;
  if (tradedOn > today) throw invalid('an exchange cannot have been agreed on a day that has not come', 'tradeDate');
  checkKeyAndReason(input);
  const valueOn = input.valueDate ?? ctx.spotDate([sold.currency, bought.currency], tradedOn);
  checkExchange({ sold, bought, tradedOn, valueOn });
  return { sold, bought, tradedOn, valueOn };
}

async function answeredBefore(tx: Posting, organizationId: string, key: string, hash: string): Promise<CurrencyExchange | null> {
  const earlier = await tx.exchangeByKey(organizationId, key);
  if (earlier === null) return null;
  if (earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'this key was used for another exchange', ['idempotencyKey']);
  return earlier.exchange;
}

async function exchange(
  ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio, { input, asked, hash }: { input: ExchangeCurrency; asked: Asked; hash: string },
): Promise<CurrencyExchange> {
  if (portfolio.closed) throw new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
  const { sold, bought, tradedOn, valueOn } = asked;
  const ledger = await openLedger(ctx, tx, portfolio);
  const free = available(ledger.cash(sold.currency));
  if (sold.amount.greaterThan(free))
    throw new Refusal('INSUFFICIENT_FUNDS', `${text(free)} ${sold.currency} can be sold: what is settled, less what is owed`, ['sold', 'amount']);
  const origin = { ...ctx.origin, ...(input.reason != null && { reason: input.reason }) };
  const made: CurrencyExchange = { id: ctx.newId('fxd'), ...asked, settledOn: null, cancelled: false };
  const factSequence = ledger.record({
    kind: 'CURRENCY_EXCHANGED', effectiveOn: tradedOn,
    data: { exchangeId: made.id, sold: shown(sold), bought: shown(bought), valueDate: valueOn, idempotencyKey: input.idempotencyKey, contentHash: hash },
  }, origin);
  ledger.post(currencyExchanged(made, tradedOn), { factSequence, origin });
  const told = { kind: 'CURRENCY_EXCHANGE', effectiveDate: tradedOn, tradeId: null } as const;
  ledger.tellCash({ ...told, currency: sold.currency, amount: text(sold.amount.negated()) }, origin);
  ledger.tellCash({ ...told, currency: bought.currency, amount: text(bought.amount) }, origin);
  // the same key may come for another portfolio in this moment: whoever is second gets the first one's answer, or is refused
  if (!(await tx.insertExchange(portfolio, { ...made, idempotencyKey: input.idempotencyKey, contentHash: hash })))
    return (await answeredBefore(tx, portfolio.organizationId, input.idempotencyKey, hash)) ?? made;
  await ledger.save();
  return made;
}
