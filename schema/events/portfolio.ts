/** What the portfolio domain tells the others. Add a field as optional, or make a new event: never change one. */
import { beforeShape } from '@pms/events/before';
import { currencyText, defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';

export const lotMethods = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'] as const;

const facts = {
  portfolioId: z.string(), name: z.string(), baseCurrency: currencyText, investorId: z.string().nullable(),
  lotMethod: z.enum(lotMethods), benchmarkInstrumentId: z.string().nullable(),
};

/** The name is sealed under the investor's key (`sealed:1:…`). */
export const investorCreated = defineEvent('portfolio.investor-created.v1', { investorId: z.string(), name: z.string(), kind: z.string().optional() });

/** Nothing that was sealed under their key can be read any more. Key: the investor. */
export const investorErased = defineEvent('portfolio.investor-erased.v1', { investorId: z.string() });

/** Key: the portfolio. */
export const portfolioCreated = defineEvent('portfolio.portfolio-created.v1', facts);
export const portfolioUpdated = defineEvent('portfolio.portfolio-updated.v1', { ...facts, before: beforeShape });
export const portfolioClosed = defineEvent('portfolio.portfolio-closed.v1', { portfolioId: z.string() });

export const targetAllocationSet = defineEvent('portfolio.target-allocation-set.v1', {
  portfolioId: z.string(), targets: z.array(z.object({ instrumentId: z.string(), weight: z.string() })), before: beforeShape,
});

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('portfolio');
