/** Merkle trees as Certificate Transparency builds them (RFC 6962, section 2.1): SHA-256, leaves prefixed by 00, nodes by 01. */
import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

export const leafHash = (leaf: Uint8Array): Buffer => sha256(LEAF, leaf);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

/** A complete subtree; `size` is a power of two. `hash` is hexadecimal. */
export interface Subtree {
  readonly size: number;
  readonly hash: string;
}

/** The root over leaves that arrive one after another, in memory that grows with the logarithm of their number. */
export interface GrowingTree {
  add(leaf: Uint8Array): void;
  root(): Buffer;
  /** What a later tree goes on from: the complete subtrees, the largest first. */
  subtrees(): readonly Subtree[];
}

export function growingTree(from: readonly Subtree[] = []): GrowingTree {
  const complete: { size: number; hash: Buffer }[] = from.map(({ size, hash }) => ({ size, hash: Buffer.from(hash, 'hex') }));
  return {
    add(leaf) {
      let tree = { size: 1, hash: leafHash(leaf) };
      for (let last = complete.at(-1); last?.size === tree.size; last = complete.at(-1)) {
        tree = { size: tree.size * 2, hash: nodeHash(last.hash, tree.hash) };
        complete.pop();
      }
      complete.push(tree);
    },
    root() {
      const last = complete.at(-1);
      return last === undefined ? sha256() : complete.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), last.hash);
    },
    subtrees: () => complete.map(({ size, hash }) => ({ size, hash: hash.toString('hex') })),
  };
}

/** Of no leaves: the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const tree = growingTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** The largest power of two below `size`. */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/**
 * The audit path of the leaf at `index` (from 0) in the tree of the first `size` leaves (RFC 6962, 2.1.1): the roots of the subtrees beside the way up,
 * the lowest first. `rootOf` gives the root of the leaves from `from` up to and without `to`.
 */
export async function auditPath(index: number, size: number, rootOf: (from: number, to: number) => Promise<Buffer>): Promise<Buffer[]> {
  const path: Buffer[] = [];
  for (let [from, to] = [0, size]; to - from > 1;) {
    const middle = from + split(to - from);
    if (index < middle) {
      path.unshift(await rootOf(middle, to));
      to = middle;
    } else {
      path.unshift(await rootOf(from, middle));
      from = middle;
    }
  }
  return path;
}

/** The root that the path leads to from the leaf (RFC 9162, 2.1.3.2); null for a path of the wrong length. */
export function rootOfPath(leaf: Uint8Array, { index, size, path }: { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] }): Buffer | null {
  if (!Number.isInteger(index) || index < 0 || index >= size) return null;
  let [at, last, hash] = [index, size - 1, leafHash(leaf)];
  for (const beside of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(beside, hash);
      // The way goes up past levels at which there is nothing beside it.
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, beside);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}
