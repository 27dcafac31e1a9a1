/** One change of one portfolio: read and locked, changed by a pure function, saved with the event that tells of it. */
import { Refusal } from '@pms/errors';
import type { Event } from '@pms/events/envelope';
import type { PortfolioContext } from '../context.ts';
import type { Portfolio } from '../domain/portfolio.ts';

export interface Change {
  readonly apply: (portfolio: Portfolio) => Portfolio;
  readonly tell: (portfolio: Portfolio, before: Portfolio) => Event;
}

/** Refuses NOT_FOUND for an unknown or another organisation's id. */
export async function changePortfolio(ctx: PortfolioContext, portfolioId: string, { apply, tell }: Change): Promise<Portfolio> {
  return ctx.store.transaction(async (tx) => {
    const before = await tx.portfolioForUpdate(ctx.principal.organizationId, portfolioId);
    if (before === null) throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
    const after = apply(before);
    await tx.savePortfolio(after);
    if (after.targets !== before.targets) await tx.replaceTargets(after);
    await tx.outbox.add([tell(after, before)]);
    return after;
  });
}
