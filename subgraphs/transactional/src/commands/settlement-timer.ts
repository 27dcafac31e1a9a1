/**
 * Settles what is due by itself, every few seconds, in bounded batches, so that nobody has to ask; tries again what failed and may settle now, begins the buy-ins
 * that are due, parks what does not get on, and counts what is open, stuck and parked.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Origin } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { parkingCodes } from '../domain/settlement-state.ts';
import type { OpenCount } from '../store/saga-reads.ts';
import { parkStalled, retryFailed } from './advance-sagas.ts';
import { beginBuyIns } from './buy-in.ts';
import { openSettlements, parkedSettlements, settlementErrors, settlementRound } from './metrics.ts';
import { settleDue } from './settle-due.ts';
import { settleExchanges } from './settle-exchanges.ts';

/** What there is none of any more shows as zero. */
function count(open: readonly OpenCount[]): void {
  openSettlements.reset();
  for (const { step, stuck, count: many } of open) openSettlements.set({ state: step, stuck: String(stuck) }, many);
}

/** Counting reads all that is open. */
const COUNT_EVERY_MS = 30_000;
const PAUSE_MS = 2_000;
const PAUSE_AFTER_FAILURE_MS = 10_000;
/** After so many trades there is a pause, and others have their turn. */
const TRADES_AT_ONCE_MAX = 2_000;

export interface SettlementTimer {
  start(): Promise<void>;
  /** Resolves once the batch under way is done. */
  stop(): Promise<void>;
}

export function settlementTimer(ctx: BooksContext): SettlementTimer {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  let countedAt = Number.NEGATIVE_INFINITY;

  async function countOpen(asOf: string): Promise<void> {
    if (performance.now() - countedAt < COUNT_EVERY_MS) return;
    countedAt = performance.now();
    count(await ctx.store.openCounts(asOf));
    const parked = new Map((await ctx.store.parkedCounts()).map(({ code, count: many }) => [code, many]));
    for (const code of parkingCodes) parkedSettlements.set({ code }, parked.get(code) ?? 0);
  }

  function onError(portfolioId: string, error: unknown): void {
    settlementErrors.inc();
    ctx.logger.warn({ err: error, portfolioId }, 'trades of a portfolio could not be settled');
  }

  async function once(): Promise<number> {
    try {
      const asOf = ctx.now().toISOString().slice(0, 10);
      const originFor = (organizationId: string): Origin => ({ organizationId, actor: 'system:transactional', correlationId: ctx.newId('cor'), causationId: null });
      const due = { organizationId: null, asOf, tradesMax: TRADES_AT_ONCE_MAX, originFor, onError };
      await settleExchanges(ctx, due);
      const { settled, failed } = await settleDue(ctx, due);
      const retried = await retryFailed(ctx, { on: asOf, originFor });
      const boughtIn = await beginBuyIns(ctx, originFor);
      const parked = await parkStalled(ctx, { on: asOf, originFor });
      if (settled + failed + retried + boughtIn + parked > 0) ctx.logger.info({ settled, failed, retried, boughtIn, parked }, 'settled what was due');
      await countOpen(asOf);
      settlementRound.set(ctx.now().getTime() / 1_000);
      return PAUSE_MS;
    } catch (error) {
      ctx.logger.warn({ err: error }, 'settlement paused');
      return PAUSE_AFTER_FAILURE_MS;
    }
  }

  async function loop(): Promise<void> {
    while (!ending.signal.aborted) await delay(await once(), undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
  }

  return {
    start: async () => { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
