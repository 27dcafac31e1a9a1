/**
 * Ephemeral messages (ticks, PnL, "this trade changed"): the latest matters, nothing is kept, nothing is promised
 * to one who was not listening. Facts that must not be lost go through the outbox.
 */
export interface Live {
  /** `topic` is a path such as `quotes/ins_…`; `message` is JSON of at most 7 kB. */
  publish(topic: string, message: unknown): void;
  subscribe(topic: string, listener: (message: unknown) => void): () => void;
  close(): Promise<void>;
}

/** Within one process: a listener is called before `publish` returns. */
export function localLive(): Live {
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  return {
    publish(topic, message) {
      for (const listener of listeners.get(topic) ?? []) listener(message);
    },
    subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set();
      listeners.set(topic, of);
      of.add(listener);
      return () => {
        of.delete(listener);
        if (of.size === 0 && listeners.get(topic) === of) listeners.delete(topic);
      };
    },
    close: async () => listeners.clear(),
  };
}

export interface ListenOptions<T> {
  /** With `latest`, only the newest unread message of each `keyOf` is kept; with `all`, up to `queueMax`, then the iteration ends with an error. */
  readonly keep: 'latest' | 'all';
  readonly keyOf?: (message: T) => string;
  readonly queueMax?: number;
}

const QUEUE_MAX = 1_000;

/** The messages of several topics as an async iterable; ends its subscriptions when the iteration ends. */
export function listen<T>(live: Live, topics: readonly string[], { keep, keyOf = () => '', queueMax = QUEUE_MAX }: ListenOptions<T>): AsyncIterableIterator<T> {
  const queue = new Map<string | number, T>();
  let number = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const receive = (message: unknown): void => {
    const key = keep === 'latest' ? keyOf(message as T) : (number += 1);
    queue.delete(key);
    queue.set(key, message as T);
    if (queue.size > queueMax) failure = new Error(`the subscriber is more than ${queueMax} messages behind`);
    wake?.();
  };
  const stops = topics.map((topic) => live.subscribe(topic, receive));
  const end = (): void => {
    ended = true;
    for (const stop of stops) stop();
    wake?.();
  };
  return {
    async next() {
      for (;;) {
        if (failure !== undefined && !ended) { end(); throw failure; }
        if (ended) return { done: true, value: undefined };
        const first = queue.entries().next();
        if (first.done !== true) {
          queue.delete(first.value[0]);
          return { done: false, value: first.value[1] };
        }
        await new Promise<void>((resolve) => { wake = resolve; });
        wake = undefined;
      }
    },
    return: async () => { end(); return { done: true, value: undefined }; },
    throw: async (error) => { end(); throw error; },
    [Symbol.asyncIterator]() { return this; },
  };
}

/**
 * A source that is written as a generator over messages: `own` takes note of what it listens to now, and ends it when the
 * subscriber leaves. A generator by itself would not notice before the next message.
 */
export function source<T>(run: (own: <M>(messages: AsyncIterableIterator<M>) => AsyncIterableIterator<M>) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  let heard: AsyncIterableIterator<unknown> | undefined;
  const values = run((messages) => {
    heard = messages;
    return messages;
  });
  return {
    next: () => values.next(),
    async return() {
      await heard?.return?.();
      return values.return(undefined);
    },
    throw: (error) => values.throw(error),
    [Symbol.asyncIterator]() { return this; },
  };
}
