/** Checks a whole file through the API before anything is written: chunk by chunk, each a dry run. */
import type { PmsClient } from '@pms/client';
import { CashBookedDocument, type ImportRowInput, ImportTargetDocument, ImportTargetsNamedDocument, ImportTradesDocument, type ImportTradesMutation } from '@pms/client/generated';
import { StartError } from '@pms/prisma/embedded';
import { decimal, type Decimal, text, ZERO } from '@pms/money';
import { foreignCosts, type ImportFile, type ImportRow, type RowProblem } from '@pms/trade-capture/layouts';
import { cashProblems } from './cash-items.ts';
import type { CheckedRow } from './checked-row.ts';
import { patient } from './connection.ts';
import { rateProblems } from './fee-rates.ts';

export interface Target {
  readonly id: string;
  readonly name: string;
}

export interface Change {
  readonly name: string;
  readonly before: Decimal;
  readonly change: Decimal;
}

/** What would become of the file. */
export interface FilePlan {
  readonly target: Target;
  readonly file: ImportFile;
  /** The good rows, in the order in which they are booked. */
  readonly rows: readonly CheckedRow[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
  readonly positions: readonly Change[];
  readonly cash: readonly Change[];
}

export const CHUNK_ROWS = 1_000;

/** By id, or by a name that one portfolio alone has. */
export async function targetOf(client: PmsClient, named: string): Promise<Target> {
  if (named.startsWith('prt_')) {
    const { portfolio } = await patient(() => client.query(ImportTargetDocument, { portfolioId: named }));
    if (portfolio != null) return { id: portfolio.id, name: portfolio.name };
  }
  const { portfolios } = await patient(() => client.query(ImportTargetsNamedDocument, { name: named }));
  const found = portfolios.edges.map(({ node }) => node).filter(({ name }) => name.toLowerCase() === named.toLowerCase());
  const [one, ...others] = found;
  if (one === undefined) throw new StartError(`There is no portfolio ${JSON.stringify(named)}.`);
  if (others.length > 0) throw new StartError(`${String(found.length)} portfolios are called ${JSON.stringify(named)}: name one by its id, ${found.map(({ id }) => id).join(' or ')}.`);
  return { id: one.id, name: one.name };
}

export const chunksOf = <T>(all: readonly T[]): T[][] => Array.from({ length: Math.ceil(all.length / CHUNK_ROWS) }, (_, index) => all.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS));

export const inputOf = (row: ImportRow): ImportRowInput => ({
  row: row.row, kind: row.kind, externalId: row.externalId, date: row.date, currency: row.currency, quantity: row.quantity, price: row.price, amount: row.amount,
  withheld: row.withheld, note: row.note, instrumentId: row.instrument?.id ?? null, isin: row.instrument?.isin ?? null, symbol: row.instrument?.symbol ?? null, mic: row.instrument?.mic ?? null,
  fees: row.fees.map(({ kind, amount, currency }) => ({ kind, amount: { amount, currency } })),
});

/** What chunks have said so far. */
interface Gathered {
  readonly rows: CheckedRow[];
  readonly problems: RowProblem[];
  readonly warnings: RowProblem[];
  readonly quantities: Map<string, { readonly name: string; readonly change: Decimal }>;
  readonly cash: Map<string, Decimal>;
}

export async function planned(client: PmsClient, target: Target, file: ImportFile, say: (line: string) => void): Promise<FilePlan> {
  const gathered: Gathered = { rows: [], problems: [...file.problems], warnings: [...file.warnings], quantities: new Map(), cash: new Map() };
  const chunks = chunksOf(file.rows);
  for (const [index, chunk] of chunks.entries()) {
    const { importTrades } = await patient(() => client.mutate(ImportTradesDocument, { input: { portfolioId: target.id, rows: chunk.map(inputOf), dryRun: true, cashRows: 'RETURN', partial: false } }));
    if (importTrades.bookings == null) throw new StartError(`Refused: ${importTrades.userErrors.map(({ message }) => message).join('; ')}.`);
    gather(gathered, chunk, importTrades);
    if (chunks.length > 1) say(`checked ${String(Math.min((index + 1) * CHUNK_ROWS, file.rows.length))} of ${String(file.rows.length)} rows`);
  }
  const rows = await cashSifted(client, target, gathered);
  // what chunks found is told first: the books and the rates are asked about good rows alone
  gathered.problems.push(...await cashProblems(client, target.id, rows), ...await rateProblems(client, rows));
  const { portfolio } = await patient(() => client.query(ImportTargetDocument, { portfolioId: target.id }));
  return { target, file, rows, problems: gathered.problems.toSorted(byRow), warnings: gathered.warnings.toSorted(byRow), ...changes(gathered, portfolio) };
}

const byRow = (a: RowProblem, b: RowProblem): number => a.row - b.row;

function gather({ rows, problems, warnings, quantities, cash }: Gathered, chunk: readonly ImportRow[], answer: ImportTradesMutation['importTrades']): void {
  const named = new Map(chunk.map((row) => [row.row, row]));
  const asCalled = ({ row, column, reason }: RowProblem): RowProblem => ({ row, column: named.get(row)?.columns?.[column] ?? column, reason });
  problems.push(...answer.problems.map(asCalled));
  warnings.push(...answer.warnings.map(asCalled));
  for (const one of checkedRows(chunk, answer)) {
    rows.push(one);
    for (const { currency, amount } of one.outcome === 'DUPLICATE' ? [] : [one.cashEffect, ...foreignCosts(one.row).map((cost) => ({ ...cost, amount: text(cost.amount) }))]) cash.set(currency, (cash.get(currency) ?? ZERO).plus(decimal(amount)));
  }
  for (const { instrument, quantity } of answer.positionChanges ?? []) {
    const before = quantities.get(instrument.id);
    quantities.set(instrument.id, { name: instrument.symbol, change: (before?.change ?? ZERO).plus(decimal(quantity)) });
  }
}

function checkedRows(chunk: readonly ImportRow[], { bookings }: ImportTradesMutation['importTrades']): CheckedRow[] {
  const byName = new Map(chunk.map((row) => [row.externalId, row]));
  return (bookings ?? []).flatMap(({ externalId, outcome, bookedBy, instrument, cashEffect }) => {
    const row = byName.get(externalId);
    return row === undefined || outcome === 'CAPTURED' ? [] : [{ row, outcome, cashEffect, bookedBy: bookedBy ?? null, instrumentId: instrument?.id ?? null }];
  });
}

/** Cash that was booked before under its key is a duplicate, too. */
async function cashSifted(client: PmsClient, { id }: Target, { rows, cash }: Gathered): Promise<CheckedRow[]> {
  const keys = rows.flatMap(({ row, outcome }) => (outcome === 'CASH' ? [row.externalId] : []));
  const booked = new Set<string>();
  for (const chunk of chunksOf(keys)) {
    const { portfolio } = await patient(() => client.query(CashBookedDocument, { portfolioId: id, keys: chunk }));
    for (const key of portfolio?.cashBooked ?? []) booked.add(key);
  }
  return rows.map((one) => {
    if (one.outcome !== 'CASH' || !booked.has(one.row.externalId)) return one;
    cash.set(one.row.currency, (cash.get(one.row.currency) ?? ZERO).minus(decimal(one.cashEffect.amount)));
    return { ...one, outcome: 'DUPLICATE' as const };
  });
}

type Standing = { readonly positions: readonly { readonly instrument: { readonly id: string }; readonly quantity: string }[]; readonly cash: readonly { readonly currency: string; readonly balance: { readonly amount: string } }[] } | null | undefined;

function changes({ quantities, cash }: Gathered, standing: Standing): Pick<FilePlan, 'positions' | 'cash'> {
  const held = new Map((standing?.positions ?? []).map(({ instrument, quantity }) => [instrument.id, decimal(quantity)]));
  const there = new Map((standing?.cash ?? []).map(({ currency, balance }) => [currency, decimal(balance.amount)]));
  return {
    positions: [...quantities].map(([id, { name, change }]) => ({ name, before: held.get(id) ?? ZERO, change })),
    cash: [...cash].filter(([, change]) => !change.isZero()).map(([currency, change]) => ({ name: currency, before: there.get(currency) ?? ZERO, change })),
  };
}
