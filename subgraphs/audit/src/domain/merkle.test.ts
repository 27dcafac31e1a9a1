import { expect, test } from 'vitest';
import { leafHash, merkleRoot, nodeHash } from './merkle.ts';

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
