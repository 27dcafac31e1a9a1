/**
 * Buy-ins: a purchase whose seller has failed to deliver for so many business days is bought elsewhere. It becomes due by itself and is carried out on
 * request: the trade settles at its own price with securities from the agent, and what they cost more is paid now and claimed
 * from the counterparty (what they cost less is owed to it). Days as for settlement: exchange and banks are open.
 */
import { invalid, Refusal } from '@pms/errors';
import type { Origin } from '@pms/events/envelope';
import { decimal, minorUnits, text, ZERO } from '@pms/money';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { BooksContext, TransactionalContext } from '../context.ts';
import { buyInDifference, type Claim } from '../domain/claims.ts';
import { deliveredOf, left } from '../domain/delivery.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import { next } from '../domain/settlement.ts';
import type { Booking } from '../store/rows.ts';
import type { LongFail } from '../store/operations-reads.ts';
import { chargesDue, shortOf } from './covered.ts';
import { openLedger } from './ledger.ts';
import { lockedPortfolio } from './locked.ts';
import { aboutTrade, onSettlement, type OnSettlement, today } from './on-settlement.ts';
import { raise } from './settlement-claims.ts';
import { attempt } from './settle-due.ts';

/** Trades looked at in one call. */
const FAILS_MAX = 500;

/** How many became due. Everybody's: only the timer asks. */
export async function beginBuyIns(ctx: BooksContext, originFor: (organizationId: string) => Origin): Promise<number> {
  const on = ctx.now().toISOString().slice(0, 10);
  const failing = await ctx.store.longFails(on, FAILS_MAX);
  const due = failing.filter(({ mic, currency, contractualOn, afterBusinessDays }) => ctx.businessDaysLate({ mic, currency }, contractualOn, on) >= afterBusinessDays);
  for (const each of due) await begin(ctx, each, on, originFor(each.organizationId));
  return due.length;
}

const begin = (ctx: BooksContext, { tradeId, portfolioId }: LongFail, on: string, origin: Origin): Promise<void> => ctx.store.transaction(async (tx) => {
  const portfolio = await lockedPortfolio(tx, portfolioId);
  const booking = (await tx.histories([tradeId])).get(tradeId)?.standing;
  if (booking == null) return;
  const { settlement } = next(booking.settlement, { type: 'buy-in-due', on });
  if (settlement === booking.settlement) return;
  const ledger = await openLedger(ctx, tx, portfolio);
  ledger.record({ ...aboutTrade(booking), kind: 'BUY_IN_BEGUN', effectiveOn: on, data: { contractualDate: booking.contractualOn } }, origin);
  ledger.tell(settlementProgressed, { tradeId, version: booking.version, portfolioId, progress: 'BUY_IN_DUE', on }, origin);
  await ledger.save();
  await tx.saveSettlements([{ tradeId, version: booking.version, settlement, attempt: booking.attempt }]);
});

export interface ExecuteBuyIn {
  readonly tradeId: string;
  /** Of one unit, in the trade's currency. */
  readonly price: string;
  /** Of the agent. */
  readonly fees?: string | null | undefined;
  readonly executedOn?: string | null | undefined;
  readonly idempotencyKey: string;
}

export const executeBuyIn = (ctx: TransactionalContext, input: ExecuteBuyIn): Promise<void> =>
  onSettlement(ctx, input.tradeId, (at) => buyIn(ctx, at, input), { ...input, price: text(decimal(input.price)) });

async function buyIn(ctx: TransactionalContext, at: OnSettlement, input: ExecuteBuyIn): Promise<void> {
  const { tx, portfolio, booking } = at;
  if (booking.settlement.step !== 'buying-in') throw new Refusal('CONFLICT', 'no buy-in is due', ['tradeId']);
  const terms = await checked(ctx, at, input);
  const claim = claimOf(ctx, booking, terms);
  const ledger = await openLedger(ctx, tx, portfolio);
  const rest = left(booking.fill, deliveredOf(booking.settlement, booking.fill)).amount;
  const { currency } = cashOfFill(booking.fill);
  const short = shortOf(ledger, [{ currency, amount: rest.plus(claim?.amount ?? ZERO) }, ...chargesDue(booking.fill)]);
  if (short !== null) throw new Refusal('INSUFFICIENT_FUNDS', short.reason, ['price']);
  const boughtIn = { price: text(terms.price), fees: text(terms.fees) };
  const { change, received } = attempt(ledger, booking, { type: 'delivered', settledOn: terms.executedOn }, ctx.origin, { boughtIn });
  ledger.tell(settlementProgressed, {
    tradeId: input.tradeId, version: booking.version, portfolioId: portfolio.id, progress: 'BOUGHT_IN', on: terms.executedOn, price: boughtIn.price, currency: booking.fill.currency,
  }, ctx.origin);
  if (claim !== null) raise(ledger, booking, claim, { on: terms.executedOn, origin: ctx.origin });
  await ledger.save([...tx.custodyRows(portfolio, received), ...tx.claimRows(portfolio, claim === null ? [] : [claim])]);
  await tx.saveSettlements([change]);
}

type Terms = Awaited<ReturnType<typeof checked>>;

async function checked(ctx: TransactionalContext, { tx, portfolio, booking }: OnSettlement, input: ExecuteBuyIn) {
  const price = decimal(input.price);
  const fees = decimal(input.fees ?? '0');
  const executedOn = input.executedOn ?? today(ctx);
  if (!price.greaterThan(0)) throw invalid('the price must be more than zero', 'price');
  if (fees.isNegative() || fees.decimalPlaces() > minorUnits(booking.fill.currency)) throw invalid('fees are zero or more, in whole minor units', 'fees');
  if (executedOn > today(ctx) || executedOn < booking.contractualOn) throw invalid('a buy-in is executed between the contractual date and today', 'executedOn');
  const trade = (await tx.factData(portfolio.id, [booking.factSequence])).get(booking.factSequence) as TradeFacts;
  return { price, fees, executedOn, tradePrice: decimal(trade.price), rate: decimal(trade.settlement?.rate ?? '1') };
}

/** Null where it cost what the trade does. A trade that settles in another currency is claimed in that, at its own rate. */
function claimOf(ctx: TransactionalContext, { fill, settlement, version }: Booking, { price, fees, tradePrice, rate }: Terms): Claim | null {
  const { quantity } = left(fill, deliveredOf(settlement, fill));
  const { currency } = cashOfFill(fill);
  const amount = buyInDifference({ quantity, tradePrice, price, fees, rate, currency });
  if (amount.isZero()) return null;
  return {
    id: ctx.newId('clm'), tradeId: fill.tradeId, version, kind: 'BUY_IN_DIFFERENCE', currency, amount, status: 'PROPOSED', decidedBy: null, reason: null,
    raisedBy: ctx.principal.subject, terms: { quantity: text(quantity.abs()), price: text(price), tradePrice: text(tradePrice), fees: text(fees) },
  };
}
