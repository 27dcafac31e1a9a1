/** The statement of a portfolio over a period, as it was known at a time: by default now, and the time is in it, so that it can be asked for again. */
import { badInput, notFound } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { type Stand, type Statement, statementOf } from '../domain/statement.ts';

export interface StatementArgs {
  readonly from: string;
  readonly to: string;
  readonly knownAt?: string | null | undefined;
}

/** Longer statements are nobody's reading: ask for shorter periods, or export the journal. */
const ENTRIES_MAX = 5_000;

export async function statementFor(ctx: TransactionalContext, portfolioId: string, { from, to, knownAt: asked }: StatementArgs): Promise<Statement> {
  if (from > to) throw badInput(`the period ends on ${to}, before it begins on ${from}`);
  const { store, loaders, principal: { organizationId } } = ctx;
  const portfolio = await store.titleOf(organizationId, portfolioId);
  if (portfolio === null) throw notFound('portfolio', portfolioId);
  const knownAt = asked ?? (await store.momentOf(portfolioId));
  const stand = async (asOf: string): Promise<Stand> => {
    const [cash, holdings] = await Promise.all([loaders.cash({ asOf, knownAt }).load(portfolioId), loaders.holdings({ asOf, knownAt }).load(portfolioId)]);
    return { cash, holdings: holdings.map(({ position }) => position).filter(({ quantity }) => !quantity.isZero()) };
  };
  const [opening, closing] = [await stand(addDays(from, -1)), await stand(to)];
  const entries = await store.statedEntries(organizationId, portfolioId, { from, to, knownAt }, ENTRIES_MAX + 1);
  if (entries.length > ENTRIES_MAX) throw badInput(`a statement has at most ${ENTRIES_MAX} entries: ask for a shorter period, or export the journal`);
  const instruments = new Set([
    ...[...opening.holdings, ...closing.holdings].map(({ instrumentId }) => instrumentId), ...entries.flatMap(({ lines }) => lines.flatMap((line) => line.instrumentId ?? [])),
  ]);
  return statementOf({ portfolio, from, to, knownAt, opening, closing, entries, names: await store.instrumentNames(organizationId, [...instruments]) });
}
