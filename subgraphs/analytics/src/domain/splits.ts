/** Splits and bonus issues: what a price from before them is worth in shares of after them. Closes are kept as they were recorded, unadjusted. */
import { Decimal } from '@pms/money';

export interface Split {
  readonly instrumentId: string;
  /** ISO day: the first on which prices are of new shares. */
  readonly exDate: string;
  /** So many shares for `oldShares`. */
  readonly intoShares: Decimal;
  readonly oldShares: Decimal;
}

/** What a price of `day` is multiplied by to count in shares of `until`; 1 where nothing was split in between. */
export type Adjustment = (instrumentId: string, day: string, until: string) => Decimal;

const ONE = new Decimal(1);

export function adjustmentBy(splits: readonly Split[]): Adjustment {
  const of = Map.groupBy(splits, ({ instrumentId }) => instrumentId);
  return (instrumentId, day, until) => (of.get(instrumentId) ?? [])
    .filter(({ exDate }) => exDate > day && exDate <= until)
    .reduce((factor, { intoShares, oldShares }) => factor.times(oldShares).div(intoShares), ONE);
}
