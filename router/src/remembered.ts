/** What is made of a text is kept for the next time, bounded: when there are too many, all are forgotten, which costs making the few in use again. */
export function remembered<T>(most: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      if (known.size >= most) known.clear();
      known.set(text, found = make(text));
    }
    return found;
  };
}
