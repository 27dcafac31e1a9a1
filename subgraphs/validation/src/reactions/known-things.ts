/** Keeps what decisions refer to: portfolios, instruments, closes. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import type { ValidationStore } from '../store/validation-store.ts';
import { unseen } from './unseen.ts';

export const onPortfolioCreated = (store: ValidationStore): Reaction => ({
  type: portfolioCreated.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { portfolioId, baseCurrency } = portfolioCreated.data.parse(event.data);
    await tx.knowPortfolio({ id: portfolioId, organizationId: event.organizationId, baseCurrency });
  }),
});

export function onInstrumentCreated(store: ValidationStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    await tx.knowInstruments((await unseen(tx, events)).map(({ organizationId, data }) => {
      const { instrumentId, symbol, assetClass, currency, quoteUnit = null } = instrumentCreated.data.parse(data);
      return { id: instrumentId, organizationId, symbol, assetClass, currency, quoteUnit };
    }));
  });
  return { type: instrumentCreated.name, react: (event) => reactAll([event]), reactAll };
}

export function onPricesRecorded(store: ValidationStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    // by instrument and day: of two records of one day the later one stands
    const closes = new Map((await unseen(tx, events)).flatMap(({ organizationId, data }) => {
      const { instrumentId, prices } = pricesRecorded.data.parse(data);
      return prices.map(({ date, close }) => [`${instrumentId} ${date}`, { instrumentId, organizationId, day: date, close }] as const);
    }));
    await tx.recordCloses([...closes.values()]);
  });
  return { type: pricesRecorded.name, react: (event) => reactAll([event]), reactAll };
}
