/** The port through which prices of the moment arrive by themselves: a simulated tape, or an adapter of a real feed. */
import type { Tick, ToldTick } from '../domain/quote.ts';

/** Receives ticks of any number of instruments, at most one an instrument. A feed waits for it before it sends more. */
export type TakeTicks = (ticks: readonly ToldTick[]) => Promise<void>;

export interface QuoteFeed {
  /** Resolves once the feed has caught up with what it missed while it was off. */
  start(take: TakeTicks): Promise<void>;
  /** The newest tick of an instrument; null where this feed has none. */
  latest(instrumentId: string): Tick | null;
  /** Says that closes were recorded: what the feed read of them may be out of date. */
  closesChanged(): void;
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}
