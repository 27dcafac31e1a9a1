/**
 * Random numbers that a seed reproduces, on any machine: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32.
 * Good enough for simulation, useless for secrets. Each generator is independent and holds its own state.
 */
export interface Random {
  /** Uniform on [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** Uniform on 0 … below − 1. */
  readonly index: (below: number) => number;
}

const TWO_32 = 4_294_967_296;

function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

const rotl = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** `seed` is any integer; `stream` gives as many independent generators of one seed as are wanted. */
export function randomFrom(seed: number, stream = 0): Random {
  const seeds = splitmix32((seed ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0);
  let [a, b, c, d] = [seeds(), seeds() ^ (Math.floor(seed / TWO_32) | 0), seeds(), seeds() | 1];
  const word = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotl(d, 11);
    return result;
  };
  const uniform = (): number => ((word() >>> 5) * 67_108_864 + (word() >>> 6)) / 9_007_199_254_740_992;
  let spare: number | null = null;
  /** Marsaglia's polar method makes two at a time. */
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const size = x * x + y * y;
      if (size >= 1 || size === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(size)) / size);
      spare = y * scale;
      return x * scale;
    }
  };
  return { uniform, normal, index: (below) => Math.floor(uniform() * below) };
}
