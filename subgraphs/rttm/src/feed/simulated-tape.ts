/**
 * The demo's quote feed: carries every instrument that has real closes from the last of them to today, records a simulated close for
 * each business day that has passed, and tells a simulated quote of each at every interval. Days are UTC days. What it records and tells
 * is computed in domain/tape.ts from recorded closes and the time alone; it keeps nothing that a new start would miss.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { standingSince } from '@pms/schema/events/rttm';
import type { Logger } from '@pms/telemetry/logger';
import { addDays, type Day, utcDay } from '../domain/days.ts';
import type { Close } from '../domain/prices.ts';
import type { Tick, ToldTick } from '../domain/quote.ts';
import { CALIBRATION_CLOSES, calibrate, type Calibration, CLOSES_MIN, closesAfter, priceAt, type TapeDay, tapeDay } from '../domain/tape.ts';
import type { TapedInstrument } from '../store/prices.ts';
import type { RttmStore } from '../store/rttm-store.ts';
import type { QuoteFeed, TakeTicks } from './quote-feed.ts';

export interface TapeSurroundings {
  readonly store: RttmStore;
  readonly logger: Logger;
  readonly intervalMs: number;
  now(): Date;
  /** Keeps simulated closes of one instrument and tells of them. */
  record(instrument: TapedInstrument, closes: readonly Close[]): Promise<void>;
}

interface Carried {
  readonly instrument: TapedInstrument;
  readonly calibration: Calibration;
  readonly before: Close;
  readonly today: TapeDay;
}

/** Instruments that another process added are found by then. */
const LOOK_AGAIN_MS = 10_000;
const DAY_FORGOTTEN = '';

export function simulatedTape({ store, logger, intervalMs, now, record }: TapeSurroundings): QuoteFeed {
  const carried = new Map<string, Carried>();
  const latest = new Map<string, Tick>();
  const ended = new AbortController();
  let lookedAt = { day: DAY_FORGOTTEN, ms: 0 };
  let running: Promise<void> = Promise.resolve();

  /** Brings every instrument to the end of yesterday. */
  async function carry(today: Day): Promise<void> {
    for (const instrument of await store.instrumentsWithRealCloses(CLOSES_MIN)) {
      const known = carried.get(instrument.id);
      if (known !== undefined && known.instrument.version === instrument.version && known.today.day === today) continue;
      const next = await carryOne(instrument, today, known);
      if (next !== null) carried.set(instrument.id, next);
    }
  }

  async function carryOne(instrument: TapedInstrument, today: Day, known: Carried | undefined): Promise<Carried | null> {
    const calibration = known?.instrument.version === instrument.version ? known.calibration
      : calibrate(instrument.symbol, instrument.assetClass, await store.realCloses(instrument.id, CALIBRATION_CLOSES));
    const last = await store.closeBefore(instrument.id, today);
    if (calibration === null || last === null) return null;
    const missing = closesAfter(calibration, last, addDays(today, -1)).map(simulated);
    if (missing.length > 0) await record(instrument, missing);
    const before = missing.at(-1) ?? last;
    return { instrument, calibration, before, today: tapeDay(calibration, before.close, today) };
  }

  async function tick(take: TakeTicks): Promise<void> {
    const at = now();
    const day = utcDay(at);
    if (lookedAt.day !== day || at.getTime() - lookedAt.ms >= LOOK_AGAIN_MS) {
      lookedAt = { day, ms: at.getTime() };
      await carry(day);
    }
    const ticks = [...carried.values()].filter(({ today }) => today.day === day).map((one) => tickOf(one, at));
    for (const one of ticks) latest.set(one.instrumentId, one);
    const silenced = await store.ingestedSince(ticks.map(({ instrumentId }) => instrumentId), standingSince(at));
    await take(ticks.filter(({ instrumentId }) => !silenced.has(instrumentId)));
  }

  /** A tick that fails is told in the log; the next one tries again. */
  async function tickSafely(take: TakeTicks): Promise<void> {
    try {
      await tick(take);
    } catch (error) {
      lookedAt = { day: DAY_FORGOTTEN, ms: 0 };
      logger.error({ err: error }, 'the simulated tape missed a tick');
    }
  }

  async function run(take: TakeTicks): Promise<void> {
    while (!ended.signal.aborted) {
      await delay(intervalMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (!ended.signal.aborted) await tickSafely(take);
    }
  }

  return {
    async start(take) {
      await tickSafely(take);
      running = run(take);
    },
    latest: (instrumentId) => latest.get(instrumentId) ?? null,
    closesChanged: () => { lookedAt = { day: DAY_FORGOTTEN, ms: 0 }; },
    async stop() {
      ended.abort();
      await running;
    },
  };
}

const simulated = ({ date, close }: Pick<Close, 'date' | 'close'>): Close =>
  ({ date, close, open: null, high: null, low: null, volume: null, simulated: true });

const tickOf = ({ instrument, before, today }: Carried, time: Date): ToldTick => ({
  instrumentId: instrument.id, organizationId: instrument.organizationId, currency: instrument.currency, quoteUnit: instrument.quoteUnit,
  last: priceAt(today, time), previousClose: before.close, time, simulated: true,
});
