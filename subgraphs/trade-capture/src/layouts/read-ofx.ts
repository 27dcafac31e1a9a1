/**
 * Reads investment statements of OFX 1.x and 2.x (INVSTMTRS): purchases, sales, income, reinvestments, cash. Instruments are named by the
 * list of securities. What is not read (options, bonds, splits, transfers) is refused by its name.
 */
import { nameRows, type ReadRow } from '../domain/import-names.ts';
import type { InstrumentName, RowProblem } from '../domain/import-row.ts';
import { child, all, type OfxNode, ofxTree, valueOf } from './ofx-tree.ts';
import { readTransaction, type Statement } from './ofx-transaction.ts';
import { isinOf } from './cusip.ts';
import type { ImportFile, ReadOptions } from './read-csv.ts';

export function readOfx(text: string, { portfolioId, today, recordsMax }: ReadOptions): ImportFile {
  const tree = ofxTree(text);
  if (!('root' in tree)) return nothing([{ row: tree.line, column: 'OFX', reason: tree.reason }]);
  const problems = statusProblems(tree.root);
  const statements = all(tree.root, 'INVSTMTRS');
  if (statements.length === 0) problems.push({ row: tree.root.line, column: 'INVSTMTRS', reason: 'there is no investment statement in the document' });
  const accounts = [...new Set(statements.map((statement) => valueOf(statement, 'INVACCTFROM', 'ACCTID')?.text ?? ''))];
  if (accounts.length > 1) problems.push({ row: statements[1]?.line ?? 0, column: 'ACCTID', reason: `statements of ${accounts.length} accounts (${accounts.slice(0, 5).join(', ')}): a portfolio takes one` });
  const securities = securitiesOf(tree.root);
  const read: ReadRow[] = [];
  const warnings: RowProblem[] = [];
  for (const statement of statements) {
    const about = aboutOf(statement, securities, today);
    for (const transaction of (child(statement, 'INVTRANLIST')?.children ?? []).filter(({ children }) => children.length > 0)) {
      if (read.length >= recordsMax) return nothing([{ row: transaction.line, column: 'INVTRANLIST', reason: `at most ${recordsMax} transactions are read` }]);
      const found = readTransaction(transaction, about);
      read.push(...found.rows);
      problems.push(...found.problems);
      warnings.push(...found.warnings);
    }
  }
  const named = nameRows(read, portfolioId, { reversible: false });
  return { layout: 'ofx', rows: named.rows, repeated: named.repeated, leftOut: [], warnings: [...warnings, ...named.warnings], problems: [...problems, ...named.problems].toSorted((a, b) => a.row - b.row) };
}

const nothing = (problems: readonly RowProblem[]): ImportFile => ({ layout: 'ofx', rows: [], problems, warnings: [], leftOut: [], repeated: 0 });

const statusProblems = (root: OfxNode): RowProblem[] => all(root, 'STATUS').flatMap((status) =>
  (valueOf(status, 'SEVERITY')?.text === 'ERROR' ? [{ row: status.line, column: 'STATUS', reason: `the sender reports error ${valueOf(status, 'CODE')?.text ?? ''} ${valueOf(status, 'MESSAGE')?.text ?? ''}`.trim() }] : []));

function aboutOf(statement: OfxNode, securities: ReadonlyMap<string, InstrumentName>, today: string): Statement {
  const broker = valueOf(statement, 'INVACCTFROM', 'BROKERID')?.text ?? '';
  const account = valueOf(statement, 'INVACCTFROM', 'ACCTID')?.text ?? '';
  return { currency: valueOf(statement, 'CURDEF')?.text ?? '', securities, idPrefix: `ofx:${broker}:${account}:`, today };
}

const isSecurity = ({ name }: OfxNode): boolean => name === 'SECINFO';

function securitiesOf(root: OfxNode): ReadonlyMap<string, InstrumentName> {
  const list = all(root, 'SECLIST').flatMap(({ children }) => children).flatMap(({ children }) => children.filter(isSecurity));
  return new Map(list.flatMap((info) => {
    const id = valueOf(info, 'SECID', 'UNIQUEID')?.text;
    if (id === undefined) return [];
    const type = valueOf(info, 'SECID', 'UNIQUEIDTYPE')?.text.toUpperCase();
    const symbol = valueOf(info, 'TICKER')?.text.toUpperCase() ?? null;
    return [[id, { id: null, isin: isinOf(id, type), symbol, mic: null }]];
  }));
}

