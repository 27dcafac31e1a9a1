/**
 * So many requests to one subgraph at once, and so many that wait for their turn. Not cockatiel's: there a client that
 * went away keeps its place in the queue until its turn comes, and costs those who are still there theirs.
 */
export interface Bulkhead {
  /** Throws what `refused` makes when the queue is full, and the signal's reason when it aborts before the turn has come. */
  run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

export interface BulkheadOptions {
  readonly concurrentMax: number;
  readonly queueMax: number;
  readonly refused: () => Error;
}

export function bulkhead({ concurrentMax, queueMax, refused }: BulkheadOptions): Bulkhead {
  const queue = new Set<() => void>();
  let running = 0;

  const turn = (signal: AbortSignal | undefined): Promise<void> => new Promise((resolve, reject) => {
    const begin = (): void => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      queue.delete(begin);
      reject(signal?.reason as Error);
    };
    queue.add(begin);
    signal?.addEventListener('abort', leave, { once: true });
  });
  /** The place goes to the next in the queue, or is free. */
  const done = (): void => {
    const [next] = queue;
    if (next === undefined) running -= 1;
    else {
      queue.delete(next);
      next();
    }
  };
  return {
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
    async run(signal, work) {
      if (running < concurrentMax) running += 1;
      else if (queue.size < queueMax) await turn(signal);
      else throw refused();
      try {
        return await work();
      } finally {
        done();
      }
    },
  };
}
