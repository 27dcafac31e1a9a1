/** A row of an import once it is read, whatever the file was laid out like. Decimals are text, days ISO 8601; amounts are in `currency`. */
import type { FeeKind } from './trade.ts';

export const importKinds = ['BUY', 'SELL', 'DEPOSIT', 'WITHDRAWAL', 'DIVIDEND', 'INTEREST', 'FEE', 'TAX'] as const;
export type ImportKind = (typeof importKinds)[number];

/** What identifies an instrument in a file: the first that is known decides. */
export interface InstrumentName {
  readonly id: string | null;
  readonly isin: string | null;
  readonly symbol: string | null;
  /** Of the exchange, where the symbol is listed on several. */
  readonly mic: string | null;
}

export interface ImportFee {
  readonly kind: FeeKind;
  readonly amount: string;
  readonly currency: string;
}

export interface ImportRow {
  /** The line of the file that it begins at. */
  readonly row: number;
  readonly kind: ImportKind;
  readonly date: string;
  /** The file's own name for it, or one made of its content and its number among rows of the same content. */
  readonly externalId: string;
  /** Of trades, dividends and what else concerns one. */
  readonly instrument: InstrumentName | null;
  /** Of trades: more than zero, whichever the side. */
  readonly quantity: string | null;
  readonly price: string | null;
  readonly currency: string;
  /** Of trades. */
  readonly fees: readonly ImportFee[];
  /** Of all that is no trade: more than zero; interest paid is below. */
  readonly amount: string | null;
  /** Tax withheld from a dividend, which is part of its amount. */
  readonly withheld: string | null;
  readonly note: string | null;
  /** What the file calls the fields, where it has its own words. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

/** Why a row cannot be booked, or what is worth a look. */
export interface RowProblem {
  /** 0 is the file as a whole. */
  readonly row: number;
  readonly column: string;
  readonly reason: string;
}

export const isTrade = ({ kind }: Pick<ImportRow, 'kind'>): boolean => kind === 'BUY' || kind === 'SELL';

export const columnOf = ({ columns }: Pick<ImportRow, 'columns'>, field: string): string => columns?.[field] ?? field;
