/** Keeps the metric of open breaks by age, counted anew every minute. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BooksContext } from '../../context.ts';
import { openBreaks } from '../metrics.ts';

const PAUSE_MS = 60_000;

/** Business days, of the portfolio's base currency: from, and the label. */
const AGES = [[10, 'over 10'], [5, '6 to 10'], [2, '3 to 5'], [-1, '0 to 2']] as const;
const labelOf = (age: number): string => AGES.find(([above]) => age > above)?.[1] ?? '0 to 2';

export async function countBreaks(ctx: BooksContext): Promise<void> {
  const today = ctx.now().toISOString().slice(0, 10);
  const counts = new Map<string, number>(AGES.map(([, age]) => [age, 0]));
  for (const { openedOn, baseCurrency, count } of await ctx.store.openBreaks()) {
    const age = labelOf(ctx.businessDaysSince(baseCurrency, openedOn, today));
    counts.set(age, (counts.get(age) ?? 0) + count);
  }
  for (const [age, count] of counts) openBreaks.set({ business_days: age }, count);
}

export interface BreakAges {
  start(): void;
  stop(): Promise<void>;
}

export function breakAges(ctx: BooksContext): BreakAges {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  async function loop(): Promise<void> {
    while (!ending.signal.aborted) {
      await countBreaks(ctx).catch((error: unknown) => ctx.logger.warn({ err: error }, 'open breaks could not be counted'));
      await delay(PAUSE_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }
  return {
    start: () => { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
