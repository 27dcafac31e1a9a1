/**
 * Made-up trades for books of any size: the same for the same seed, made as they are asked for, so that a million of them take no memory. Runs of one
 * portfolio at a time; purchases and sales of many instruments over ten years, some late, some amended, some cancelled. Prices are of no market.
 */
import type { TradeFacts } from '@pms/schema/events/trade-capture';

export interface Wanted {
  /** Trades in all; amendments and cancellations come on top. */
  readonly trades: number;
  readonly portfolioIds: readonly string[];
  readonly instrumentIds: readonly string[];
  readonly seed?: number;
  /** Trades of one run, all of one portfolio. */
  readonly runLength?: number;
}

export interface MadeTrade extends TradeFacts {
  /** The version that this one takes the place of; null for the first. */
  readonly replaces: number | null;
}

/** In this order: booked, then amended, then cancelled. */
export interface Run {
  readonly portfolioId: string;
  readonly trades: readonly MadeTrade[];
  readonly amended: readonly MadeTrade[];
  readonly cancelled: readonly MadeTrade[];
}

const SEED = 412_455;
const RUN_LENGTH = 500;
const DAYS = 3_650;
const FIRST_DAY_MS = Date.UTC(2016, 0, 4);
const DAY_MS = 86_400_000;
/** Of a hundred trades. */
const LATE = 2;
const AMENDED = 2;
const CANCELLED = 1;

/** Mulberry32: small, and the same everywhere. Numbers from 0 to below 1. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function* generatedRuns({ trades, portfolioIds, instrumentIds, seed = SEED, runLength = RUN_LENGTH }: Wanted): Generator<Run> {
  const next = chance(seed);
  const upTo = (most: number): number => Math.floor(next() * most);
  for (let made = 0; made < trades;) {
    const size = Math.min(runLength, trades - made);
    const portfolioId = portfolioIds[Math.floor(made / runLength) % portfolioIds.length] ?? '';
    const run = Array.from({ length: size }, (_, at): MadeTrade => {
      const number = made + at;
      const day = Math.floor((number / trades) * DAYS) - (upTo(100) < LATE ? upTo(30) : 0);
      const instrument = upTo(instrumentIds.length);
      const price = 20 + ((instrument * 37) % 400) + upTo(1_000) / 100;
      return {
        tradeId: `trd_made${seed.toString(36)}${number.toString(36).padStart(8, '0')}`, version: 1, portfolioId, instrumentId: instrumentIds[instrument] ?? '',
        side: upTo(100) < 55 ? 'BUY' : 'SELL', quantity: `${String(1 + upTo(200))}${upTo(10) === 0 ? '.125' : ''}`, price: price.toFixed(2), currency: 'USD',
        tradeDate: new Date(FIRST_DAY_MS + Math.max(day, 0) * DAY_MS).toISOString().slice(0, 10),
        fees: [{ kind: 'COMMISSION', amount: { amount: (0.35 + upTo(100) / 100).toFixed(2), currency: 'USD' } }],
        externalId: null, capturedAt: new Date(FIRST_DAY_MS + DAYS * DAY_MS + number).toISOString(), replaces: null,
      };
    });
    const amended = run.filter(() => upTo(100) < AMENDED).map((trade): MadeTrade => ({ ...trade, version: 2, replaces: 1, quantity: String(1 + upTo(200)) }));
    const cancelled = run.filter(() => upTo(100) < CANCELLED);
    yield { portfolioId, trades: run, amended, cancelled };
    made += size;
  }
}
