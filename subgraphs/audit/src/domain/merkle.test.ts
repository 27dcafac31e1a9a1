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

/** Of the reference implementation of Certificate Transparency, over the same eight leaves. */
const published = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('roots and a path are the published ones', async () => {
  expect(published.map((_, at) => merkleRoot(leaves.slice(0, at + 1)).toString('hex'))).toEqual(published);
  const path = await auditPath(5, 8, async (from, to) => merkleRoot(leaves.slice(from, to)));
  expect(path.map((hash) => hash.toString('hex'))).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', published[3],
  ]);
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
