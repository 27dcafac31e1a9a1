/** Rows of this domain's tables as domain values. */
import { decimal } from '@pms/money';
import type { LotMethod, Portfolio, PortfolioStatus } from '../domain/portfolio.ts';
import { heaviestFirst } from '../domain/target-allocation.ts';

export interface PortfolioRow {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly baseCurrency: string;
  readonly lotMethod: string;
  readonly status: string;
  readonly investorId: string | null;
  readonly benchmarkInstrumentId: string | null;
  readonly createdAt: Date;
  readonly targets: readonly { readonly instrumentId: string; readonly weight: { toFixed(): string } }[];
}

/** Checks in the database keep status and lot method within their unions. */
export const toPortfolio = (row: PortfolioRow): Portfolio => ({
  id: row.id, organizationId: row.organizationId, name: row.name, baseCurrency: row.baseCurrency,
  lotMethod: row.lotMethod as LotMethod, status: row.status as PortfolioStatus,
  investorId: row.investorId, benchmarkInstrumentId: row.benchmarkInstrumentId, createdAt: row.createdAt,
  targets: heaviestFirst(row.targets.map(({ instrumentId, weight }) => ({ instrumentId, weight: decimal(weight.toFixed()) }))),
});
