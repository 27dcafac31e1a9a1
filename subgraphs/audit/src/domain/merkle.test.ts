import { expect, test } from 'vitest';
import { auditPath, growingTree, leafHash, merkleRoot, nodeHash, rootOfPath } from './merkle.ts';

const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex'));

/** The definition, as the RFC writes it. */
function defined(d: readonly Uint8Array[]): Buffer {
  if (d.length === 1) return leafHash(d[0] as Uint8Array);
  let k = 1;
  while (k * 2 < d.length) k *= 2;
  return nodeHash(defined(d.slice(0, k)), defined(d.slice(k)));
}

test('the root of no leaves is the hash of nothing', () => {
  expect(merkleRoot([]).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('the root of %d leaves is the one that the definition gives', (size) => {
  expect(merkleRoot(leaves.slice(0, size))).toEqual(defined(leaves.slice(0, size)));
});

test('a leaf that looks like a node has another hash than the node', () => {
  const [a, b] = [leafHash(leaves[0] as Uint8Array), leafHash(leaves[1] as Uint8Array)];
  expect(leafHash(Buffer.concat([a, b]))).not.toEqual(nodeHash(a, b));
});

const many = Array.from({ length: 70 }, (_, n) => Buffer.from([n, 7]));
const rootOf = async (from: number, to: number): Promise<Buffer> => merkleRoot(many.slice(from, to));

test('the path of every leaf of every tree leads to its root, and to no other when anything is changed', async () => {
  for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 70])
    for (let index = 0; index < size; index += 1) {
      const path = await auditPath(index, size, rootOf);
      const leaf = many[index] as Buffer;
      expect(rootOfPath(leaf, { index, size, path })).toEqual(merkleRoot(many.slice(0, size)));
      expect(rootOfPath(Buffer.from('another'), { index, size, path })).not.toEqual(merkleRoot(many.slice(0, size)));
      if (path.length > 0) expect(rootOfPath(leaf, { index, size, path: path.slice(1) })).toBeNull();
      expect(rootOfPath(leaf, { index, size, path: [...path, leafHash(leaf)] })).toBeNull();
    }
});

test('a path is as long as RFC 6962 shows it for the tree of seven leaves', async () => {
  const lengths = await Promise.all([0, 3, 4, 6].map(async (index) => (await auditPath(index, 7, rootOf)).length));
  expect(lengths).toEqual([3, 3, 3, 2]);
});

test('a tree goes on from the subtrees of an earlier one', () => {
  const first = growingTree();
  for (const leaf of many.slice(0, 37)) first.add(leaf);
  const second = growingTree(first.subtrees());
  for (const leaf of many.slice(37)) second.add(leaf);
  expect(second.root()).toEqual(merkleRoot(many));
});
