/** Fees in another currency than their trade's count at a published rate; a row for which there is none would be rejected once it is captured, and is told before. */
import { type PmsClient, PmsError } from '@pms/client';
import { ImportFxRateDocument } from '@pms/client/generated';
import type { RowProblem } from '@pms/trade-capture/layouts';
import { patient } from './connection.ts';
import type { CheckedRow } from './checked-row.ts';

export async function rateProblems(client: PmsClient, rows: readonly CheckedRow[]): Promise<RowProblem[]> {
  const asked = new Map<string, Promise<string | null>>();
  const problems: RowProblem[] = [];
  for (const { row, outcome } of rows) {
    if (outcome !== 'BOOK') continue;
    for (const base of new Set(row.fees.map(({ currency }) => currency).filter((currency) => currency !== row.currency))) {
      const key = `${base} ${row.currency} ${row.date}`;
      const missing = await (asked.get(key) ?? asked.set(key, missingRate(client, { base, quote: row.currency, on: row.date })).get(key));
      if (missing != null) problems.push({ row: row.row, column: row.columns?.['fees'] ?? 'fees', reason: `MISSING_RATE: a fee is in ${base} and the trade in ${row.currency}, and ${missing}` });
    }
  }
  return problems;
}

/** Null where there is one. */
const missingRate = (client: PmsClient, asked: { readonly base: string; readonly quote: string; readonly on: string }): Promise<string | null> => patient(async () => {
  try {
    await client.query(ImportFxRateDocument, asked);
    return null;
  } catch (error) {
    if (error instanceof PmsError && error.code === 'MISSING_RATE') return error.message;
    throw error;
  }
});
