/**
 * Keeps positions at the ends of days, so that the books of an old day are read without a replay from the start. Between two checkpoints there
 * are a thousand movements at least, and one for every four open lots: all checkpoints together hold no more than four lots for each movement.
 */
import type { BooksContext } from '../context.ts';
import type { Day } from '../domain/days.ts';
import { type Difference, differences, shown } from '../domain/rebuilt.ts';
import { keyOf } from '../domain/movement.ts';
import type { Beginning } from '../domain/position-books.ts';
import type { Posting } from '../store/books-store.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { walkHistory } from './walk-history.ts';

export const MOVEMENTS_BETWEEN_MIN = 1_000;
const LOTS_PER_MOVEMENT_MAX = 4;

export interface Keeping {
  readonly organizationId: string;
  readonly portfolioId: string;
  /** Days from this one on are still being traded. */
  readonly today: Day;
  /** Fewer movements between two than the default, for tests. */
  readonly movementsBetweenMin?: number;
}

/** Adds those that are missing at the end; resolves to how many. */
export async function keepCheckpoints(ctx: Pick<BooksContext, 'store'>, { organizationId, portfolioId, today, movementsBetweenMin = MOVEMENTS_BETWEEN_MIN }: Keeping): Promise<number> {
  const last = (await ctx.store.checkpointsAt(organizationId, [portfolioId], { asOf: null, knownAt: null })).get(portfolioId) ?? null;
  let kept = 0;
  await ctx.store.transaction(async (tx) => {
    const portfolio = await tx.seen(portfolioId);
    if (portfolio === null) return;
    const sequence = portfolio.lastFact;
    let counted = 0;
    await walkHistory(tx, { portfolioId, method: portfolio.lotMethod, from: last, before: sequence + 1 }, async (through, books, movements) => {
      if (through >= today || movements - counted < movementsBetweenMin) return;
      const beginnings = books.positions();
      if ((movements - counted) * LOTS_PER_MOVEMENT_MAX < openLots(beginnings)) return;
      counted = movements;
      kept += 1;
      await keep(ctx, portfolioId, { through, sequence, method: portfolio.lotMethod, beginnings });
    });
  });
  return kept;
}

const openLots = (positions: readonly Beginning[]): number => positions.reduce((count, { lots }) => count + lots.length, 0);

/** In a transaction of its own: whoever posts waits for one checkpoint to be written, not for the walk. */
const keep = ({ store }: Pick<BooksContext, 'store'>, portfolioId: string, made: Omit<Checkpoint, 'portfolioId' | 'spoiledBy'>): Promise<void> =>
  store.transaction(async (tx) => {
    const portfolio = await tx.lock(portfolioId);
    if (portfolio !== null) await tx.insertCheckpoint(portfolio, made);
  });

/** Each checkpoint against a replay of what it knew; those that hold no longer still answer who asks for an earlier knowledge. */
export async function checkpointDifferences(tx: Posting, portfolio: LockedPortfolio): Promise<Difference[]> {
  const found: Difference[] = [];
  const all = await tx.everyCheckpoint(portfolio.id);
  for (const [before, of] of Map.groupBy(all, ({ spoiledBy }) => spoiledBy ?? portfolio.lastFact + 1)) {
    const method = await tx.methodBefore(portfolio.id, before);
    const left = new Map(Map.groupBy(of, ({ through }) => through));
    await walkHistory(tx, { portfolioId: portfolio.id, method: method ?? portfolio.lotMethod, from: null, before }, async (through, books) => {
      for (const { sequence, method: by } of left.get(through) ?? []) {
        const kept = await tx.checkpoint(portfolio.id, through, sequence);
        found.push(...differences(shownAt(through, by, kept?.beginnings ?? []), shownAt(through, method ?? portfolio.lotMethod, books.positions())));
      }
      left.delete(through);
    });
    for (const through of left.keys()) found.push({ what: `checkpoint of ${through}`, stored: 'some', facts: null });
  }
  return found;
}

const shownAt = (through: Day, method: string, positions: readonly Beginning[]): Map<string, string> => new Map([
  [`checkpoint of ${through}`, `by ${method}`],
  ...positions.map(({ state, lots }): [string, string] => [
    `checkpoint of ${through}, position ${keyOf(state)}`,
    shown(state.quantity, 'cost', state.cost, 'realised', state.realized, 'since', state.openedOn, 'last', state.last?.tradeId ?? null,
      ...lots.flatMap(({ id, openedOn, quantity, cost }) => ['lot', id, openedOn, quantity, cost])),
  ]),
]);
