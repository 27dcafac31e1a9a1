/** Captures up to 10,000 trades, each row for itself; refusals come with a path that names the row. */
import { invalid } from '@pms/errors';
import type { UserError } from '@pms/subgraph/refusals';
import type { TradeCaptureContext } from '../context.ts';
import type { RowResult } from '../domain/capture.ts';
import { capture, type CaptureInput } from './capture.ts';

const ROWS_MAX = 10_000;

export interface CapturedTrades {
  readonly results: readonly RowResult[];
  readonly captured: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly refusals: readonly UserError[];
}

export async function captureTrades(ctx: TradeCaptureContext, inputs: readonly CaptureInput[]): Promise<CapturedTrades> {
  if (inputs.length === 0 || inputs.length > ROWS_MAX) throw invalid(`a call captures 1 to ${ROWS_MAX} trades`, 'trades');
  const { results, trades } = await capture(ctx, inputs);
  for (const trade of trades) ctx.loaders.trade.prime(trade.id, trade);
  const count = (outcome: RowResult['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  return {
    results, captured: count('CAPTURED'), duplicates: count('DUPLICATE'), refused: count('REFUSED'),
    refusals: results.flatMap((result) => (result.outcome === 'REFUSED' ? [errorOf(result.index, result.refusal)] : [])),
  };
}

const errorOf = (index: number, { code, message, path }: UserError): UserError => ({ code, message, path: ['trades', String(index), ...path] });
