/** Checks rows of an import against what is known: instruments, currencies, earlier captures. Nothing is written. */
import { decimal, minorUnits, text } from '@pms/money';
import { asQuoted } from '@pms/money/quote-unit';
import type { TradeCaptureContext } from '../context.ts';
import type { RowResult } from '../domain/capture.ts';
import type { PlannedRow } from '../domain/import-plan.ts';
import { columnOf, type ImportRow, isTrade, type RowProblem } from '../domain/import-row.ts';
import { indexInstruments, type NamedInstrument, pickInstrument } from '../domain/named-instrument.ts';
import { type CaptureInput, sifted } from './capture.ts';

export interface CheckedRows {
  /** In the order of the rows; refused rows are left out. */
  readonly planned: readonly PlannedRow[];
  /** Captures of the rows whose outcome is BOOK, in their order. */
  readonly captures: readonly CaptureInput[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

interface Named {
  readonly row: ImportRow;
  readonly instrument: NamedInstrument | null;
}

export async function checkRows(ctx: TradeCaptureContext, rows: readonly ImportRow[], portfolioId: string, reason: string | null): Promise<CheckedRows> {
  const problems: RowProblem[] = [];
  const named = (await withInstruments(ctx, rows, problems)).filter((one) => isTrade(one.row) || goodCash(one.row, problems));
  const trades = named.filter(({ row }) => isTrade(row));
  const inputs = trades.map((one) => captureOf(one, portfolioId, reason));
  const { good, results } = await sifted(ctx, inputs);
  const fresh = new Map(good.map(({ index }) => [trades[index]?.row, inputs[index]]));
  const earlier = new Map<ImportRow | undefined, string>();
  const bare = await capturedWithoutForeignFees(ctx, trades, inputs, results);
  for (const [index, result] of [...results, ...bare]) {
    const trade = trades[index];
    if (trade === undefined) continue;
    if (result.outcome === 'REFUSED') problems.push({ row: trade.row.row, column: columnOf(trade.row, fieldOf(result.refusal.path)), reason: result.refusal.message });
    else earlier.set(trade.row, result.tradeId);
  }
  const planned = named.flatMap(({ row, instrument }): PlannedRow[] => {
    if (!isTrade(row)) return [{ row, instrument, outcome: 'CASH', tradeId: null }];
    if (fresh.has(row)) return [{ row, instrument, outcome: 'BOOK', tradeId: null }];
    const tradeId = earlier.get(row);
    return tradeId === undefined ? [] : [{ row, instrument, outcome: 'DUPLICATE', tradeId }];
  });
  const { gone, warnings } = await notInTheBooks(ctx, planned, problems);
  const apart = [...bare.keys()].flatMap((index) => apartWarning(trades[index]));
  return { planned: planned.filter((one) => !gone.has(one)), captures: [...fresh.values()].flatMap((input) => input ?? []), problems, warnings: [...warnings, ...apart] };
}

/** Rows that are refused for their fees in other currencies alone: a layout that books such fees apart captured the same trades without them. */
async function capturedWithoutForeignFees(ctx: TradeCaptureContext, trades: readonly Named[], inputs: readonly CaptureInput[], results: Map<number, RowResult>): Promise<Map<number, RowResult>> {
  const doubtful = [...results].flatMap(([index, result]) => (result.outcome === 'REFUSED' && result.refusal.code === 'IDEMPOTENCY_CONFLICT' && foreignFees(trades[index]).length > 0 ? [index] : []));
  const found = new Map<number, RowResult>();
  if (doubtful.length === 0) return found;
  const without = doubtful.flatMap((index) => { const input = inputs[index]; return input === undefined ? [] : [{ ...input, fees: input.fees?.filter(({ amount }) => amount.currency === input.currency) ?? null }]; });
  for (const [at, result] of (await sifted(ctx, without)).results) {
    const index = doubtful[at];
    if (result.outcome !== 'DUPLICATE' || index === undefined) continue;
    results.delete(index);
    found.set(index, result);
  }
  return found;
}

const foreignFees = (trade: Named | undefined): ImportRow['fees'] => trade?.row.fees.filter(({ currency }) => currency !== trade.row.currency) ?? [];

function apartWarning(trade: Named | undefined): RowProblem[] {
  if (trade === undefined) return [];
  const fees = foreignFees(trade).map(({ amount, currency }) => `${amount} ${currency}`).join(' and ');
  return [{ row: trade.row.row, column: columnOf(trade.row, 'fees'), reason: `the trade was captured before without its fee of ${fees}, which was then a row of its own: it is left so` }];
}

/** Rows that were captured before and whose trade did not last: a rejected one is wanted, and its name is taken; a cancelled one was taken back on purpose. */
async function notInTheBooks({ store, principal }: TradeCaptureContext, planned: readonly PlannedRow[], problems: RowProblem[]): Promise<{ readonly gone: ReadonlySet<PlannedRow>; readonly warnings: RowProblem[] }> {
  const duplicates = planned.filter(({ outcome }) => outcome === 'DUPLICATE');
  const trades = duplicates.length === 0 ? [] : await store.trades(principal.organizationId, duplicates.flatMap(({ tradeId }) => tradeId ?? []));
  const statuses = new Map(trades.map(({ id, status }) => [id, status]));
  const warnings: RowProblem[] = [];
  const gone = new Set<PlannedRow>();
  for (const one of duplicates) {
    const { row, tradeId } = one;
    const status = statuses.get(tradeId ?? '');
    const where = { row: row.row, column: columnOf(row, 'externalId') };
    if (status === 'CANCELLED') warnings.push({ ...where, reason: `trade ${tradeId ?? ''} was captured before and cancelled: it is left so` });
    if (status !== 'REJECTED') continue;
    problems.push({ ...where, reason: `trade ${tradeId ?? ''} was captured before and rejected, so it is not in the books: leave the row out, or give it another id once it is allowed` });
    gone.add(one);
  }
  return { gone, warnings };
}

async function withInstruments({ store, principal }: TradeCaptureContext, rows: readonly ImportRow[], problems: RowProblem[]): Promise<Named[]> {
  const names = rows.flatMap(({ instrument }) => instrument ?? []);
  const different = (values: readonly (string | null)[]): string[] => [...new Set(values.flatMap((value) => value ?? []))];
  const index = indexInstruments(names.length === 0 ? [] : await store.instrumentsNamed(principal.organizationId, {
    ids: different(names.map(({ id }) => id)), isins: different(names.map(({ isin }) => isin)), symbols: different(names.map(({ symbol }) => symbol)),
  }));
  return rows.flatMap((row): Named[] => {
    const refuse = (reason: string): Named[] => {
      problems.push({ row: row.row, column: columnOf(row, 'instrument'), reason });
      return [];
    };
    if (row.instrument === null) return isTrade(row) || row.kind === 'DIVIDEND' ? refuse('the row names no instrument') : [{ row, instrument: null }];
    const found = pickInstrument(row.instrument, row.currency, index);
    return typeof found === 'string' ? refuse(found) : [{ row, instrument: found }];
  });
}

function goodCash(row: ImportRow, problems: RowProblem[]): boolean {
  const add = (field: string, reason: string): void => void problems.push({ row: row.row, column: columnOf(row, field), reason });
  const before = problems.length;
  const digits = minorUnits(row.currency);
  if (row.amount !== null && decimal(row.amount).decimalPlaces() > digits) add('amount', `${row.amount} ${row.currency}: ${row.currency} has ${digits} fractional digits`);
  if (row.amount !== null && row.kind !== 'INTEREST' && !decimal(row.amount).greaterThan(0)) add('amount', `the amount ${row.amount} is not above zero`);
  if (row.withheld !== null && decimal(row.withheld).decimalPlaces() > digits) add('withheld', `${row.withheld} ${row.currency}: ${row.currency} has ${digits} fractional digits`);
  if (row.withheld !== null && row.amount !== null && decimal(row.withheld).greaterThan(decimal(row.amount))) add('withheld', `a tax of ${row.withheld} on ${row.amount}: the amount is gross, before tax`);
  return problems.length === before;
}

/** The price as the instrument is quoted. */
const captureOf = ({ row, instrument }: Named, portfolioId: string, reason: string | null): CaptureInput => ({
  portfolioId, instrumentId: instrument?.id ?? '', side: row.kind === 'BUY' ? 'BUY' : 'SELL', quantity: row.quantity ?? '0',
  price: text(asQuoted(decimal(row.price ?? '0'), instrument?.quoteUnit ?? null)), currency: row.currency, tradeDate: row.date,
  fees: row.fees.map(({ kind, amount, currency }) => ({ kind, amount: { amount, currency } })), externalId: row.externalId, reason,
});

/** Fields of a capture as rows of an import call them. */
function fieldOf([first = 'row', , , , last]: readonly string[]): string {
  if (first === 'fees') return last === 'currency' ? 'feeCurrency' : 'fees';
  return first === 'tradeDate' ? 'date' : first === 'instrumentId' ? 'instrument' : first;
}

/** Standing trades that look like rows to be booked: allowed, and worth a look. */
export async function twinWarnings({ store, principal }: TradeCaptureContext, portfolioId: string, planned: readonly PlannedRow[], captures: readonly CaptureInput[]): Promise<RowProblem[]> {
  const fresh = planned.filter(({ outcome }) => outcome === 'BOOK');
  if (fresh.length === 0) return [];
  const alike = await store.tradesLike(principal.organizationId, portfolioId, captures);
  return alike.flatMap(({ index, tradeId, externalId }) => {
    const row = fresh[index]?.row;
    return row === undefined ? [] : [{ row: row.row, column: columnOf(row, 'externalId'), reason: `looks like ${externalId ?? tradeId}, which was captured before under another id: booked as a twin of it` }];
  });
}
