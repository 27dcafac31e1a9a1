/** Adds an investor. The same key with the same content returns the first one. */
import { event } from '@pms/events/envelope';
import { investorCreated } from '@pms/schema/events/portfolio';
import { contentHash } from '@pms/subgraph/idempotency';
import type { PortfolioContext } from '../context.ts';
import { type Investor, type InvestorKind, newInvestor } from '../domain/investor.ts';
import { investorById } from '../queries/investors.ts';
import { sameContent } from './same-content.ts';

export interface CreateInvestor {
  readonly name: string;
  readonly kind?: InvestorKind | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export async function createInvestor(ctx: PortfolioContext, input: CreateInvestor): Promise<Investor> {
  const investor = newInvestor({
    id: ctx.newId('inv'), organizationId: ctx.principal.organizationId, name: input.name, kind: input.kind ?? 'INDIVIDUAL', createdAt: ctx.now(),
  });
  const earlier = await ctx.store.transaction(async (tx) => {
    const hash = contentHash(input);
    const inserted = await tx.insertInvestor(investor, { idempotencyKey: input.idempotencyKey ?? null, contentHash: hash });
    if ('contentHash' in inserted) return sameContent(inserted, hash);
    await tx.outbox.add([event(investorCreated, investor.id, { investorId: investor.id, name: inserted.name, kind: investor.kind }, ctx)]);
    return null;
  });
  return earlier === null ? investor : investorById(ctx, earlier.id);
}
