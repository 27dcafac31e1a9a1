/** Whether two values out of JSON are equal: the same keys with equal values, in any order. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  return Array.isArray(left) ? Array.isArray(right) && sameItems(left, right) : !Array.isArray(right) && sameEntries(left as Entries, right as Entries);
}

type Entries = Readonly<Record<string, unknown>>;

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (!same(left[index], right[index])) return false;
  return true;
}

function sameEntries(left: Entries, right: Entries): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) if (!Object.hasOwn(right, key) || !same(left[key], right[key])) return false;
  return true;
}
