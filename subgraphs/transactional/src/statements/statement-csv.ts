/** A statement as one table: every line says by its first cell what it is, so that a program reads it as well as a person. Amounts exact, as text. */
import { csvLine } from '@pms/tables/write-csv';
import { balanceOf, type Cash } from '../domain/cash.ts';
import type { PositionState } from '../domain/movement.ts';
import { type Movement, nameOf, type Statement, type StatementTotal } from '../domain/statement.ts';

const COLUMNS = [
  'section', 'date', 'entry', 'kind', 'description', 'reference', 'instrument', 'symbol', 'quantity', 'currency', 'amount', 'balance', 'settled_amount', 'settled_balance', 'recorded_at',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

export function statementCsv(statement: Statement): string {
  const { portfolio, from, to, knownAt, cash, opening, closing, movements, totals } = statement;
  const before = cash.map((each): Row => cashRow('OPENING_CASH', from, each.opening));
  const after = cash.map((each): Row => cashRow('CLOSING_CASH', to, each.closing));
  const holdings = (section: string, date: string, held: readonly PositionState[]): Row[] => held.map(({ instrumentId, quantity, cost, currency }) =>
    ({ section, date, instrument: instrumentId, symbol: nameOf(statement.names, instrumentId), quantity: quantity.toFixed(), currency, amount: cost.toFixed(), description: 'cost' }));
  const rows: Row[] = [
    { section: 'STATEMENT', date: to, description: portfolio.name ?? portfolio.id, reference: portfolio.id, currency: portfolio.baseCurrency, recorded_at: knownAt },
    ...before, ...holdings('OPENING_HOLDING', from, opening.holdings), ...movements.map((movement) => movementRow(movement, statement)),
    ...after, ...holdings('CLOSING_HOLDING', to, closing.holdings), ...totals.flatMap((total) => totalRows(total, to)),
  ];
  return [csvLine(COLUMNS), ...rows.map((row) => csvLine(COLUMNS.map((column) => row[column] ?? null)))].join('');
}

const cashRow = (section: string, date: string, cash: Cash): Row =>
  ({ section, date, currency: cash.currency, description: 'cash', balance: balanceOf(cash).toFixed(), settled_balance: cash.settled.toFixed() });

function movementRow({ entry, text, instrumentId, currency, amount, settled, balance, settledBalance }: Movement, { names }: Statement): Row {
  return {
    section: 'MOVEMENT', date: entry.effectiveOn, entry: String(entry.number), kind: entry.kind, description: text, reference: entry.reference, currency, amount: amount.toFixed(), balance: balance.toFixed(),
    settled_amount: settled.toFixed(), settled_balance: settledBalance.toFixed(), recorded_at: entry.recordedAt,
    ...(entry.trade !== null && { quantity: entry.trade.quantity }), ...(instrumentId !== null && { instrument: instrumentId, symbol: nameOf(names, instrumentId) }),
  };
}

/** What a total is called, in the order in which totals are shown. @public The PDF says the same. */
export const TOTALS: readonly (readonly [keyof Omit<StatementTotal, 'currency'>, string])[] = [
  ['contributed', 'Paid in, less taken out'], ['realizedGains', 'Realised gains'], ['dividends', 'Dividends'], ['interest', 'Interest'], ['fees', 'Fees'], ['taxes', 'Taxes'],
  ['exchanged', 'Bought less sold of the currency'], ['feesInTrades', 'Fees within trades (in cost and proceeds)'], ['openingCost', 'Cost of holdings at the start'], ['closingCost', 'Cost of holdings at the end'],
];

const totalRows = (total: StatementTotal, date: string): Row[] =>
  TOTALS.map(([name, description]): Row => ({ section: 'TOTAL', date, description, currency: total.currency, amount: total[name].toFixed() }));
