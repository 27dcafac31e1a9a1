/** Replaces what was agreed by a new version, to be checked and booked anew. */
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { tradeAmended } from '@pms/schema/events/trade-capture';
import type { TradeCaptureContext } from '../context.ts';
import { amendedTerms, type Changes, checkOpen } from '../domain/amendment.ts';
import type { Trade } from '../domain/trade.ts';
import { type Change, changeTrade } from './change-trade.ts';
import { factsOf } from './facts.ts';
import { checkReferences, referencesOf } from './references.ts';

export async function amendTrade(ctx: TradeCaptureContext, input: Change & Changes): Promise<Trade> {
  const named = input.instrumentId == null ? [] : [input.instrumentId];
  const [found] = await ctx.store.trades(ctx.principal.organizationId, [input.tradeId]);
  const references = await referencesOf(ctx, found === undefined ? [] : [found.portfolioId], [...named, ...(found === undefined ? [] : [found.instrumentId])]);
  return changeTrade(ctx, input, {
    message: 'AMENDED',
    decide: (trade) => {
      checkOpen(trade, input.expectedVersion);
      const terms = checkReferences(references, trade.portfolioId, amendedTerms(trade, input, ctx.now()));
      return { kind: 'AMENDMENT', status: 'CAPTURED', terms };
    },
    tell: (tx, before, after) => tx.outbox.add([
      event(tradeAmended, after.portfolioId, { ...factsOf(after), replaces: before.version, before: replaced(factsOf(before), factsOf(after)) }, { ...ctx, origin: { ...ctx.origin, reason: input.reason } }),
    ]),
  });
}
