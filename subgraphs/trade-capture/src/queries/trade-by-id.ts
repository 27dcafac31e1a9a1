/** One trade; an unknown id and another organisation's look alike: NOT_FOUND. */
import { notFound } from '@pms/errors';
import type { TradeCaptureContext } from '../context.ts';
import type { Trade } from '../domain/trade.ts';

export async function tradeById(ctx: TradeCaptureContext, id: string): Promise<Trade> {
  const trade = await ctx.loaders.trade.load(id);
  if (trade === null) throw notFound('trade', id);
  return trade;
}
