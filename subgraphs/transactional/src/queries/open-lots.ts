/** The open lots of a holding, the oldest first: read where they were not needed to find it. */
import type { Lot } from '../domain/lots.ts';
import type { HeldAt, Holding } from '../store/standing-reads.ts';

interface Reading {
  readonly loaders: { readonly openLots: { load(position: HeldAt): Promise<readonly Lot[]> } };
}

export const lotsOf = async ({ loaders }: Reading, { lots, position, portfolioId }: Holding & { readonly portfolioId: string }): Promise<readonly Lot[]> =>
  lots ?? loaders.openLots.load({ portfolioId, instrumentId: position.instrumentId, currency: position.currency });
