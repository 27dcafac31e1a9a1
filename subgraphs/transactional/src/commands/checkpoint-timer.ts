/** Keeps checkpoints by itself, a few portfolios at a time, where many facts have come since the last one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BooksContext } from '../context.ts';
import { keepCheckpoints, MOVEMENTS_BETWEEN_MIN } from './keep-checkpoints.ts';
import type { SettlementTimer } from './settlement-timer.ts';

const PAUSE_MS = 30_000;
const PORTFOLIOS_AT_ONCE = 100;

export function checkpointTimer(ctx: BooksContext): SettlementTimer {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  /** By portfolio: up to which fact it was looked at, and when. Without many facts more, or another day, there is nothing new to find. */
  const looked = new Map<string, { readonly lastFact: number; readonly today: string }>();

  async function once(): Promise<void> {
    const today = ctx.now().toISOString().slice(0, 10);
    for (const { id, organizationId, lastFact } of await ctx.store.portfoliosWithoutCheckpoint(MOVEMENTS_BETWEEN_MIN, PORTFOLIOS_AT_ONCE)) {
      if (ending.signal.aborted) return;
      const before = looked.get(id);
      if (before !== undefined && before.today === today && lastFact < before.lastFact + MOVEMENTS_BETWEEN_MIN) continue;
      looked.set(id, { lastFact, today });
      const kept = await keepCheckpoints(ctx, { organizationId, portfolioId: id, today });
      if (kept > 0) ctx.logger.info({ portfolioId: id, kept }, 'kept positions at the ends of days');
    }
  }

  async function loop(): Promise<void> {
    while (!ending.signal.aborted) {
      await delay(PAUSE_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (!ending.signal.aborted) await once().catch((error: unknown) => { ctx.logger.warn({ err: error }, 'checkpoints paused'); });
    }
  }

  return {
    start: async () => { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
