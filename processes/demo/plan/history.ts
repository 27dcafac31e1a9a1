/** Closes of the demo's instruments as the plan reads them: by day, by month, and over a few days before. Prices in US dollars, as text exactly as recorded. */
import { Decimal } from '@pms/money';

export interface Close {
  readonly date: string;
  /** Decimal text. */
  readonly close: string;
}

/** By symbol; each oldest first. */
export type Histories = ReadonlyMap<string, readonly Close[]>;

export interface Prices {
  /** Every month in which a symbol has a close, with its last close: by month, such as "2004-08". */
  readonly monthEnds: ReadonlyMap<string, Close>;
  readonly days: readonly Close[];
}

export function pricesOf(histories: Histories, symbol: string): Prices {
  const days = histories.get(symbol) ?? [];
  return { days, monthEnds: new Map(days.map((close) => [close.date.slice(0, 7), close])) };
}

/** Months from one to another, both included, in steps: "2001-02", "2001-04", … */
export function months(from: string, to: string, step: number): string[] {
  const found: string[] = [];
  for (let at = number(from); at <= number(to); at += step) found.push(`${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`);
  return found;
}

const number = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;

export const monthsBefore = (month: string, count: number): string => {
  const at = number(month) - count;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
};

/** The change from one close to another: 0.1 is ten per cent up. */
export const growth = (from: Close, to: Close): Decimal => new Decimal(to.close).div(from.close).minus(1);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
