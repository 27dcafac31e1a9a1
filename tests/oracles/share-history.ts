/**
 * A share's unadjusted closes and its real splits and dividends, read from the data folder beside the project. A dividend is the last close before
 * its ex date times (1 − price factor / next price factor); a split is how much the split factor grows, a whole number of shares.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const dataFolder = join(import.meta.dirname, '../../../shared/data');

export interface ShareAction {
  readonly exDate: string;
  /** Decimal text; null for a split. */
  readonly cashPerShare: string | null;
  /** New shares for one old; null for a dividend. */
  readonly newShares: string | null;
}

export interface ShareHistory {
  /** Trading days, rising. */
  readonly days: readonly string[];
  /** Decimal text by day. */
  readonly closes: ReadonlyMap<string, string>;
  readonly actions: readonly ShareAction[];
}

const DIGITS = 12;

export function shareHistory(symbol: string): ShareHistory {
  const rowsOf = (file: string): string[][] => readFileSync(join(dataFolder, file), 'utf8').trim().split('\n').map((row) => row.trim().split(',')).filter(([of]) => of === symbol);
  const closes = new Map(rowsOf('lean-us-equities-daily-raw-ohlcv.csv').map(([, day = '', , , , close = '']) => [day, close]));
  const days = [...closes.keys()].toSorted();
  const factors = rowsOf('lean-us-equities-split-dividend-factors.csv').map(([, last = '', price, split, close]) => ({ last, price: Number(price), split: Number(split), close: Number(close) }));
  const actions = factors.slice(1).flatMap((next, at): ShareAction[] => {
    const before = factors[at] as typeof next;
    const exDate = days.find((day) => day > before.last);
    if (exDate === undefined) return [];
    const dividend = before.close * (1 - before.price / next.price);
    return [
      ...(before.price === next.price ? [] : [{ exDate, cashPerShare: dividend.toFixed(DIGITS), newShares: null }]),
      ...(before.split === next.split ? [] : [{ exDate, cashPerShare: null, newShares: String(Math.round(next.split / before.split)) }]),
    ];
  });
  return { days, closes, actions };
}
