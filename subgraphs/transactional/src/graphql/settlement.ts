/** A settlement as it is shown: how far it has come, how late it is, what it has been through. */
import { decimal, type Money, money } from '@pms/money';
import { bucketOf, daysLate } from '../domain/ageing.ts';
import { deliveredOf } from '../domain/delivery.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import { passed } from '../domain/saga-history.ts';
import { undoing } from '../domain/saga-steps.ts';
import { dayOf } from '../queries/day.ts';
import { netOf, netSetOf, netSetThen, statusOf } from '../queries/settlements.ts';
import type { KnownClaim } from '../store/claim-reads.ts';
import type { SettlementView } from '../store/operations-reads.ts';
import type {
  NetSetResolvers, SettlementClaimResolvers, SettlementCompensation, SettlementResolvers, SettlementSagaState, SettlementSagaStepName, SettlementSagaStepResolvers,
} from './types.generated.ts';

/** Words of the domain as words of the schema: 'buy-in' is BUY_IN. */
const worded = <Name extends string>(word: string): Name => word.replaceAll('-', '_').toUpperCase() as Name;

const isOpen = ({ settlement }: SettlementView): boolean => settlement.step !== 'settled' && settlement.step !== 'cancelled';
const failureOf = ({ settlement }: SettlementView) => ('code' in settlement ? settlement : null);

const NOW = { asOf: null, knownAt: null };
const momentOf = ({ moment }: SettlementView) => moment ?? NOW;

/** Until when it counts as late. */
const lateUntil = ({ settlement, contractualOn }: SettlementView, today: string): string =>
  (settlement.step === 'settled' ? settlement.settledOn : settlement.step === 'cancelled' ? contractualOn : today);

export const Settlement: SettlementResolvers = {
  status: ({ settlement }) => statusOf(settlement.step),
  contractualDate: ({ contractualOn }) => contractualOn,
  settledOn: ({ settlement }) => (settlement.step === 'settled' ? settlement.settledOn : null),
  failureReason: (view) => failureOf(view)?.reason ?? null,
  failureCode: (view) => failureOf(view)?.code ?? null,
  failedOn: (view) => failureOf(view)?.failedOn ?? null,
  // an attempt that is due has not been made
  attempts: ({ settlement, attempt }) => (settlement.step === 'instructed' || settlement.step === 'matched' ? attempt - 1 : attempt),
  trade: ({ fill }) => ({ id: fill.tradeId }),
  tradeVersion: ({ version }) => version,
  portfolio: ({ portfolioId }) => ({ id: portfolioId }),
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  counterparty: ({ parties }) => parties.counterparty,
  placeOfSettlement: ({ parties }) => parties.placeOfSettlement,
  custodyAccount: ({ parties }) => parties.custodyAccount,
  quantity: ({ fill }) => fill.quantity,
  amount: ({ fill }) => cashOfFill(fill),
  charges: ({ fill }) => (fill.charges ?? []).map(({ currency, amount, inTrade }) => ({ amount: money(amount, currency), inTrade: money(inTrade, fill.currency) })),
  settledQuantity: ({ settlement, fill }) => deliveredOf(settlement, fill).quantity,
  settledAmount: ({ settlement, fill }) => money(deliveredOf(settlement, fill).amount, cashOfFill(fill).currency),
  daysLate: (view, _, ctx) => daysLate(view.contractualOn, lateUntil(view, dayOf(ctx, momentOf(view)))),
  businessDaysLate: (view, _, ctx) => ctx.businessDaysLate({ mic: view.mic, currency: view.fill.currency }, view.contractualOn, lateUntil(view, dayOf(ctx, momentOf(view)))),
  age: (view, _, ctx) => (isOpen(view) ? bucketOf(view.contractualOn, dayOf(ctx, momentOf(view))) : null),
  netSet({ settlement, portfolioId, moment }, _, ctx) {
    if (!('netSetId' in settlement) || settlement.netSetId === null) return null;
    return moment === undefined ? netSetOf(ctx, settlement.netSetId) : netSetThen(ctx, { portfolioId, netSetId: settlement.netSetId }, moment);
  },
  claims: (view, _, { loaders }) => loaders.claims(momentOf(view)).load(view.fill.tradeId),
  async saga(view, _, ctx) {
    const { fill, version, settlement, contractualOn, parties } = view;
    const facts = (await ctx.loaders.history(momentOf(view)).load(fill.tradeId)).filter((fact) => fact.version === version);
    return {
      state: failureOf(view)?.parked == null ? worded<SettlementSagaState>(settlement.step) : 'PARKED',
      parked: failureOf(view)?.parked ?? null,
      nextAttemptOn: failureOf(view)?.retryOn ?? null,
      stuck: (settlement.step === 'instructed' || settlement.step === 'matched') && daysLate(contractualOn, dayOf(ctx, momentOf(view))) > 1,
      steps: passed({ contractualDate: contractualOn, toMatch: parties.counterparty !== null }, fill, facts),
      compensations: undoing(settlement).map((each) => worded<SettlementCompensation>(each)),
    };
  },
};

export const SettlementSagaStep: SettlementSagaStepResolvers = {
  name: ({ step }) => worded<SettlementSagaStepName>(step),
  at: ({ at }) => at.toISOString(),
  compensation: ({ compensation }) => (compensation === null ? null : worded<SettlementCompensation>(compensation)),
  undoneAt: ({ undoneAt }) => undoneAt?.toISOString() ?? null,
};

export const NetSet: NetSetResolvers = {
  quantity: ({ settlements }) => netOf(settlements).quantity,
  amount: ({ settlements }) => netOf(settlements).amount,
};

const inCurrency = ({ terms, currency }: KnownClaim, term: string): Money | null => (terms[term] === undefined ? null : money(decimal(String(terms[term])), currency));

export const SettlementClaim: SettlementClaimResolvers = {
  trade: ({ tradeId }) => ({ id: tradeId }),
  amount: ({ amount, currency }) => money(amount, currency),
  principal: (claim) => inCurrency(claim, 'principal'),
  annualRate: ({ terms }) => (terms['annualRate'] === undefined ? null : decimal(String(terms['annualRate']))),
  dayCount: ({ terms }) => (terms['dayCount'] === 'ACTUAL_360' || terms['dayCount'] === 'ACTUAL_365' ? terms['dayCount'] : null),
  from: ({ terms }) => (terms['from'] === undefined ? null : String(terms['from'])),
  to: ({ terms }) => (terms['to'] === undefined ? null : String(terms['to'])),
  days: ({ terms }) => (terms['days'] === undefined ? null : Number(terms['days'])),
  price: (claim) => inCurrency(claim, 'price'),
  tradePrice: (claim) => inCurrency(claim, 'tradePrice'),
  raisedAt: ({ raisedAt }) => raisedAt.toISOString(),
  decidedAt: ({ decidedAt }) => decidedAt?.toISOString() ?? null,
};
