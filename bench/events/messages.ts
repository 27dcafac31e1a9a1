/** What the benchmark of events tells its processes, and what they answer; each a message over the channel between them. */

export interface Write {
  readonly do: 'write';
  readonly events: number;
  /** Events in one transaction, or one message set. */
  readonly batch: number;
}

export interface Pace {
  readonly do: 'pace';
  readonly events: number;
  readonly perSecond: number;
}

export interface Await {
  readonly do: 'await';
  readonly events: number;
}

export type Asked = Write | Pace | Await;

export interface Arrived {
  readonly at: number;
  /** Milliseconds from writing to handling, of each event; only of those that were paced. */
  readonly delaysMs: readonly number[];
}

/** Of both processes, so that they can be compared: milliseconds since the epoch, with fractions. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
