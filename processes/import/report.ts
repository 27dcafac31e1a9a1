/** What an import tells a person at the terminal. */
import { type Decimal, text } from '@pms/money';
import type { ImportRow, RowProblem } from '@pms/trade-capture/layouts';
import type { CheckedRow } from './checked-row.ts';
import type { Change, FilePlan } from './plan.ts';

/** More is told by --json. */
const ROWS_SHOWN_MAX = 200;
const NAME_WIDTH = 14;
const FIGURE_WIDTH = 24;

const plural = (count: number, one: string, more = `${one}s`): string => `${String(count)} ${count === 1 ? one : more}`;

export function problemLines(title: string, problems: readonly RowProblem[]): string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, ROWS_SHOWN_MAX).map(({ row, column, reason }) => `  ${row === 0 ? 'file' : `row ${String(row)}`}, ${column}: ${reason}`);
  return [title, ...shown, ...(problems.length > ROWS_SHOWN_MAX ? [`  … and ${String(problems.length - ROWS_SHOWN_MAX)} more (--json tells all)`] : [])];
}

function rowLine({ row, outcome }: CheckedRow): string {
  const what = row.quantity === null ? `${row.amount ?? ''} ${row.currency}${row.instrument === null ? '' : ` of ${nameOf(row)}`}${row.withheld === null ? '' : `, ${row.withheld} ${row.currency} withheld`}` : `${row.quantity} ${nameOf(row)} at ${row.price ?? ''} ${row.currency}`;
  const fees = row.fees.map(({ kind, amount, currency }) => `, ${kind.toLowerCase().replace('_', ' ')} ${amount} ${currency}`).join('');
  return `  row ${String(row.row).padEnd(6)} ${row.date}  ${row.kind.padEnd(10)} ${what}${fees}${outcome === 'DUPLICATE' ? '  (booked before: left as it is)' : ''}`;
}

const nameOf = ({ instrument }: ImportRow): string => instrument?.symbol ?? instrument?.isin ?? instrument?.id ?? '';

const figure = (value: Decimal): string => text(value).padStart(FIGURE_WIDTH);

const changeLines = (title: string, changes: readonly Change[]): string[] => (changes.length === 0 ? [] : [
  `${title.padEnd(NAME_WIDTH + 2)}${'before'.padStart(FIGURE_WIDTH)}${'change'.padStart(FIGURE_WIDTH)}${'after'.padStart(FIGURE_WIDTH)}`,
  ...changes.map(({ name, before, change }) => `  ${name.padEnd(NAME_WIDTH)}${figure(before)}${figure(change)}${figure(before.plus(change))}`),
]);

/** The file, and what is worth a look. */
export function fileLines({ target, file, rows, warnings }: FilePlan): string[] {
  const duplicates = rows.filter(({ outcome }) => outcome === 'DUPLICATE').length;
  return [
    `${plural(rows.length, 'good row')} by the layout ${file.layout}, for ${target.name} (${target.id}); ${String(duplicates)} of them booked before`,
    ...problemLines(`${plural(file.leftOut.length, 'line')} left out:`, file.leftOut),
    ...problemLines(`${plural(warnings.length, 'warning')}:`, warnings),
  ];
}

/** Every good row, and what all of them come to. */
export function bookingLines({ rows, positions, cash }: FilePlan): string[] {
  return [
    'To be booked, in this order:',
    ...rows.slice(0, ROWS_SHOWN_MAX).map(rowLine),
    ...(rows.length > ROWS_SHOWN_MAX ? [`  … and ${String(rows.length - ROWS_SHOWN_MAX)} more (--json tells all)`] : []),
    ...changeLines('Positions', positions), ...changeLines('Cash', cash),
  ];
}

/** For a program: everything, decimals as text. */
export function planJson({ target, file, rows, problems, warnings, positions, cash }: FilePlan): object {
  const changes = (all: readonly Change[]): object[] => all.map(({ name, before, change }) => ({ name, before: text(before), change: text(change), after: text(before.plus(change)) }));
  return {
    portfolio: target, layout: file.layout, problems, warnings, leftOut: file.leftOut, positions: changes(positions), cash: changes(cash),
    rows: rows.map(({ row: { columns: _columns, ...row }, outcome, bookedBy }) => ({ ...row, outcome, bookedBy })),
  };
}
