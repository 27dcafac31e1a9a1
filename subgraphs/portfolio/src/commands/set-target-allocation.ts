/** Replaces the whole target allocation of a portfolio. */
import { event } from '@pms/events/envelope';
import { targetAllocationSet } from '@pms/schema/events/portfolio';
import type { PortfolioContext } from '../context.ts';
import { type Portfolio, retargeted } from '../domain/portfolio.ts';
import { targetAllocation } from '../domain/target-allocation.ts';
import { changePortfolio } from './change-portfolio.ts';
import { mustKnowTargets } from './references.ts';

export interface SetTargetAllocation {
  readonly portfolioId: string;
  readonly targets: readonly { readonly instrumentId: string; readonly weight: number }[];
}

export async function setTargetAllocation(ctx: PortfolioContext, input: SetTargetAllocation): Promise<Portfolio> {
  const targets = targetAllocation(input.targets);
  await mustKnowTargets(ctx, input.targets.map(({ instrumentId }) => instrumentId));
  return changePortfolio(ctx, input.portfolioId, {
    apply: (portfolio) => retargeted(portfolio, targets),
    tell: ({ id }, before) => event(targetAllocationSet, id, { portfolioId: id, targets: told(targets), before: { targets: told(before.targets) } }, ctx),
  });
}

const told = (targets: Portfolio['targets']) => targets.map(({ instrumentId, weight }) => ({ instrumentId, weight: weight.toFixed() }));
