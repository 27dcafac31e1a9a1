/** What the portfolio domain tells the others. Add a field as optional, or make a new event: never change one. */
import { currencyText, defineEvent } from '@pms/events/envelope';
import { z } from 'zod';

export const lotMethods = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'] as const;

const facts = {
  portfolioId: z.string(), name: z.string(), baseCurrency: currencyText, investorId: z.string().nullable(),
  lotMethod: z.enum(lotMethods), benchmarkInstrumentId: z.string().nullable(),
};

export const investorCreated = defineEvent('portfolio.investor-created.v1', { investorId: z.string(), name: z.string(), kind: z.string().optional() });

/** Key: the portfolio. */
export const portfolioCreated = defineEvent('portfolio.portfolio-created.v1', facts);
export const portfolioUpdated = defineEvent('portfolio.portfolio-updated.v1', facts);
export const portfolioClosed = defineEvent('portfolio.portfolio-closed.v1', { portfolioId: z.string() });

export const targetAllocationSet = defineEvent('portfolio.target-allocation-set.v1', {
  portfolioId: z.string(), targets: z.array(z.object({ instrumentId: z.string(), weight: z.string() })),
});
