/**
 * Lists of settlements as they were at a moment. Facts say which trades there were and in which order; each is told to its saga again, as a single settlement of that
 * moment is, so that a list and what it lists agree.
 */
import type { Page } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { BookedFilter, Candidate } from '../store/settlement-candidates.ts';
import type { Moment } from '../store/history-reads.ts';
import type { SettlementFilter, SettlementView } from '../store/operations-reads.ts';
import { settlementsThen } from './settlements-then.ts';

/** So many are told again at a time. */
const AT_ONCE = 500;

interface Asked {
  readonly filter: BookedFilter;
  readonly moment: Moment;
  readonly backward?: boolean;
  readonly behind?: Candidate | null;
}

async function* standing({ store, principal: { organizationId } }: TransactionalContext, { filter, moment, backward = false, behind = null }: Asked): AsyncGenerator<SettlementView> {
  let from = behind;
  for (;;) {
    const candidates = await store.settlementCandidates(organizationId, filter, moment, { behind: from, backward, limit: AT_ONCE });
    const views = await settlementsThen(store, organizationId, candidates.map(({ tradeId }) => tradeId), moment);
    for (const { tradeId } of candidates) {
      const view = views.get(tradeId);
      if (view !== undefined) yield view;
    }
    if (candidates.length < AT_ONCE) return;
    from = candidates.at(-1) ?? null;
  }
}

const isParked = ({ settlement }: SettlementView): boolean => 'parked' in settlement && settlement.parked !== null;
const codeOf = ({ settlement }: SettlementView): string | null => ('code' in settlement ? settlement.code : null);
const openOnly = (steps: readonly string[]): boolean => !steps.includes('settled');

/** Where a page begins; a cursor of another list begins at the start. */
function behindOf({ from }: Page): Candidate | null {
  const [contractualOn = '', tradeId = ''] = from ?? [];
  return from?.length === 2 && /^\d{4}-\d\d-\d\d$/.test(contractualOn) ? { contractualOn, tradeId } : null;
}

/** As `settlementPage`, at a moment: a trade is there once, as the version that was booked last. */
export async function settlementsAt(ctx: TransactionalContext, { steps, failureCode, parked, ...filter }: SettlementFilter, page: Page, moment: Moment): Promise<SettlementView[]> {
  const found: SettlementView[] = [];
  for await (const view of standing(ctx, { filter: { ...filter, open: openOnly(steps) }, moment, backward: page.backward, behind: behindOf(page) })) {
    if (steps.includes(view.settlement.step) && (failureCode == null || codeOf(view) === failureCode) && (parked == null || isParked(view) === parked)) found.push(view);
    if (found.length === page.limit) break;
  }
  return found;
}

/** All that were in one of these steps. */
export async function standingAt(ctx: TransactionalContext, portfolioId: string | null, steps: readonly string[], moment: Moment): Promise<SettlementView[]> {
  const found: SettlementView[] = [];
  for await (const view of standing(ctx, { filter: { portfolioId, open: openOnly(steps) }, moment })) if (steps.includes(view.settlement.step)) found.push(view);
  return found;
}
