/**
 * A custodian's statement, whatever it was written in: what an account held at the end of one day.
 * Quantities are exact and signed (negative for short); cash is in units of its currency. Refuses nothing: formats do.
 */
import type { Decimal } from '@pms/money';
import type { Day } from '../days.ts';

/**
 * Which trades a statement counts: those traded by its day, those that should have settled by it (the custodian credits on the
 * contractual date), or those that have settled.
 */
export type Basis = 'TRADED' | 'CONTRACTUAL' | 'SETTLED';

export type StatementFormat = 'CSV' | 'MT535' | 'SEMT002';

export interface StatedHolding {
  readonly isin: string | null;
  readonly symbol: string | null;
  /** A name of the custodian's or of a national scheme, such as a CUSIP or a SEDOL. */
  readonly identifier: string | null;
  readonly description: string | null;
  readonly quantity: Decimal;
  /** Of the quantity, where the statement says so. */
  readonly available: Decimal | null;
  readonly notAvailable: Decimal | null;
  readonly price: StatedPrice | null;
}

export interface StatedPrice {
  readonly amount: Decimal;
  /** Null for a percentage of the nominal. */
  readonly currency: string | null;
}

export interface StatedCash {
  readonly currency: string;
  readonly amount: Decimal;
}

export interface Statement {
  readonly account: string;
  readonly statedOn: Day;
  readonly basis: Basis;
  /** The custodian's own name for it. */
  readonly reference: string | null;
  readonly holdings: readonly StatedHolding[];
  /** Null where the statement says nothing of cash; where it does, a currency that it leaves out stands at zero. */
  readonly cash: readonly StatedCash[] | null;
}

/** What is wrong with a statement's text, and where: for a person to mend it. */
export interface Problem {
  /** From 1; null where it is about the whole. */
  readonly line: number | null;
  /** A column, a tag such as ":93B::AGGR", or a path of elements. */
  readonly field: string | null;
  readonly message: string;
}

export const problemText = ({ line, field, message }: Problem): string =>
  [...(line === null ? [] : [`line ${line}`]), ...(field === null ? [] : [field])].join(', ') + (line === null && field === null ? message : `: ${message}`);
