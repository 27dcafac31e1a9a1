import { expect, test } from 'vitest';
import { sealing } from './sealing.ts';

const mine = sealing('a secret of at least thirty-two bytes');

test('what is sealed opens with the same key for the same purpose', () => {
  expect(mine.open(mine.seal('private', 'key 1'), 'key 1')).toBe('private');
});

test('sealed text that was moved, changed, or sealed with another key does not open', () => {
  const sealed = mine.seal('private', 'key 1');
  expect(() => mine.open(sealed, 'key 2')).toThrow();
  expect(() => mine.open(`${sealed.slice(0, -2)}AA`, 'key 1')).toThrow();
  expect(() => sealing('another secret of thirty-two bytes..').open(sealed, 'key 1')).toThrow();
});

test('a digest is the same for the same text and depends on the key', () => {
  expect(mine.digest('a')).toBe(mine.digest('a'));
  expect(sealing('another secret of thirty-two bytes..').digest('a')).not.toBe(mine.digest('a'));
});
