/** What a portfolio may name must exist in its organisation: refused NOT_FOUND, with the way to it, where it does not. */
import { Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { PortfolioContext } from '../context.ts';

export async function mustKnowInvestor(ctx: PortfolioContext, id: string | null | undefined): Promise<void> {
  if (id == null) return;
  const [investor] = await ctx.store.investors(ctx.principal.organizationId, [id]);
  if (investor === undefined) throw new Refusal('NOT_FOUND', 'there is no such investor', ['investorId']);
}

export async function mustKnowBenchmark(ctx: PortfolioContext, id: string | null | undefined): Promise<void> {
  if (id == null) return;
  if (!(await known(ctx, id))) throw new Refusal('NOT_FOUND', 'there is no such instrument', ['benchmarkInstrumentId']);
}

export async function mustKnowTargets(ctx: PortfolioContext, instrumentIds: readonly string[]): Promise<void> {
  const found = await ctx.store.knownInstruments(ctx.principal.organizationId, instrumentIds);
  for (const [index, id] of instrumentIds.entries()) {
    if (!found.has(id) && !(await known(ctx, id))) throw new Refusal('NOT_FOUND', 'there is no such instrument', ['targets', String(index), 'instrumentId']);
  }
}

/** An instrument that was made a moment ago is waited for: its event may still be on the way. */
async function known(ctx: PortfolioContext, id: string): Promise<boolean> {
  const found = await awaitKnown(id, ctx.now, async () => ((await ctx.store.knownInstruments(ctx.principal.organizationId, [id])).has(id) ? id : null));
  return found !== null;
}
