/** Changes what the input names. Name and lot method cannot be cleared: null leaves them as they are. */
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { portfolioUpdated } from '@pms/schema/events/portfolio';
import type { PortfolioContext } from '../context.ts';
import { changed, type LotMethod, type Portfolio } from '../domain/portfolio.ts';
import { changePortfolio } from './change-portfolio.ts';
import { factsOf } from './facts.ts';
import { mustKnowBenchmark, mustKnowInvestor } from './references.ts';

export interface UpdatePortfolio {
  readonly portfolioId: string;
  readonly name?: string | null | undefined;
  readonly lotMethod?: LotMethod | null | undefined;
  readonly investorId?: string | null | undefined;
  readonly benchmarkInstrumentId?: string | null | undefined;
}

export async function updatePortfolio(ctx: PortfolioContext, { portfolioId, name, lotMethod, investorId, benchmarkInstrumentId }: UpdatePortfolio): Promise<Portfolio> {
  await mustKnowInvestor(ctx, investorId);
  await mustKnowBenchmark(ctx, benchmarkInstrumentId);
  const changes = {
    ...(name == null ? {} : { name }),
    ...(lotMethod == null ? {} : { lotMethod }),
    ...(investorId === undefined ? {} : { investorId }),
    ...(benchmarkInstrumentId === undefined ? {} : { benchmarkInstrumentId }),
  };
  return changePortfolio(ctx, portfolioId, {
    apply: (portfolio) => changed(portfolio, changes),
    tell: (portfolio, before) => event(portfolioUpdated, portfolio.id, { ...factsOf(portfolio), before: replaced(factsOf(before), factsOf(portfolio)) }, ctx),
  });
}
