/** Captures one trade; throws the Refusal that its row came to. */
import { notFound } from '@pms/errors';
import type { TradeCaptureContext } from '../context.ts';
import type { Trade } from '../domain/trade.ts';
import { capture, type CaptureInput } from './capture.ts';

export async function captureTrade(ctx: TradeCaptureContext, input: CaptureInput): Promise<Trade> {
  const { results: [result], trades: [trade] } = await capture(ctx, [input]);
  if (trade !== undefined) return trade;
  if (result === undefined || result.outcome === 'REFUSED') throw result?.refusal ?? new Error('one row came to no result');
  const earlier = await ctx.loaders.trade.load(result.tradeId);
  if (earlier === null) throw notFound('trade', result.tradeId);
  return earlier;
}
