/** For whom portfolios are kept. Refuses names that are blank or too long. */
import { named } from './name.ts';

export type InvestorKind = 'INDIVIDUAL' | 'INSTITUTION' | 'FUND' | 'HOUSE';

export interface Investor {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly kind: InvestorKind;
  readonly createdAt: Date;
}

export const newInvestor = (investor: Investor): Investor => ({ ...investor, name: named(investor.name) });
