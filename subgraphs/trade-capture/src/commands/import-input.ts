/** What `importTrades` is given, as rows: a CSV in a named layout or by a mapping, an OFX statement, or rows that the caller has read. */
import { invalid } from '@pms/errors';
import { decimal, text } from '@pms/money';
import type { TradeCaptureContext } from '../context.ts';
import type { ImportKind, ImportRow } from '../domain/import-row.ts';
import type { FeeKind } from '../domain/trade.ts';
import { latestDay } from '../domain/terms.ts';
import { type ImportFile, type Layout, layoutNamed, layoutOf, MappingError, readText } from '../layouts/read.ts';

export interface ImportRowInput {
  readonly row: number;
  readonly kind: ImportKind;
  readonly externalId: string;
  readonly date: string;
  readonly instrumentId?: string | null | undefined;
  readonly isin?: string | null | undefined;
  readonly symbol?: string | null | undefined;
  readonly mic?: string | null | undefined;
  readonly quantity?: string | null | undefined;
  readonly price?: string | null | undefined;
  readonly currency: string;
  readonly fees?: readonly { readonly kind: FeeKind; readonly amount: { readonly amount: string; readonly currency: string } }[] | null | undefined;
  readonly amount?: string | null | undefined;
  readonly withheld?: string | null | undefined;
  readonly note?: string | null | undefined;
}

export interface ImportInput {
  readonly portfolioId: string;
  readonly csv?: string | null | undefined;
  readonly layout?: string | null | undefined;
  readonly mapping?: string | null | undefined;
  readonly ofx?: string | null | undefined;
  readonly rows?: readonly ImportRowInput[] | null | undefined;
}

const ROWS_MAX = 10_000;
const CHARACTERS_MAX = 4_000_000;

export function importFile(ctx: TradeCaptureContext, input: ImportInput): ImportFile {
  const given = ([input.csv, input.ofx, input.rows] as const).filter((one) => one != null).length;
  if (given !== 1) throw invalid('give one of `csv`, `ofx` and `rows`', 'csv');
  if (input.rows != null) return { layout: 'rows', rows: rowsOf(input.rows), problems: [], warnings: [], leftOut: [], repeated: 0 };
  const [field, content] = input.csv == null ? ['ofx', input.ofx ?? ''] as const : ['csv', input.csv] as const;
  if (content.length > CHARACTERS_MAX) throw invalid(`at most ${CHARACTERS_MAX} characters at a time`, field);
  return readText(content, layoutFor(input), { portfolioId: input.portfolioId, today: latestDay(ctx.now()), recordsMax: ROWS_MAX + 100 });
}

function layoutFor({ ofx, layout, mapping }: ImportInput): Layout {
  if (ofx != null) return { kind: 'OFX' };
  if ((layout == null) === (mapping == null)) throw invalid('name the `layout` of the csv, or give a `mapping`', 'layout');
  try {
    return mapping == null ? layoutNamed(layout ?? '') : layoutOf(mapping);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw invalid(error.message, mapping == null ? 'layout' : 'mapping');
  }
}

function rowsOf(rows: readonly ImportRowInput[]): ImportRow[] {
  if (rows.length === 0 || rows.length > ROWS_MAX) throw invalid(`a call imports 1 to ${ROWS_MAX} rows`, 'rows');
  return rows.map((row, index): ImportRow => {
    const instrument = { id: row.instrumentId ?? null, isin: row.isin ?? null, symbol: row.symbol ?? null, mic: row.mic ?? null };
    checkShape(row, String(index));
    return {
      row: row.row, kind: row.kind, externalId: row.externalId, date: row.date, currency: row.currency, note: row.note ?? null,
      instrument: Object.values(instrument).every((one) => one === null) ? null : instrument,
      quantity: row.quantity ?? null, price: row.price ?? null, amount: row.amount ?? null, withheld: row.withheld ?? null,
      fees: (row.fees ?? []).map(({ kind, amount }) => ({ kind, amount: text(decimal(amount.amount)), currency: amount.currency })),
    };
  });
}

function checkShape({ kind, quantity, price, amount }: ImportRowInput, index: string): void {
  const trade = kind === 'BUY' || kind === 'SELL';
  if (trade && quantity == null) throw invalid('a trade has a quantity', 'rows', index, 'quantity');
  if (trade && price == null) throw invalid('a trade has a price', 'rows', index, 'price');
  if (!trade && amount == null) throw invalid('what is no trade has an amount', 'rows', index, 'amount');
}
