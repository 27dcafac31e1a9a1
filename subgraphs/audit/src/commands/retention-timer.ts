/** Applies retention by itself: once after the start, then once a day. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import { applyRetention, type Retaining } from './retention.ts';

const FIRST_MS = 60_000;
const DAY_MS = 86_400_000;

export function retentionTimer(ctx: Retaining, logger: Logger): { start(): void; stop(): Promise<void> } {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    for (let pause = FIRST_MS; ; pause = DAY_MS) {
      await delay(pause, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (ending.signal.aborted) return;
      await applyRetention(ctx).catch((error: unknown) => logger.warn({ err: error }, 'retention could not be applied to the audit trail'));
    }
  };
  return {
    start: () => { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
