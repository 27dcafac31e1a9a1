/** Chance with a known sequence: the same seed makes the same world, the same data and the same operations. */

/** A small generator (mulberry32), in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Dice {
  chance(probability: number): boolean;
  /** From 0 to below the bound. */
  below(bound: number): number;
  one<T>(list: readonly T[]): T;
  /** Each with this probability. */
  some<T>(list: readonly T[], probability: number): T[];
}

export function dice(seed: number): Dice {
  const random = randomFrom(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  return {
    chance: (probability) => random() < probability, below,
    one: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    some: (list, probability) => list.filter(() => random() < probability),
  };
}

/** A number of 32 bits from a text (FNV-1a, mixed). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
