/** How much an operation is asked for, what was long ago counting less: so that a new supergraph can plan first what will be asked first. */
const HALF_LIFE_MS = 600_000;

export interface Popularity {
  uses: number;
  /** The half-life that `uses` was last brought up to. */
  epoch: number;
}

const epochNow = (): number => Math.floor(Date.now() / HALF_LIFE_MS);

export const newPopularity = (): Popularity => ({ uses: 0, epoch: epochNow() });

export function countUse(popularity: Popularity): void {
  const now = epochNow();
  if (popularity.epoch !== now) age(popularity, now);
  popularity.uses += 1;
}

function age(popularity: Popularity, now: number): void {
  popularity.uses *= 0.5 ** (now - popularity.epoch);
  popularity.epoch = now;
}

/** The most used first. */
export function mostUsed<T extends { readonly popularity: Popularity }>(all: Iterable<T>, max: number): T[] {
  const now = epochNow();
  const entries = [...all];
  for (const { popularity } of entries) age(popularity, now);
  return entries.toSorted((left, right) => right.popularity.uses - left.popularity.uses).slice(0, max);
}
