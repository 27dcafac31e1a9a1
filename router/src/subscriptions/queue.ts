/** Between a source that does not wait and a client that may be slow: bounded, and where events have keys only the latest of each is kept. */
export interface EventQueue<T> {
  /** False when there is no room: the queue has then ended. */
  push(value: T): boolean;
  next(): Promise<IteratorResult<T, void>>;
  empty(): boolean;
  /** What is waiting is still delivered; then the end, or the failure. */
  end(failure?: unknown): void;
}

export interface QueueOptions<T> {
  readonly lengthMax: number;
  /** Events of equal keys replace each other while they wait; `null` for one that must not be lost. */
  readonly keyOf: (value: T) => string | null;
  readonly replaced: () => void;
  readonly overflow: () => unknown;
}

export function eventQueue<T>({ lengthMax, keyOf, replaced, overflow }: QueueOptions<T>): EventQueue<T> {
  const waiting: { key: string | null; value: T }[] = [];
  let taker: { resolve(result: IteratorResult<T, void>): void; reject(failure: unknown): void } | null = null;
  let ended: { readonly failure: unknown } | null = null;

  const end = (failure?: unknown): void => {
    if (ended !== null) return;
    ended = { failure };
    if (taker !== null && waiting.length === 0) finish(taker, failure);
  };

  return {
    end, empty: () => waiting.length === 0,
    push(value) {
      if (ended !== null) return false;
      if (taker !== null) {
        const { resolve } = taker;
        taker = null;
        resolve({ done: false, value });
        return true;
      }
      const key = keyOf(value);
      const same = key === null ? undefined : waiting.find((event) => event.key === key);
      if (same !== undefined) {
        same.value = value;
        replaced();
        return true;
      }
      if (waiting.length >= lengthMax) {
        waiting.length = 0; // what is left would only be late
        end(overflow());
        return false;
      }
      waiting.push({ key, value });
      return true;
    },
    next: () => new Promise((resolve, reject) => {
      const event = waiting.shift();
      if (event !== undefined) resolve({ done: false, value: event.value });
      else if (ended !== null) finish({ resolve, reject }, ended.failure);
      else taker = { resolve, reject };
    }),
  };
}

function finish<T>({ resolve, reject }: { resolve(result: IteratorResult<T, void>): void; reject(failure: unknown): void }, failure: unknown): void {
  if (failure === undefined) resolve({ done: true, value: undefined });
  else reject(failure);
}
