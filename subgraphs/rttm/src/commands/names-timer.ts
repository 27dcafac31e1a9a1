/** Looks every minute whether the day of a new symbol or name has come. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Origin } from '@pms/events/envelope';
import type { Logger } from '@pms/telemetry/logger';
import { utcDay } from '../domain/days.ts';
import type { Market } from '../market.ts';
import { applyNames } from './rename-instruments.ts';

const PAUSE_MS = 60_000;

export interface NamesTimer {
  start(): void;
  /** Resolves once what is under way is done. */
  stop(): Promise<void>;
}

export function namesTimer(market: Market, logger: Logger, originOf: (organizationId: string) => Origin): NamesTimer {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function loop(): Promise<void> {
    while (!ending.signal.aborted) {
      await applyNames(market, utcDay(market.now()), originOf).catch((error: unknown) => { logger.warn({ err: error }, 'names paused'); });
      await delay(PAUSE_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    start() { running = loop(); },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
