/** Takes in what is due of corporate actions by itself, every few seconds, in bounded batches, so that nobody has to ask. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BooksContext } from '../context.ts';
import { processDueActions } from './process-actions.ts';

const PAUSE_MS = 2_000;
const PAUSE_AFTER_FAILURE_MS = 10_000;
/** After so many portfolios there is a pause, and others have their turn. */
const PORTFOLIOS_AT_ONCE_MAX = 500;

export interface ActionsTimer {
  start(): void;
  /** Resolves once the batch under way is done. */
  stop(): Promise<void>;
}

export function actionsTimer(ctx: BooksContext): ActionsTimer {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function once(): Promise<number> {
    try {
      const { applied, reversed, paid, more } = await processDueActions(ctx, {
        organizationId: null, portfolioId: null, asOf: ctx.now().toISOString().slice(0, 10), portfoliosMax: PORTFOLIOS_AT_ONCE_MAX,
        originFor: (organizationId) => ({ organizationId, actor: 'system:transactional', correlationId: ctx.newId('cor'), causationId: null }),
      });
      if (applied + reversed + paid > 0) ctx.logger.info({ applied, reversed, paid }, 'took in corporate actions');
      return more ? 0 : PAUSE_MS;
    } catch (error) {
      ctx.logger.warn({ err: error }, 'corporate actions paused');
      return PAUSE_AFTER_FAILURE_MS;
    }
  }

  async function loop(): Promise<void> {
    while (!ending.signal.aborted) await delay(await once(), undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
  }

  return {
    start() { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
