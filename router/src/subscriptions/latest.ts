/** The latest event of each key, for those who come late; bounded, and honest about whether it is all that they have to know. */
export interface Latest<T> {
  note(event: T): void;
  all(): Iterable<T>;
  /** False once an event had no key or there were too many of them. */
  complete(): boolean;
}

export function latestOf<T extends { readonly key: string | null }>(keysMax: number): Latest<T> {
  const latest = new Map<string, T>();
  let complete = true;
  return {
    note(event) {
      if (!complete) return;
      if (event.key !== null && (latest.size < keysMax || latest.has(event.key))) {
        latest.set(event.key, event);
        return;
      }
      complete = false;
      latest.clear();
    },
    all: () => latest.values(),
    complete: () => complete,
  };
}
