/**
 * Takes corporate actions into the books once their ex date has come, and moves their cash on the pay date: portfolio by portfolio, each in a
 * transaction of its own behind its lock, however many hold the instrument. What was amended or cancelled is put right in the same way.
 */
import type { Origin } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { type Applied, applyDueActions } from './apply-actions.ts';
import { lockedPortfolio } from './locked.ts';
import { corporateActionsApplied } from './metrics.ts';

export interface ActionsOptions {
  /** Only actions of this organisation; null for all, which is the timer's business. */
  readonly organizationId: string | null;
  /** Only this portfolio. */
  readonly portfolioId: string | null;
  readonly asOf: string;
  /** At most this many portfolios, to the next full page. */
  readonly portfoliosMax: number;
  originFor(organizationId: string): Origin;
}

export interface Processed extends Applied {
  /** The bound was reached and more is due. */
  readonly more: boolean;
}

export async function processDueActions(ctx: BooksContext, options: ActionsOptions): Promise<Processed> {
  const { organizationId, asOf, portfoliosMax, originFor } = options;
  const done = { applied: 0, reversed: 0, paid: 0 };
  const seen = new Set<string>();
  const process = async (id: string, organization: string): Promise<void> => {
    if (seen.has(id)) return;
    seen.add(id);
    const { applied, reversed, paid } = await applyOne(ctx, id, { asOf, origin: originFor(organization) });
    done.applied += applied;
    done.reversed += reversed;
    done.paid += paid;
  };
  if (options.portfolioId !== null) {
    await process(options.portfolioId, organizationId ?? '');
    return { ...done, more: false };
  }
  for (const action of await ctx.store.actionsDue(organizationId, asOf)) {
    for (let after = ''; ;) {
      const ids = await ctx.store.portfoliosOfAction(action, asOf, after);
      for (const id of ids) await process(id, action.organizationId);
      const last = ids.at(-1);
      if (last === undefined) break;
      if (seen.size >= portfoliosMax) return { ...done, more: true };
      after = last;
    }
    await ctx.store.markSwept(action, ctx.now().toISOString().slice(0, 10));
  }
  for (let after = ''; ;) {
    const rated = await ctx.store.portfoliosToRate(organizationId, after);
    for (const { id, organizationId: organization } of rated) await process(id, organization);
    const last = rated.at(-1);
    if (last === undefined) break;
    if (seen.size >= portfoliosMax) return { ...done, more: true };
    after = last.id;
  }
  for (let after = ''; ;) {
    const due = await ctx.store.portfoliosToPay(organizationId, asOf, after);
    for (const { id, organizationId: organization } of due) await process(id, organization);
    const last = due.at(-1);
    if (last === undefined) return { ...done, more: false };
    if (seen.size >= portfoliosMax) return { ...done, more: true };
    after = last.id;
  }
}

async function applyOne(ctx: BooksContext, portfolioId: string, at: { readonly asOf: string; readonly origin: Origin }): Promise<Applied> {
  const done = await ctx.store.transaction(async (tx) => applyDueActions(ctx, tx, await lockedPortfolio(tx, portfolioId), at));
  corporateActionsApplied.inc({ what: 'applied' }, done.applied);
  corporateActionsApplied.inc({ what: 'reversed' }, done.reversed);
  corporateActionsApplied.inc({ what: 'paid' }, done.paid);
  return done;
}
