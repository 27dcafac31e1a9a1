/** Compares statements with the books, each for the portfolio that its account belongs to; writes nothing. */
import { invalid, Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../../context.ts';
import { compared, type Names, type Tolerances } from '../../domain/custody/matching.ts';
import type { Reconciliation } from '../../domain/custody/reconciliation.ts';
import type { Statement, StatementFormat } from '../../domain/custody/statement.ts';
import { custodyBooks } from '../../queries/custody/custody-books.ts';

export interface Terms {
  readonly custodian: string;
  readonly format: StatementFormat;
  /** Account → portfolio. */
  readonly accounts: ReadonlyMap<string, string>;
  /** A statement's ISIN, symbol or identifier → instrument. */
  readonly mapped: ReadonlyMap<string, string>;
  readonly tolerances: Tolerances;
}

/** What the caller will keep; `version` and `supersededBy` are given then. */
export async function compareStatements(ctx: TransactionalContext, statements: readonly Statement[], terms: Terms): Promise<Reconciliation[]> {
  const today = ctx.now().toISOString().slice(0, 10);
  const late = statements.find(({ statedOn }) => statedOn > today);
  if (late !== undefined) throw invalid(`the statement of account ${late.account} is of ${late.statedOn}, a day that has not come`, 'text');
  await checkPortfolios(ctx, terms);
  const made: Reconciliation[] = [];
  for (const { portfolioId, statement } of byPortfolio(statements, terms)) made.push(await compareOne(ctx, { portfolioId, statement, terms }));
  return made;
}

/** Accounts of one portfolio on one day are compared together, the earliest day first: the books know the portfolio, not where it is kept. */
function byPortfolio(statements: readonly Statement[], { accounts }: Terms): { readonly portfolioId: string; readonly statement: Statement }[] {
  const placed = statements.map((statement) => {
    const portfolioId = accounts.get(statement.account);
    if (portfolioId === undefined) throw invalid(`account ${statement.account} of the statement is mapped to no portfolio`, 'accounts');
    return { portfolioId, statement };
  });
  const groups = Map.groupBy(placed, ({ portfolioId, statement: { statedOn, basis } }) => JSON.stringify([statedOn, basis, portfolioId]));
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => {
    const [{ portfolioId, statement }] = of as [(typeof of)[number], ...typeof of];
    const all = of.map((one) => one.statement).toSorted((a, b) => (a.account < b.account ? -1 : 1));
    return { portfolioId, statement: all.length === 1 ? statement : together(all, statement) };
  });
}

const together = (all: readonly Statement[], first: Statement): Statement => ({
  ...first, account: all.map(({ account }) => account).join('+'), holdings: all.flatMap(({ holdings }) => holdings),
  cash: all.some(({ cash }) => cash !== null) ? all.flatMap(({ cash }) => cash ?? []) : null,
});

async function checkPortfolios(ctx: TransactionalContext, { accounts }: Terms): Promise<void> {
  for (const portfolioId of new Set(accounts.values())) {
    const known = await awaitKnown(portfolioId, ctx.now, () => ctx.store.portfolioOf(ctx.principal.organizationId, portfolioId));
    if (known === null) throw new Refusal('NOT_FOUND', `there is no portfolio ${portfolioId}`, ['accounts']);
  }
}

async function compareOne(ctx: TransactionalContext, { portfolioId, statement, terms }: { readonly portfolioId: string; readonly statement: Statement; readonly terms: Terms }): Promise<Reconciliation> {
  const { organizationId } = ctx.principal;
  const { account, statedOn, basis, reference } = statement;
  const comparedAt = ctx.now();
  const books = await custodyBooks(ctx.store, { organizationId, portfolioId, statedOn, basis });
  const names: Names = { mapped: terms.mapped, instruments: await instrumentsOf(ctx, statement, { held: [...books.quantities.keys()], mapped: terms.mapped }) };
  return {
    id: ctx.newId('rec'), organizationId, portfolioId, custodian: terms.custodian, account, statedOn, basis, version: 1, reference, format: terms.format,
    contentHash: hashOf(portfolioId, statement, terms), tolerances: terms.tolerances, comparedAt, comparedBy: ctx.principal.subject, supersededBy: null,
    lines: compared(statement, books, names, terms.tolerances),
  };
}

async function instrumentsOf(ctx: TransactionalContext, { holdings }: Statement, { held, mapped }: { readonly held: readonly string[]; readonly mapped: Names['mapped'] }): Promise<Names['instruments']> {
  const texts = (read: (holding: (typeof holdings)[number]) => string | null): string[] => [...new Set(holdings.map(read).filter((text) => text !== null))];
  const found = await ctx.store.instrumentsNamed(ctx.principal.organizationId, { ids: [...held, ...mapped.values()], isins: texts(({ isin }) => isin), symbols: texts(({ symbol }) => symbol) });
  const known = new Set(found.map(({ id }) => id));
  const unknown = [...mapped].find(([, id]) => !known.has(id));
  if (unknown !== undefined) throw new Refusal('NOT_FOUND', `there is no instrument ${unknown[1]}, to which ${unknown[0]} is mapped`, ['instruments']);
  return found;
}

/** The same for the same statement on the same terms, in whatever order or format its lines come. */
function hashOf(portfolioId: string, { account, statedOn, basis, holdings, cash }: Statement, { tolerances, mapped }: Terms): string {
  const rows = (of: readonly object[] | null): string[] | null => of?.map((row) => JSON.stringify(row)).toSorted() ?? null;
  return contentHash({
    portfolioId, account, statedOn, basis, cash: rows(cash), tolerances: { quantity: tolerances.quantity.toFixed(), cash: tolerances.cash.toFixed() }, mapped: Object.fromEntries(mapped),
    // words and prices are no part of what is compared
    holdings: rows(holdings.map((holding) => ({ ...holding, price: null, description: null }))),
  });
}
