/** What a verification of the books finds wrong: what was checked, where, what had to be there, and what is. Amounts and days as text. */

export interface Finding {
  /** What must hold, in a few words. */
  readonly check: string;
  /** Null for rows that belong to no portfolio. */
  readonly portfolioId: string | null;
  /** The table in which the odd row is, or the first of those that disagree. */
  readonly table: string;
  /** Which row, by what it is known by. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What was gone through in one portfolio, and what was found there. */
export interface Verified {
  readonly organizationId: string;
  /** Null for the rows that belong to no portfolio. */
  readonly portfolioId: string | null;
  readonly facts: number;
  readonly entries: number;
  readonly trades: number;
  readonly findings: readonly Finding[];
}

/** The table that a difference between facts and projections is in, by the first word of what it is about. */
export function tableOf(what: string): string {
  const [first = ''] = what.split(' ', 1);
  return TABLES[first] ?? 'fact';
}

const TABLES: Readonly<Record<string, string>> = {
  trade: 'trade_booking', booked: 'trade_booking', lot: 'tax_lot', position: 'position', cash: 'cash_balance', journal: 'journal_line', closing: 'lot_closing', closings: 'lot_closing', custody: 'custody', currency: 'currency_exchange', corporate: 'entitlement', claim: 'settlement_claim', checkpoint: 'checkpoint',
};
