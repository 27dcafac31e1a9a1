/** The open lots of a holding, the oldest first: read where they were not needed to find it. */
import type { ShownHolding, TransactionalContext } from '../context.ts';
import type { Lot } from '../domain/lots.ts';

export const lotsOf = async ({ loaders }: Pick<TransactionalContext, 'loaders'>, { lots, position, portfolioId }: ShownHolding): Promise<readonly Lot[]> =>
  lots ?? loaders.openLots.load({ portfolioId, instrumentId: position.instrumentId, currency: position.currency });
