/** Waiting for a condition, with a bound that has a name in its failure. */
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 100;

/** Resolves to what `look` gives once that is neither null nor false; errors of `look` count as "not yet", and the last one is told. */
export async function until<T>(what: string, withinMs: number, look: () => Promise<T | null | false>): Promise<T> {
  const end = performance.now() + withinMs;
  for (let problem = 'it is not so'; ; ) {
    try {
      const found = await look();
      if (found !== null && found !== false) return found;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > end) throw new Error(`after ${String(Math.round(withinMs / 1_000))} s: ${what}: ${problem}`);
    await delay(LOOK_MS);
  }
}
