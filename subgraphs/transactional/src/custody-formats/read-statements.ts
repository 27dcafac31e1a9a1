/** A custodian's text as statements, whatever it is written in. Refuses a text that is too long, and one whose format cannot be told. */
import type { Statement, StatementFormat } from '../domain/custody/statement.ts';
import type { CsvDefaults, CsvLayout } from './csv-line.ts';
import { csvStatements } from './csv-statement.ts';
import { mt535Statements } from './mt535.ts';
import { unreadable } from './problems.ts';
import { semt002Statements } from './semt002.ts';

export interface StatementText {
  readonly text: string;
  /** Told from the text unless given. */
  readonly format: StatementFormat | null;
  readonly layout: CsvLayout;
  /** For CSV, which does not say everything. */
  readonly defaults: CsvDefaults;
}

export const TEXT_CHARACTERS_MAX = 7_000_000;
const HOLDINGS_MAX = 50_000;
const ACCOUNTS_MAX = 200;

export function readStatements({ text, format, layout, defaults }: StatementText): { readonly format: StatementFormat; readonly statements: readonly Statement[] } {
  if (text.length > TEXT_CHARACTERS_MAX) unreadable(null, null, `a text has at most ${TEXT_CHARACTERS_MAX} characters`);
  const told = format ?? detected(text);
  const statements = told === 'MT535' ? mt535Statements(text) : told === 'SEMT002' ? semt002Statements(text) : csvStatements(text, layout, defaults);
  const holdings = statements.reduce((total, statement) => total + statement.holdings.length, 0);
  if (statements.length > ACCOUNTS_MAX) unreadable(null, null, `a text has at most ${ACCOUNTS_MAX} statements`);
  if (holdings > HOLDINGS_MAX) unreadable(null, null, `a text has at most ${HOLDINGS_MAX} holdings`);
  const twice = statements.find((one, place) => statements.findIndex((other) => slotOf(other) === slotOf(one)) !== place);
  if (twice !== undefined) unreadable(null, null, `account ${twice.account} has two statements of ${twice.statedOn}`);
  return { format: told, statements };
}

const slotOf = ({ account, statedOn, basis }: Statement): string => JSON.stringify([account, statedOn, basis]);

function detected(text: string): StatementFormat {
  const start = text.slice(0, 2_000).replace(/^\uFEFF/, '').trimStart();
  if (/^[{$]/.test(start)) return 'MT535';
  if (start.startsWith('<')) return 'SEMT002';
  if (/[,;\t|]/.test(start.split(/\r?\n/, 1)[0] ?? '')) return 'CSV';
  return unreadable(1, null, 'the text is neither CSV, nor a SWIFT message, nor XML');
}
