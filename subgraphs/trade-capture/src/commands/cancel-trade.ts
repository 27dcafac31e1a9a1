/** Ends a trade: its last version says so, and what it posted is reversed by those who hear of it. */
import { event } from '@pms/events/envelope';
import { tradeCancelled } from '@pms/schema/events/trade-capture';
import type { TradeCaptureContext } from '../context.ts';
import { checkOpen, onlyTerms } from '../domain/amendment.ts';
import type { Trade } from '../domain/trade.ts';
import { type Change, changeTrade } from './change-trade.ts';

export const cancelTrade = (ctx: TradeCaptureContext, input: Change): Promise<Trade> =>
  changeTrade(ctx, input, {
    message: 'CANCELLED',
    decide: (trade) => {
      checkOpen(trade, input.expectedVersion);
      return { kind: 'CANCELLATION', status: 'CANCELLED', terms: onlyTerms(trade) };
    },
    tell: (tx, _, { id, version, portfolioId, instrumentId }) => tx.outbox.add([
      event(tradeCancelled, portfolioId, { tradeId: id, version, portfolioId, instrumentId }, { ...ctx, origin: { ...ctx.origin, reason: input.reason } }),
    ]),
  });
