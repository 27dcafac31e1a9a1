/**
 * A set of positions and cash that is managed, measured and reported as one, and how it may change.
 * Refuses currencies that are not in use, and any change once it is closed.
 */
import { invalid, Refusal } from '@pms/errors';
import { isActiveCurrency } from './currencies.ts';
import { named } from './name.ts';
import type { TargetWeight } from './target-allocation.ts';

export type LotMethod = 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE_COST' | 'SPECIFIC';
export type PortfolioStatus = 'OPEN' | 'CLOSED';

export interface Portfolio {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** It never changes: what was measured in it stays comparable. */
  readonly baseCurrency: string;
  readonly lotMethod: LotMethod;
  readonly status: PortfolioStatus;
  readonly investorId: string | null;
  readonly benchmarkInstrumentId: string | null;
  /** Heaviest first. */
  readonly targets: readonly TargetWeight[];
  readonly createdAt: Date;
}

export function opened(portfolio: Omit<Portfolio, 'status' | 'targets'>): Portfolio {
  if (!isActiveCurrency(portfolio.baseCurrency)) throw invalid(`${portfolio.baseCurrency} is not a currency in use`, 'baseCurrency');
  return { ...portfolio, name: named(portfolio.name), status: 'OPEN', targets: [] };
}

export interface Changes {
  readonly name?: string;
  readonly lotMethod?: LotMethod;
  readonly investorId?: string | null;
  readonly benchmarkInstrumentId?: string | null;
}

export function changed(portfolio: Portfolio, changes: Changes): Portfolio {
  mustBeOpen(portfolio);
  return { ...portfolio, ...changes, name: named(changes.name ?? portfolio.name) };
}

export function retargeted(portfolio: Portfolio, targets: readonly TargetWeight[]): Portfolio {
  mustBeOpen(portfolio);
  return { ...portfolio, targets };
}

export function closed(portfolio: Portfolio): Portfolio {
  mustBeOpen(portfolio);
  return { ...portfolio, status: 'CLOSED' };
}

function mustBeOpen({ status }: Portfolio): void {
  if (status === 'CLOSED') throw new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
}
