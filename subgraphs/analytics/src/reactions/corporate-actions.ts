/** Keeps what corporate actions did to positions and cash, and which splits prices went through. */
import type { Reaction } from '@pms/events/bus';
import type { Live } from '@pms/events/live';
import { decimal, text } from '@pms/money';
import { corporateActionAmended, corporateActionAnnounced, corporateActionCancelled, type CorporateActionFacts } from '@pms/schema/events/rttm';
import { corporateActionApplied, corporateActionReversed } from '@pms/schema/events/transactional';
import type { AnalyticsStore } from '../store/analytics-store.ts';
import type { ActionEffect } from '../store/writes.ts';
import { keep } from './books.ts';

/** What is told last of an entitlement stands. */
export function onCorporateActionApplied(store: AnalyticsStore, live: Live): Reaction {
  return {
    type: corporateActionApplied.name,
    react: (event) => keep({ store, live }, [event], ({ data }) => corporateActionApplied.data.parse(data), async (tx, facts) => {
      for (const fact of facts) {
        await tx.dropEffects(fact.entitlementId);
        await tx.keepEffects(effectsOf(fact));
        await tx.keepPositions(fact.positions.map((position) => ({ ...position, portfolioId: fact.portfolioId, organizationId: fact.organizationId })));
      }
    }),
  };
}

export function onCorporateActionReversed(store: AnalyticsStore, live: Live): Reaction {
  return {
    type: corporateActionReversed.name,
    react: (event) => keep({ store, live }, [event], ({ data }) => corporateActionReversed.data.parse(data), async (tx, facts) => {
      for (const { entitlementId, portfolioId, organizationId, positions } of facts) {
        await tx.dropEffects(entitlementId);
        await tx.keepPositions(positions.map((position) => ({ ...position, portfolioId, organizationId })));
      }
    }),
  };
}

type Applied = ReturnType<typeof corporateActionApplied.data.parse> & { readonly organizationId: string };

/** Its cash is that of the instrument that it is about. */
function effectsOf({ entitlementId, portfolioId, organizationId, exDate: day, instrumentId, currency, income, tax, capital, parts }: Applied): ActionEffect[] {
  const about = { entitlementId, portfolioId, organizationId, day };
  const cash = decimal(income).minus(tax).plus(capital);
  const changed = parts.map((part): ActionEffect => ({
    ...about, instrumentId: part.instrumentId, currency: part.currency, quantity: part.quantity, costBasis: part.cost, realizedPnl: part.gain,
    netAmount: part.instrumentId === instrumentId && part.currency === currency ? text(cash) : '0',
  }));
  const isTold = changed.some((effect) => effect.instrumentId === instrumentId && effect.currency === currency);
  return isTold || cash.isZero() ? changed : [...changed, { ...about, instrumentId, currency, quantity: '0', costBasis: '0', realizedPnl: '0', netAmount: text(cash) }];
}

export const onCorporateActionAnnounced = (store: AnalyticsStore): readonly Reaction[] => [
  { type: corporateActionAnnounced.name, react: (event) => known(store, event.id, event.organizationId, corporateActionAnnounced.data.parse(event.data)) },
  { type: corporateActionAmended.name, react: (event) => known(store, event.id, event.organizationId, corporateActionAmended.data.parse(event.data)) },
  {
    type: corporateActionCancelled.name,
    react: (event) => store.transaction(async (tx) => {
      if (await tx.firstSight(event.id)) await tx.dropSplit(corporateActionCancelled.data.parse(event.data));
    }),
  },
];

const known = (store: AnalyticsStore, eventId: string, organizationId: string, { kind, actionId, version, instrumentId, exDate, newShares, oldShares }: CorporateActionFacts): Promise<void> =>
  store.transaction(async (tx) => {
    if (!(await tx.firstSight(eventId)) || newShares === null || oldShares === null || (kind !== 'SPLIT' && kind !== 'STOCK_DIVIDEND')) return;
    const intoShares = kind === 'SPLIT' ? newShares : text(decimal(oldShares).plus(newShares));
    await tx.keepSplit({ actionId, version, instrumentId, organizationId, exDate, intoShares, oldShares });
  });
