/** Stops waiting for what cannot be stopped. */
export interface Patience {
  readonly ms: number;
  readonly late: () => Error;
}

/** Rejects with the signal's reason, or with what `late` makes when the time has passed; the work goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined, patience?: Patience): Promise<T> {
  if (signal === undefined && patience === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => end(() => reject(signal?.reason as Error));
    const timer = patience === undefined ? undefined : setTimeout(() => end(() => reject(patience.late())), patience.ms);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      settle();
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    work.then((value) => end(() => resolve(value)), (error: unknown) => end(() => reject(error)));
  });
}
