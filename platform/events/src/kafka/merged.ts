/** Work that comes in small parts, done for many parts at a time: what arrives while it is under way waits, and goes together. */

export interface Merging<Part> {
  /** How often the work is under way at the same time, at most. */
  readonly atOnce: number;
  readonly sizeOf: (part: Part) => number;
  /** Of the parts that go together, unless one alone is larger. */
  readonly sizeMax: number;
}

interface Waiting<Part> {
  readonly part: Part;
  resolve(): void;
  reject(error: unknown): void;
}

/** The parts of one call, in the order in which they came, succeed or fail together. */
export function merged<Part>(work: (parts: readonly Part[]) => Promise<void>, { atOnce, sizeOf, sizeMax }: Merging<Part>): (part: Part) => Promise<void> {
  const waiting: Waiting<Part>[] = [];
  let running = 0;

  const taken = (): Waiting<Part>[] => {
    let size = 0;
    const end = waiting.findIndex(({ part }, at) => (size += sizeOf(part)) > sizeMax && at > 0);
    return waiting.splice(0, end === -1 ? waiting.length : end);
  };
  const next = async (): Promise<void> => {
    if (running === atOnce || waiting.length === 0) return;
    running += 1;
    const together = taken();
    try {
      await work(together.map(({ part }) => part));
      for (const { resolve } of together) resolve();
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      running -= 1;
      void next();
    }
  };
  return (part) => new Promise((resolve, reject) => {
    waiting.push({ part, resolve, reject });
    // behind what arrives in the same turn: the partitions of one fetch do
    setImmediate(() => void next());
  });
}
