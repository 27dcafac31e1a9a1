/** A portfolio as events tell of it. */
import type { Portfolio } from '../domain/portfolio.ts';

export const factsOf = ({ id, name, baseCurrency, investorId, lotMethod, benchmarkInstrumentId }: Portfolio) =>
  ({ portfolioId: id, name, baseCurrency, investorId, lotMethod, benchmarkInstrumentId });
