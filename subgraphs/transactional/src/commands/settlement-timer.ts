/** Settles what is due by itself, every few seconds, in bounded batches, so that nobody has to ask. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BooksContext } from '../context.ts';
import { settleDue } from './settle-due.ts';
import { settleExchanges } from './settle-exchanges.ts';

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

  async function once(): Promise<number> {
    try {
      const due = {
        organizationId: null, asOf: ctx.now().toISOString().slice(0, 10), tradesMax: TRADES_AT_ONCE_MAX,
        originFor: (organizationId: string) => ({ organizationId, actor: 'system:transactional', correlationId: ctx.newId('cor'), causationId: null }),
      };
      await settleExchanges(ctx, due);
      const { settled, failed } = await settleDue(ctx, due);
      if (settled + failed > 0) ctx.logger.info({ settled, failed }, 'settled what was due');
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
