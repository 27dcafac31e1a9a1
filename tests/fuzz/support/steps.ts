/**
 * Counts what a piece of work does: how often each block of JavaScript is entered. Says the same on every machine, however busy it is. Only code that is
 * first run after the counter was made is counted block by block. What is done inside of built-in functions is not counted.
 */
import { Session } from 'node:inspector/promises';

interface Coverage {
  readonly result: readonly { readonly url: string; readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[] }[];
}

export interface Counter {
  of(work: () => unknown): Promise<number>;
  close(): Promise<void>;
}

export async function stepCounter(): Promise<Counter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  /** Since it was taken before. */
  const taken = async (): Promise<number> => {
    const { result } = await session.post('Profiler.takePreciseCoverage') as Coverage;
    const functions = result.filter(({ url }) => !url.startsWith('node:') && url !== import.meta.url).flatMap(({ functions: of }) => of);
    return functions.reduce((total, { ranges }) => total + ranges.reduce((sum, { count }) => sum + count, 0), 0);
  };
  return {
    async of(work) {
      await taken();
      await work();
      return taken();
    },
    async close() {
      await session.post('Profiler.stopPreciseCoverage');
      await session.post('Profiler.disable');
      session.disconnect();
    },
  };
}
