/**
 * Ranks and percentiles. Leaderboards use MIN, the standard competition ranking: equals share the best rank and the next one
 * is as far down as there are better ones (1, 2, 2, 4). Values are floats; entries without a value are not ranked at all.
 */
export type TieMethod = 'MIN' | 'MAX' | 'DENSE' | 'AVERAGE' | 'ORDINAL';

/** HIGHEST_FIRST gives rank 1 to the highest value, LOWEST_FIRST to the lowest. */
export type RankOrder = 'HIGHEST_FIRST' | 'LOWEST_FIRST';

/** The rank of each value, from 1, in the order given; with ORDINAL equals are told apart by their place in the list. */
export function ranks(values: readonly number[], method: TieMethod = 'MIN', order: RankOrder = 'HIGHEST_FIRST'): number[] {
  const sign = order === 'HIGHEST_FIRST' ? -1 : 1;
  const sorted = values.map((value, index) => ({ value, index })).toSorted((a, b) => sign * (a.value - b.value) || a.index - b.index);
  const found = values.map(() => 0);
  let dense = 0;
  for (let first = 0; first < sorted.length; ) {
    let last = first;
    while (sorted[last + 1]?.value === sorted[first]?.value) last++;
    dense++;
    for (let at = first; at <= last; at++) found[sorted[at]?.index ?? 0] = rankOf(method, { first, last, at, dense });
    first = last + 1;
  }
  return found;
}

function rankOf(method: TieMethod, { first, last, at, dense }: { first: number; last: number; at: number; dense: number }): number {
  switch (method) {
    case 'MIN':
      return first + 1;
    case 'MAX':
      return last + 1;
    case 'DENSE':
      return dense;
    case 'AVERAGE':
      return (first + last) / 2 + 1;
    case 'ORDINAL':
      return at + 1;
  }
}

/** The part of the others that rank lower, 0 to 100, equals counting half; 100 for the only one. */
export function percentile(position: number, tied: number, of: number): number {
  return of <= 1 ? 100 : (100 * (of - position - (tied - 1) + (tied - 1) / 2)) / (of - 1);
}

export interface Ranked<K> {
  readonly key: K;
  readonly value: number;
  readonly position: number;
  /** How many are ranked. */
  readonly of: number;
  readonly percentile: number;
}

/** A leaderboard, best first; equals keep the order given. Entries whose value is null (or no number) are left out. */
export function leaderboard<K>(entries: readonly { readonly key: K; readonly value: number | null }[], order: RankOrder = 'HIGHEST_FIRST'): readonly Ranked<K>[] {
  const valued = entries.flatMap(({ key, value }) => (value === null || Number.isNaN(value) ? [] : [{ key, value }]));
  const positions = ranks(valued.map(({ value }) => value), 'MIN', order);
  const tied = new Map<number, number>();
  for (const position of positions) tied.set(position, (tied.get(position) ?? 0) + 1);
  return valued
    .map(({ key, value }, at) => {
      const position = positions[at] ?? 0;
      return { key, value, position, of: valued.length, percentile: percentile(position, tied.get(position) ?? 1, valued.length) };
    })
    .toSorted((a, b) => a.position - b.position);
}
