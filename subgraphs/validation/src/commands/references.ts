/** Portfolios and instruments that an input names: waited for briefly where they were made just now. */
import { Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { ValidationContext } from '../context.ts';
import type { Instrument } from '../domain/market.ts';

export async function knownPortfolio({ store, principal, now }: ValidationContext, id: string): Promise<{ readonly id: string; readonly baseCurrency: string }> {
  const portfolio = await awaitKnown(id, now, () => store.portfolio(principal.organizationId, id));
  if (portfolio === null) throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  return portfolio;
}

/** `path` leads to each id in the input. */
export async function knownInstruments({ store, principal, now }: ValidationContext, ids: readonly string[], path: (index: number) => string[]): Promise<readonly Instrument[]> {
  const found = await store.instruments(principal.organizationId, ids);
  return Promise.all(ids.map(async (id, index) => {
    const instrument = found.get(id) ?? await awaitKnown(id, now, async () => (await store.instruments(principal.organizationId, [id])).get(id) ?? null);
    if (instrument === null) throw new Refusal('NOT_FOUND', 'there is no such instrument', path(index));
    return instrument;
  }));
}
