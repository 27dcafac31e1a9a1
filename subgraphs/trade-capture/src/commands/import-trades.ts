/**
 * Imports a file's trades into a portfolio, all of them or none; with `partial` those that are good; with `dryRun` nothing, and everything is
 * said that would be. The same file again books nothing twice. Rows that move cash alone are handed back, for the mutations that book them.
 */
import { invalid, Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import { counter } from '@pms/telemetry/metrics';
import type { TradeCaptureContext } from '../context.ts';
import type { ImportPlan, PlannedRow } from '../domain/import-plan.ts';
import { isTrade, type RowProblem } from '../domain/import-row.ts';
import { capture, type CaptureInput } from './capture.ts';
import { checkRows, twinWarnings } from './import-check.ts';
import { importFile, type ImportInput } from './import-input.ts';

export interface ImportTrades extends ImportInput {
  readonly dryRun?: boolean | null | undefined;
  readonly partial?: boolean | null | undefined;
  readonly cashRows?: 'REFUSE' | 'RETURN' | null | undefined;
  readonly reason?: string | null | undefined;
}

const REASON_LENGTH_MAX = 1_000;

const rowsRead = counter('pms_import_rows_total', 'Rows of imports of trades, by what became of them', ['outcome']);

export async function importTrades(ctx: TradeCaptureContext, input: ImportTrades): Promise<ImportPlan> {
  const { portfolioId } = input;
  const [dryRun, whole, reason] = [input.dryRun === true, input.partial !== true, input.reason ?? null];
  if (reason !== null && reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has at most ${REASON_LENGTH_MAX} characters`, 'reason');
  const portfolio = await awaitKnown(portfolioId, ctx.now, () => ctx.store.portfolioState(ctx.principal.organizationId, portfolioId));
  if (portfolio === null) throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  const file = importFile(ctx, input);
  const { planned, captures, problems: found, warnings: known } = await checkRows(ctx, file.rows, portfolioId, reason);
  if (portfolio.closed && planned.some(({ outcome }) => outcome !== 'DUPLICATE')) throw new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
  const problems = [...file.problems, ...found, ...(dryRun || input.cashRows === 'RETURN' ? [] : cashProblems(planned))].toSorted(byRow);
  const warnings = [...file.warnings, ...known, ...await twinWarnings(ctx, portfolioId, planned, captures)].toSorted(byRow);
  const plan = { layout: file.layout, portfolioId, dryRun, rows: file.rows.length + file.repeated, warnings, leftOut: file.leftOut };
  if (dryRun || (problems.length > 0 && whole)) return counted({ ...plan, bookings: planned, problems });
  return counted({ ...plan, ...await captured(ctx, { planned, captures, problems, whole }) });
}

const byRow = (a: RowProblem, b: RowProblem): number => a.row - b.row;

const cashProblems = (planned: readonly PlannedRow[]): RowProblem[] => planned.filter(({ outcome }) => outcome === 'CASH').map(({ row }) => ({
  row: row.row, column: row.columns?.['action'] ?? 'action', reason: `a row of ${row.kind.toLowerCase()} moves cash alone, which this mutation does not book: ask for such rows with cashRows: RETURN, and book them yourself`,
}));

interface ToCapture {
  readonly planned: readonly PlannedRow[];
  readonly captures: readonly CaptureInput[];
  readonly problems: readonly RowProblem[];
  readonly whole: boolean;
}

/** Somebody else may have captured, or closed the portfolio, since the rows were checked: then a whole import is refused as a whole. */
async function captured(ctx: TradeCaptureContext, { planned, captures, problems, whole }: ToCapture): Promise<Pick<ImportPlan, 'bookings' | 'problems'>> {
  if (captures.length === 0) return { bookings: planned, problems };
  const { results, trades } = await capture(ctx, captures, { whole });
  for (const trade of trades) ctx.loaders.trade.prime(trade.id, trade);
  const fresh = planned.filter(({ outcome }) => outcome === 'BOOK');
  const late: RowProblem[] = [];
  const outcomes = new Map<PlannedRow, PlannedRow | null>();
  for (const result of results) {
    const one = fresh[result.index];
    if (one === undefined) continue;
    if (result.outcome !== 'REFUSED') outcomes.set(one, { ...one, outcome: result.outcome, tradeId: result.tradeId });
    else late.push({ row: one.row.row, column: one.row.columns?.['externalId'] ?? 'externalId', reason: result.refusal.message });
  }
  if (whole && late.length > 0) return { bookings: planned, problems: [...problems, ...late] };
  const refused = new Set(late.map(({ row }) => row));
  return { bookings: planned.flatMap((one) => outcomes.get(one) ?? (isTrade(one.row) && refused.has(one.row.row) ? [] : [one])), problems: [...problems, ...late].toSorted(byRow) };
}

function counted(plan: ImportPlan): ImportPlan {
  for (const { outcome } of plan.bookings) rowsRead.inc({ outcome: plan.dryRun ? 'DRY_RUN' : outcome });
  rowsRead.inc({ outcome: 'REFUSED' }, new Set(plan.problems.map(({ row }) => row)).size);
  return plan;
}
