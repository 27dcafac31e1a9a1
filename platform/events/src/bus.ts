/** Delivery of events between domains: durable, at least once, in order per key. Effects are exactly once through the inbox. */
import type { Event } from './envelope.ts';
import type { Written } from './recent.ts';

export interface Reaction {
  /** The event type's name; `*` hears every type. A group has one reaction a type. */
  readonly type: string;
  react(event: Event): Promise<void>;
  /**
   * Handles a run of consecutive events of one key in one transaction, where that is faster: events of this type (of any, for `*`), and of the types
   * whose reactions have the same function here.
   * When it throws, the run is delivered again one by one through `react`, so that only the faulty event is held back.
   */
  readonly reactAll?: (events: readonly Event[]) => Promise<void>;
  /**
   * `reactAll` takes events of several keys as well, those of each key in order, and none of them twice. Where many keys have a few events
   * each, one transaction then does for all of them. When it throws, each key is handled by itself.
   */
  readonly acrossKeys?: boolean;
  /** Not every event of this type leaves a row in the inbox, so that nobody who presents a consistency token waits for it. */
  readonly unrecorded?: boolean;
  /** The same of those alone whose data say one of these. */
  readonly unrecordedWhere?: Saying;
}

/** Events that say one of these values in a field of their data. */
export interface Saying {
  readonly field: string;
  readonly values: readonly string[];
}

export interface DeadLetter {
  readonly group: string;
  readonly event: Event;
  readonly attempts: number;
  readonly error: string;
  readonly failedAt: Date;
  /** Later events of the same key that wait behind this one. */
  readonly waiting: number;
}

export interface WhichDead {
  /** This one alone. */
  readonly eventId?: string | undefined;
  /** Those that failed for the last time at this moment or later. */
  readonly from?: Date | undefined;
}

export interface Bus {
  /** Says that events were committed, and which, where that is known: a consumer in the same process need not read those. */
  wake(told?: readonly Written[]): void;
  /** All reactions of one consumer; `group` is the domain's name. Call before `start`. */
  subscribe(group: string, reactions: readonly Reaction[]): void;
  start(): Promise<void>;
  /** Resolves once everything committed before the call has been delivered (or is held back as failing). */
  settled(timeoutMs?: number): Promise<void>;
  dead(): Promise<readonly DeadLetter[]>;
  /** Tries dead letters again, in order; all of them unless some are named. Resolves to how many were set free. */
  replay(which?: WhichDead): Promise<number>;
  close(): Promise<void>;
}
