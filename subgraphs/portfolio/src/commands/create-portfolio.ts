/** Opens a portfolio. The same key with the same content returns the first one. */
import { event } from '@pms/events/envelope';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { contentHash } from '@pms/subgraph/idempotency';
import type { PortfolioContext } from '../context.ts';
import { type LotMethod, opened, type Portfolio } from '../domain/portfolio.ts';
import { portfolioById } from '../queries/portfolios.ts';
import { factsOf } from './facts.ts';
import { mustKnowBenchmark, mustKnowInvestor } from './references.ts';
import { sameContent } from './same-content.ts';

export interface CreatePortfolio {
  readonly name: string;
  readonly baseCurrency: string;
  readonly lotMethod?: LotMethod | null | undefined;
  readonly investorId?: string | null | undefined;
  readonly benchmarkInstrumentId?: string | null | undefined;
  readonly idempotencyKey: string;
}

export async function createPortfolio(ctx: PortfolioContext, input: CreatePortfolio): Promise<Portfolio> {
  const portfolio = opened({
    id: ctx.newId('prt'), organizationId: ctx.principal.organizationId, name: input.name, baseCurrency: input.baseCurrency,
    lotMethod: input.lotMethod ?? 'FIFO', investorId: input.investorId ?? null, benchmarkInstrumentId: input.benchmarkInstrumentId ?? null, createdAt: ctx.now(),
  });
  await mustKnowInvestor(ctx, portfolio.investorId);
  await mustKnowBenchmark(ctx, portfolio.benchmarkInstrumentId);
  const earlier = await ctx.store.transaction(async (tx) => {
    const hash = contentHash(input);
    const before = await tx.insertPortfolio(portfolio, { idempotencyKey: input.idempotencyKey, contentHash: hash });
    if (before !== null) return sameContent(before, hash);
    await tx.outbox.add([event(portfolioCreated, portfolio.id, factsOf(portfolio), ctx)]);
    return null;
  });
  return earlier === null ? portfolio : portfolioById(ctx, earlier.id);
}
