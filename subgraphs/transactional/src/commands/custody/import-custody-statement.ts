/**
 * Imports a custodian's statement: reads it, compares it with the books, keeps what it comes to. All of it or nothing: a text that cannot be
 * read, an account without a portfolio, a version that is there already keep nothing. A dry run compares and keeps nothing.
 */
import { invalid, Refusal } from '@pms/errors';
import { type Decimal, decimal, ZERO } from '@pms/money';
import type { UserError } from '@pms/subgraph/refusals';
import type { TransactionalContext } from '../../context.ts';
import type { CsvLayout } from '../../custody-formats/csv-line.ts';
import { StatementUnreadable } from '../../custody-formats/problems.ts';
import { readStatements, type StatementText } from '../../custody-formats/read-statements.ts';
import type { Reconciliation } from '../../domain/custody/reconciliation.ts';
import { type Basis, problemText, type StatementFormat } from '../../domain/custody/statement.ts';
import { statementsImported } from '../metrics.ts';
import { compareStatements, type Terms } from './compare-statement.ts';
import { keepReconciliation } from './keep-reconciliation.ts';

export interface ImportStatement {
  readonly custodian: string;
  readonly text: string;
  readonly format?: StatementFormat | null | undefined;
  readonly accounts: readonly { readonly account: string; readonly portfolioId: string }[];
  readonly instruments?: readonly { readonly identifier: string; readonly instrumentId: string }[] | null | undefined;
  readonly csv?: CsvLayout | null | undefined;
  readonly statedOn?: string | null | undefined;
  readonly basis?: Basis | null | undefined;
  readonly version?: number | null | undefined;
  readonly quantityTolerance?: string | null | undefined;
  readonly cashTolerance?: string | null | undefined;
  readonly again?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Imported {
  readonly reconciliations: readonly Reconciliation[] | null;
  /** How many of them are new; the others were there, from the same statement. */
  readonly added: number | null;
  readonly userErrors: readonly UserError[];
}

const NAME_LENGTH_MAX = 100;
const ACCOUNTS_MAX = 200;
const INSTRUMENTS_MAX = 10_000;
const VERSION_MAX = 1_000_000;

export async function importCustodyStatement(ctx: TransactionalContext, input: ImportStatement): Promise<Imported> {
  try {
    const { text, terms } = checked(input);
    const { format, statements } = readStatements(text);
    const other = statements.find(({ basis }) => input.basis != null && basis !== input.basis);
    if (other !== undefined) throw invalid(`the statement says that it counts ${other.basis}`, 'basis');
    const made = await compareStatements(ctx, statements, { ...terms, format });
    const { reconciliations, added } = input.dryRun === true ? { reconciliations: made, added: 0 } : await kept(ctx, made, input);
    statementsImported.inc({ format, outcome: input.dryRun === true ? 'dry run' : added > 0 ? 'imported' : 'known' });
    return { reconciliations, added, userErrors: [] };
  } catch (error) {
    const userErrors = refusalsOf(error);
    statementsImported.inc({ format: input.format ?? 'unknown', outcome: 'refused' });
    return { reconciliations: null, added: null, userErrors };
  }
}

/** Throws what is no refusal. */
function refusalsOf(error: unknown): readonly UserError[] {
  if (error instanceof StatementUnreadable) return error.problems.map((problem) => ({ code: 'INVALID', message: problemText(problem), path: ['text'] }));
  if (error instanceof Refusal) return [{ code: error.code, message: error.message, path: error.path }];
  throw error;
}

async function kept(ctx: TransactionalContext, made: readonly Reconciliation[], { custodian, version, again }: ImportStatement): Promise<{ reconciliations: Reconciliation[]; added: number }> {
  const { organizationId } = ctx.principal;
  const results = await ctx.store.transaction(async (tx) => {
    await tx.lockCustodian(organizationId, custodian);
    const done = [];
    for (const one of made) done.push(await keepReconciliation(ctx, tx, one, { version: version ?? null, again: again === true }));
    return done;
  });
  const found = await ctx.store.reconciliations(organizationId, results.map(({ id }) => id));
  return { reconciliations: results.flatMap(({ id }) => found.get(id) ?? []), added: results.filter(({ isNew }) => isNew).length };
}

function checked(input: ImportStatement): { readonly text: StatementText; readonly terms: Omit<Terms, 'format'> } {
  checkBounds(input);
  const { custodian, accounts, text, format = null, csv, statedOn = null, basis } = input;
  const tolerances = { quantity: toleranceOf(input, 'quantityTolerance'), cash: toleranceOf(input, 'cashTolerance') };
  return {
    text: { text, format, layout: csv ?? {}, defaults: { account: onlyOf(accounts), statedOn, basis: basis ?? 'SETTLED' } },
    terms: {
      custodian, tolerances, accounts: new Map(accounts.map(({ account, portfolioId }) => [account, portfolioId])),
      mapped: new Map(input.instruments?.map(({ identifier, instrumentId }) => [identifier, instrumentId])),
    },
  };
}

/** A CSV may leave out the account where there is one. */
const onlyOf = ([first, ...others]: ImportStatement['accounts']): string | null => (others.length > 0 ? null : first?.account ?? null);

function checkBounds({ custodian, accounts, instruments, version }: ImportStatement): void {
  if (custodian.trim() === '' || custodian.length > NAME_LENGTH_MAX) throw invalid(`a custodian's name has 1 to ${NAME_LENGTH_MAX} characters`, 'custodian');
  if (accounts.length === 0 || accounts.length > ACCOUNTS_MAX) throw invalid(`1 to ${ACCOUNTS_MAX} accounts are mapped to portfolios`, 'accounts');
  if (instruments != null && instruments.length > INSTRUMENTS_MAX) throw invalid(`at most ${INSTRUMENTS_MAX} instruments are mapped`, 'instruments');
  if (version != null && (version < 1 || version > VERSION_MAX)) throw invalid(`a version is a whole number from 1 to ${VERSION_MAX}`, 'version');
}

function toleranceOf(input: ImportStatement, field: 'quantityTolerance' | 'cashTolerance'): Decimal {
  const text = input[field];
  const tolerance = text == null ? ZERO : decimal(text);
  if (tolerance.isNegative()) throw invalid('a tolerance is zero or more', field);
  return tolerance;
}
