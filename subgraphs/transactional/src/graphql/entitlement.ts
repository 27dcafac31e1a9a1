/** What corporate actions did in a portfolio, as it is shown. */
import { money } from '@pms/money';
import { cashOfOutcome } from '../domain/action-entries.ts';
import type { EntitlementChangeResolvers, EntitlementResolvers } from './types.generated.ts';

const statuses = { applied: 'APPLIED', paid: 'PAID', reversed: 'REVERSED' } as const;

export const Entitlement: EntitlementResolvers = {
  id: ({ action }) => action.entitlementId,
  // a lapse of rights follows from their issue; an exercise has been announced by nobody
  corporateAction: ({ action: { actionId } }) => (actionId.startsWith('cac_') ? { id: actionId.split('/')[0] ?? actionId } : null),
  kind: ({ action }) => action.terms.kind,
  instrument: ({ action }) => ({ id: action.instrumentId }),
  version: ({ action }) => action.version,
  status: ({ step }) => statuses[step],
  exDate: ({ action }) => action.effectiveOn,
  payDate: ({ action }) => action.payOn,
  entitledQuantity: ({ outcome }) => outcome.entitled,
  income: ({ outcome }) => money(outcome.income, outcome.currency),
  taxWithheld: ({ outcome }) => money(outcome.tax, outcome.currency),
  capital: ({ outcome }) => money(outcome.capital, outcome.currency),
  cash: ({ outcome }) => money(cashOfOutcome(outcome), outcome.currency),
  changes: ({ outcome }) => outcome.parts,
  fxRates: ({ action: { currency, rates } }) => [...(rates ?? [])].map(([quote, { rate, date }]) => ({ base: currency, quote, rate, date })),
  problem: ({ outcome }) => outcome.problem,
};

export const EntitlementChange: EntitlementChangeResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  costBasis: ({ cost, currency }) => money(cost, currency),
  realizedPnl: ({ gain, currency }) => money(gain, currency),
};
