/** Settles what is due by itself, every few seconds, in bounded batches, so that nobody has to ask; begins the buy-ins that are due, and counts what is open and stuck. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Origin } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import type { OpenCount } from '../store/operations-reads.ts';
import { beginBuyIns } from './buy-in.ts';
import { openSettlements } from './metrics.ts';
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
  }

  async function once(): Promise<number> {
    try {
      const asOf = ctx.now().toISOString().slice(0, 10);
      const originFor = (organizationId: string): Origin => ({ organizationId, actor: 'system:transactional', correlationId: ctx.newId('cor'), causationId: null });
      const due = { organizationId: null, asOf, tradesMax: TRADES_AT_ONCE_MAX, originFor };
      await settleExchanges(ctx, due);
      const { settled, failed } = await settleDue(ctx, due);
      const boughtIn = await beginBuyIns(ctx, originFor);
      if (settled + failed + boughtIn > 0) ctx.logger.info({ settled, failed, boughtIn }, 'settled what was due');
      await countOpen(asOf);
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
