/**
 * Ours is the seller that failed, and the buyer has bought in: an agent bought the securities for our account and delivered them to the buyer. That purchase is a
 * trade of ours, captured like every other; the failed sale settles with it, at its own price. Securities go through once in each direction, and only the
 * difference of the two amounts moves: what the buy-in cost more is a loss of the sale and the purchase together, with no claim left open.
 */
import { invalid, Refusal } from '@pms/errors';
import { decimal, text } from '@pms/money';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { deliveredOf, left } from '../domain/delivery.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import type { Booking } from '../store/rows.ts';
import { chargesDue, shortOf } from './covered.ts';
import { openLedger } from './ledger.ts';
import { onSettlement, type OnSettlement, today } from './on-settlement.ts';
import { attempt } from './settle-due.ts';

export interface RecordBoughtIn {
  /** The sale that failed. */
  readonly tradeId: string;
  /** The purchase that the agent made for our account. */
  readonly purchaseTradeId: string;
  readonly executedOn?: string | null | undefined;
  readonly idempotencyKey: string;
}

export const recordBoughtIn = (ctx: TransactionalContext, input: RecordBoughtIn): Promise<void> => onSettlement(ctx, input.tradeId, async (at) => {
  const { tx, portfolio, booking: sale } = at;
  if (!sale.fill.quantity.isNegative() || sale.settlement.step !== 'failed') throw new Refusal('CONFLICT', 'only a sale that has failed is bought in by its buyer', ['tradeId']);
  if (sale.settlement.netSetId !== null) throw new Refusal('CONFLICT', 'it is in a net set, which settles as one: break the set first', ['tradeId']);
  const executedOn = input.executedOn ?? today(ctx);
  if (executedOn > today(ctx) || executedOn < sale.contractualOn) throw invalid('a buy-in is executed between the contractual date and today', 'executedOn');
  const purchase = await purchaseFor(ctx, at, input.purchaseTradeId);
  const ledger = await openLedger(ctx, tx, portfolio);
  const { currency } = cashOfFill(sale.fill);
  const needed = cashOfFill(purchase.fill).amount.plus(left(sale.fill, deliveredOf(sale.settlement, sale.fill)).amount);
  const short = shortOf(ledger, [{ currency, amount: needed }, ...chargesDue(purchase.fill), ...chargesDue(sale.fill)]);
  if (short !== null) throw new Refusal('INSUFFICIENT_FUNDS', short.reason, ['purchaseTradeId']);
  const bought = (await tx.factData(portfolio.id, [purchase.factSequence])).get(purchase.factSequence) as TradeFacts;
  const price = text(decimal(bought.price));
  const done = [
    attempt(ledger, purchase, { type: 'delivered', settledOn: executedOn }, ctx.origin),
    attempt(ledger, sale, { type: 'bought-in', settledOn: executedOn }, ctx.origin, { boughtIn: { price, purchaseTradeId: input.purchaseTradeId } }),
  ];
  ledger.tell(settlementProgressed, { tradeId: input.tradeId, version: sale.version, portfolioId: portfolio.id, progress: 'BOUGHT_IN', on: executedOn, price, currency: sale.fill.currency }, ctx.origin);
  await ledger.save(tx.custodyRows(portfolio, done.flatMap(({ received }) => received)));
  await tx.saveSettlements(done.map(({ change }) => change));
}, input);

/** Of the same portfolio, instrument and currencies, for exactly what was not delivered, and able to settle. */
async function purchaseFor(ctx: TransactionalContext, { tx, portfolio, booking: sale }: OnSettlement, tradeId: string): Promise<Booking> {
  const found = await ctx.store.latestBooking(ctx.principal.organizationId, tradeId);
  const purchase = found?.portfolioId === portfolio.id ? (await tx.histories([tradeId])).get(tradeId)?.standing : null;
  if (purchase == null) throw new Refusal('NOT_FOUND', 'there is no such trade in this portfolio, or it is not booked', ['purchaseTradeId']);
  const missing = left(sale.fill, deliveredOf(sale.settlement, sale.fill)).quantity.negated();
  const fits = purchase.instrumentId === sale.instrumentId && purchase.fill.currency === sale.fill.currency && cashOfFill(purchase.fill).currency === cashOfFill(sale.fill).currency;
  if (!fits || !purchase.fill.quantity.equals(missing)) throw invalid(`a buy-in buys the ${text(missing)} that were not delivered, of the same instrument and in the same currencies`, 'purchaseTradeId');
  const { settlement } = purchase;
  if (settlement.step !== 'matched' || settlement.netSetId !== null || !settlement.part.quantity.isZero()) throw new Refusal('CONFLICT', `the purchase is ${settlement.step}: it has to be matched and to settle alone and whole`, ['purchaseTradeId']);
  return purchase;
}
