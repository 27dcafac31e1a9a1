/** Takes checkpoints by itself, off the way of what is recorded. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import { type Checkpointing, takeCheckpoints } from './take-checkpoints.ts';

const PAUSE_MS = 60_000;

export interface CheckpointTimer {
  start(): void;
  /** Resolves once what is under way is done. */
  stop(): Promise<void>;
}

export function checkpointTimer(ctx: Checkpointing, logger: Logger): CheckpointTimer {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await takeCheckpoints(ctx).catch((error: unknown) => logger.warn({ err: error }, 'no checkpoint of the audit trail could be taken'));
      await delay(PAUSE_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
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
