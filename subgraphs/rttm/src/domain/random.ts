/**
 * Chance that can be looked up: a standard normal number for any text, the same each time. So a simulated price needs no
 * generator to be kept: whoever asks for the same instrument, day and moment gets the same number. Not for secrets.
 */

/** 32 bits of a text (FNV-1a, mixed at the end as murmur3 does, so that similar texts lie far apart). */
function hash(key: string, seed: number): number {
  let bits = seed;
  for (let at = 0; at < key.length; at += 1) bits = Math.imul(bits ^ key.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const TWO_TO_32 = 4_294_967_296;

/** Strictly between 0 and 1. */
const uniform = (key: string, seed: number): number => (hash(key, seed) + 0.5) / TWO_TO_32;

/** Standard normal (Box and Muller, 1958). */
export const normal = (key: string): number =>
  Math.sqrt(-2 * Math.log(uniform(key, 0x811c9dc5))) * Math.cos(2 * Math.PI * uniform(key, 0x9747b28c));

/** A standard normal that has correlation `shared` squared with any other one of the same `common` key and share. */
export const correlated = (own: string, common: string, shared: number): number =>
  shared * normal(common) + Math.sqrt(1 - shared * shared) * normal(own);
