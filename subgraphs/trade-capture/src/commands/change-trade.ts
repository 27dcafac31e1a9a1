/** A new version of a trade that exists: what amendment and cancellation have in common. */
import { invalid, Refusal } from '@pms/errors';
import type { TradeMessage } from '@pms/schema/events/trade-capture';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TradeCaptureContext } from '../context.ts';
import { instantOf } from '../domain/instants.ts';
import type { Trade } from '../domain/trade.ts';
import type { NewVersion, TradeWrites } from '../store/writes.ts';
import { announce } from './announce.ts';

export interface Change {
  readonly tradeId: string;
  readonly expectedVersion?: number | null | undefined;
  readonly reason: string;
  readonly idempotencyKey?: string | null | undefined;
}

type Made = Pick<NewVersion, 'kind' | 'status' | 'terms'>;

export interface Steps {
  readonly message: 'AMENDED' | 'CANCELLED';
  /** May refuse; called with the trade locked. */
  decide(trade: Trade): Made;
  tell(tx: TradeWrites, before: Trade, after: Trade): Promise<void>;
}

const REASON_LENGTH_MAX = 1_000;

const unknownTrade = (): Refusal => new Refusal('NOT_FOUND', 'there is no such trade', ['tradeId']);

/** The trade as it shows its new version; under a key that was used before, as it is now. */
export async function changeTrade(ctx: TradeCaptureContext, change: Change, steps: Steps): Promise<Trade> {
  if (change.reason.trim() === '' || change.reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has 1 to ${REASON_LENGTH_MAX} characters`, 'reason');
  const { organizationId } = ctx.principal;
  const [found] = await ctx.store.trades(organizationId, [change.tradeId]);
  if (found === undefined) throw unknownTrade();
  const at = ctx.now();
  const { trade, news } = await ctx.store.transaction((tx) => inTransaction(ctx, tx, found.portfolioId, { change, steps, at }));
  announce(ctx.live, news);
  return trade;
}

interface Asked {
  readonly change: Change;
  readonly steps: Steps;
  readonly at: Date;
}

async function inTransaction(ctx: TradeCaptureContext, tx: TradeWrites, portfolioId: string, { change, steps, at }: Asked): Promise<{ trade: Trade; news: readonly TradeMessage[] }> {
  const { organizationId, subject } = ctx.principal;
  const [portfolio] = await tx.lockPortfolios([{ organizationId, id: portfolioId, count: 1 }], at);
  const trade = await tx.tradeForUpdate(organizationId, change.tradeId);
  if (trade === null || portfolio === undefined) throw unknownTrade();
  const hash = contentHash({ ...change, kind: steps.message });
  if (await changedBefore(tx, organizationId, change, hash)) return { trade, news: [] };
  if (portfolio.closed) throw new Refusal('CONFLICT', 'the portfolio is closed', ['tradeId']);
  const after = await tx.insertVersion({
    trade, ...steps.decide(trade), capturedAt: instantOf(portfolio.firstCapturedUs), capturedBy: subject, reason: change.reason,
    idempotencyKey: change.idempotencyKey ?? null, contentHash: hash,
  }, at);
  await steps.tell(tx, trade, after);
  const news = await tx.addNews([{ tradeId: trade.id, organizationId, portfolioId, kind: steps.message, version: after.version, at: at.toISOString() }]);
  return { trade: after, news };
}

async function changedBefore(tx: TradeWrites, organizationId: string, { idempotencyKey }: Change, hash: string): Promise<boolean> {
  if (idempotencyKey == null) return false;
  const earlier = await tx.earlierChange(organizationId, idempotencyKey);
  if (earlier !== null && earlier.contentHash !== hash)
    throw new Refusal('IDEMPOTENCY_CONFLICT', 'another change was made with this idempotencyKey', ['idempotencyKey']);
  return earlier !== null;
}
