/** Work that is done side by side in one transaction, and the statements of it that are asked at once made into one. */

interface Asked<In, Out> {
  readonly input: In;
  resolve(output: Out): void;
  reject(error: unknown): void;
}

/** Calls that are made before any of them waits for something else become one call of `many`, which answers each in its place. */
export function gathered<In, Out>(many: (inputs: readonly In[]) => Promise<readonly Out[]>): (input: In) => Promise<Out> {
  let waiting: Asked<In, Out>[] | null = null;
  const answer = async (asked: readonly Asked<In, Out>[]): Promise<void> => {
    try {
      const outputs = await many(asked.map(({ input }) => input));
      asked.forEach(({ resolve }, at) => resolve(outputs[at] as Out)); // `many` answers each: its type says so, but not how many
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  return (input) => new Promise((resolve, reject) => {
    if (waiting !== null) {
      waiting.push({ input, resolve, reject });
      return;
    }
    const own: Asked<In, Out>[] = [{ input, resolve, reject }];
    waiting = own;
    // behind everything that the present turn has made ready: those who go in step arrive by then
    void Promise.resolve().then(() => process.nextTick(() => {
      waiting = null;
      void answer(own);
    }));
  });
}

/** All at once; ends when each has ended, so that nobody goes on in a transaction that is over. Throws what failed first. */
export async function inStep<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const failures: unknown[] = [];
  const outcomes = await Promise.all(work.map((each) => each.then((value) => ({ value }), (error: unknown) => { failures.push(error); return null; })));
  if (failures.length > 0) throw failures[0];
  return outcomes.flatMap((outcome) => (outcome === null ? [] : [outcome.value]));
}
