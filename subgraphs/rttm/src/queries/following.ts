/**
 * Some values at once, then a live source as it comes. Not a generator: a generator that waits for its source cannot be
 * ended until the source speaks, and a subscriber may leave while nothing is said.
 */
export function following<Message, Value>(first: readonly Value[], source: AsyncIterableIterator<Message>, read: (message: Message) => Value): AsyncIterableIterator<Value> {
  const present = [...first];
  const end = async (): Promise<IteratorResult<Value>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      const value = present.shift();
      if (value !== undefined) return { done: false, value };
      const next = await source.next();
      return next.done === true ? { done: true, value: undefined } : { done: false, value: read(next.value) };
    },
    return: end,
    throw: async (error) => { await end(); throw error; },
    [Symbol.asyncIterator]() { return this; },
  };
}
