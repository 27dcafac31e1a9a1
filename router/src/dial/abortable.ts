/** Stops waiting for what cannot be stopped. */
import { offAbort, onAbort } from './on-abort.ts';

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
      if (signal !== undefined) offAbort(signal, stop);
      settle();
    };
    if (signal?.aborted === true) stop();
    else if (signal !== undefined) onAbort(signal, stop);
    work.then((value) => end(() => resolve(value)), (error: unknown) => end(() => reject(error)));
  });
}
