/** Keeps what a simulation starts from: portfolios, closes, positions, cash. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, type corporateActionApplied, type corporateActionReversed, type tradeBooked, type tradeReversed } from '@pms/schema/events/transactional';
import type { SimulationStore } from '../store/simulation-store.ts';

export const onPortfolioCreated = (store: SimulationStore): Reaction => ({
  type: portfolioCreated.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { portfolioId, baseCurrency } = portfolioCreated.data.parse(event.data);
    await tx.keepPortfolio(portfolioId, event.organizationId, baseCurrency);
  }),
});

export const onPricesRecorded = (store: SimulationStore): Reaction => ({
  type: pricesRecorded.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { instrumentId, prices } = pricesRecorded.data.parse(event.data);
    await tx.keepCloses(instrumentId, event.organizationId, [...new Map(prices.map((price) => [price.date, price])).values()]);
  }),
});

/** Bookings and reversals alike say how the position stands afterwards. */
export function onPositionChanged(store: SimulationStore, type: typeof tradeBooked | typeof tradeReversed): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    const positions = events.filter(({ id }) => fresh.has(id)).map(({ data, organizationId }) => {
      const { portfolioId, position } = type.data.parse(data);
      return { portfolioId, organizationId, instrumentId: position.instrumentId, currency: position.currency, quantity: position.quantity };
    });
    await tx.keepPositions([...new Map(positions.map((position) => [`${position.portfolioId} ${position.instrumentId}`, position])).values()]);
  });
  return { type: type.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

/** Splits, spin-offs and the like: as it is now for every position that they touched. */
export const onCorporateAction = (store: SimulationStore, type: typeof corporateActionApplied | typeof corporateActionReversed): Reaction => ({
  type: type.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { portfolioId, positions } = type.data.parse(event.data);
    await tx.keepPositions(positions.map(({ instrumentId, currency, quantity }) => ({ portfolioId, organizationId: event.organizationId, instrumentId, currency, quantity })));
  }),
});

export function onCashMoved(store: SimulationStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    const balances = events.filter(({ id }) => fresh.has(id)).map(({ data, organizationId }) => ({ ...cashMoved.data.parse(data), organizationId }));
    const last = new Map(balances.map((moved) => [`${moved.portfolioId} ${moved.currency}`, moved]));
    for (const { portfolioId, organizationId, currency, balance } of last.values()) await tx.keepCash(portfolioId, organizationId, currency, balance);
  });
  return { type: cashMoved.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}
