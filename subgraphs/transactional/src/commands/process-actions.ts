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
  const { organizationId, portfolioId, asOf } = options;
  const run = running(ctx, options);
  if (portfolioId !== null) await run.process({ id: portfolioId, organizationId: organizationId ?? '' });
  else {
    for (const action of await ctx.store.actionsDue(organizationId, asOf)) {
      await run.throughAll(async (after) => (await ctx.store.portfoliosOfAction(action, asOf, after)).map((id) => ({ id, organizationId: action.organizationId })));
      if (run.isFull()) break;
      await ctx.store.markSwept(action, ctx.now().toISOString().slice(0, 10));
    }
    await run.throughAll((after) => ctx.store.portfoliosToRate(organizationId, after));
    await run.throughAll((after) => ctx.store.portfoliosToPay(organizationId, asOf, after));
  }
  return { ...run.done, more: run.isFull() };
}

interface Waiting {
  readonly id: string;
  readonly organizationId: string;
}

/** Takes each portfolio once, and no further page once the bound is reached. */
function running(ctx: BooksContext, { asOf, portfoliosMax, originFor }: ActionsOptions) {
  const done = { applied: 0, reversed: 0, paid: 0 };
  const seen = new Set<string>();
  let full = false;
  async function process({ id, organizationId }: Waiting): Promise<void> {
    if (seen.has(id)) return;
    seen.add(id);
    const { applied, reversed, paid } = await applyOne(ctx, id, { asOf, origin: originFor(organizationId) });
    done.applied += applied;
    done.reversed += reversed;
    done.paid += paid;
  }
  async function throughAll(pageAfter: (after: string) => Promise<readonly Waiting[]>): Promise<void> {
    for (let after = ''; !full;) {
      const page = await pageAfter(after);
      for (const each of page) await process(each);
      const last = page.at(-1);
      if (last === undefined) return;
      full = seen.size >= portfoliosMax;
      after = last.id;
    }
  }
  return { done, process, throughAll, isFull: (): boolean => full };
}

async function applyOne(ctx: BooksContext, portfolioId: string, at: { readonly asOf: string; readonly origin: Origin }): Promise<Applied> {
  const done = await ctx.store.transaction(async (tx) => applyDueActions(ctx, tx, await lockedPortfolio(tx, portfolioId), at));
  corporateActionsApplied.inc({ what: 'applied' }, done.applied);
  corporateActionsApplied.inc({ what: 'reversed' }, done.reversed);
  corporateActionsApplied.inc({ what: 'paid' }, done.paid);
  return done;
}
