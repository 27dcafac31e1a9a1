/** Rows of income, fees and taxes as the books take them: checked one by one before anything of the file is written, then booked. */
import type { PmsClient } from '@pms/client';
import { type BookCashItemInput, BookCashItemDocument, type CashItem } from '@pms/client/generated';
import { decimal, text } from '@pms/money';
import type { ImportRow, RowProblem } from '@pms/trade-capture/layouts';
import { patient } from './connection.ts';
import type { CheckedRow } from './checked-row.ts';

export interface UserError {
  readonly message: string;
  readonly path: readonly string[];
}

function itemOf({ kind, amount }: ImportRow): CashItem {
  if (kind === 'FEE' || kind === 'TAX' || kind === 'DIVIDEND') return kind;
  return decimal(amount ?? '0').isNegative() ? 'INTEREST_PAID' : 'INTEREST_RECEIVED';
}

/** A fee or a tax that names an instrument is one of the portfolio all the same. */
export const cashItemOf = ({ portfolioId, reason }: { readonly portfolioId: string; readonly reason: string }, { row, instrumentId }: CheckedRow): BookCashItemInput => ({
  portfolioId, item: itemOf(row), amount: { amount: text(decimal(row.amount ?? '0').abs()), currency: row.currency }, effectiveDate: row.date, idempotencyKey: row.externalId, reason: row.note ?? reason,
  ...(row.kind === 'DIVIDEND' && { instrumentId, taxWithheld: row.withheld }),
});

/** Fields of the input as rows call them. */
const FIELDS: Readonly<Record<string, string>> = { amount: 'amount', taxWithheld: 'withheld', instrumentId: 'instrument', effectiveDate: 'date', idempotencyKey: 'externalId' };

export function refusedRow({ row, columns }: ImportRow, { message, path }: UserError): RowProblem {
  const field = path[0] === 'amount' && path[1] === 'currency' ? 'currency' : FIELDS[path[0] ?? ''] ?? 'amount';
  return { row, column: columns?.[field] ?? field, reason: message };
}

/** Why the books would refuse rows of income, fees and taxes. Nothing is written. */
export async function cashProblems(client: PmsClient, portfolioId: string, rows: readonly CheckedRow[]): Promise<RowProblem[]> {
  const problems: RowProblem[] = [];
  for (const checked of rows) {
    const { row, outcome } = checked;
    if (outcome !== 'CASH' || row.kind === 'DEPOSIT' || row.kind === 'WITHDRAWAL') continue;
    const input = { ...cashItemOf({ portfolioId, reason: 'a dry run' }, checked), dryRun: true };
    const { bookCashItem: { userErrors } } = await patient(() => client.mutate(BookCashItemDocument, { input }));
    problems.push(...userErrors.map((error) => refusedRow(row, error)));
  }
  return problems;
}
