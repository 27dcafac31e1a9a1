/** Merkle trees as Certificate Transparency builds them (RFC 6962, section 2.1): SHA-256, leaves prefixed by 00, nodes by 01. */
import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

export const leafHash = (leaf: Uint8Array): Buffer => sha256(LEAF, leaf);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

/** The root over leaves that arrive one after another, in memory that grows with the logarithm of their number. */
export interface GrowingTree {
  add(leaf: Uint8Array): void;
  root(): Buffer;
}

export function growingTree(): GrowingTree {
  /** Complete subtrees, the largest first; `size` is a power of two. */
  const complete: { size: number; hash: Buffer }[] = [];
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
  };
}

/** Of no leaves: the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const tree = growingTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}
