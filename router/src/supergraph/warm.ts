/** Plans what the engine in use is asked most, before another takes its place. What is no longer valid there is left out; it takes a bounded time. */
import type { Engine } from '../engine.ts';

export interface WarmOptions {
  readonly operationsMax: number;
  readonly msMax: number;
}

const AT_ONCE = 4;

/** Resolves to how many are ready. */
export async function warm(next: Engine, current: Engine, { operationsMax, msMax }: WarmOptions): Promise<number> {
  const wanted = current.popular(operationsMax).values();
  const until = performance.now() + msMax;
  let ready = 0;
  const work = async (): Promise<void> => {
    for (const { source, operationName, principal, incremental, switches } of wanted) {
      if (performance.now() > until) return;
      try {
        await next.variant(next.prepare(source, operationName), principal, incremental, switches);
        ready += 1;
      } catch {
        // not valid on the new supergraph, or not to be planned: whoever asks is told
      }
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => void (timer = setTimeout(resolve, msMax)));
  await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, work)), late]);
  clearTimeout(timer);
  return ready;
}
