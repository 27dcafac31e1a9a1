/** Keeps what trades may name: portfolios, whether they are closed, and instruments with their currency and the unit they are quoted in. */
import type { Event } from '@pms/events/envelope';
import type { Reaction } from '@pms/events/bus';
import { portfolioClosed, portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import type { TradeStore } from '../store/trade-store.ts';
import { unseen } from './unseen.ts';

export const onPortfolioCreated = (store: TradeStore): Reaction => ({
  type: portfolioCreated.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    await tx.knowPortfolios([{ id: portfolioCreated.data.parse(event.data).portfolioId, organizationId: event.organizationId }]);
  }),
});

export const onPortfolioClosed = (store: TradeStore): Reaction => ({
  type: portfolioClosed.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    await tx.closePortfolio(portfolioClosed.data.parse(event.data).portfolioId);
  }),
});

export function onInstrumentCreated(store: TradeStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    await tx.knowInstruments((await unseen(tx, events)).map(({ organizationId, data }) => {
      const { instrumentId, currency, symbol, mic, isin = null, quoteUnit = null } = instrumentCreated.data.parse(data);
      return { id: instrumentId, organizationId, currency, quoteUnit, symbol, mic, isin };
    }));
  });
  return { type: instrumentCreated.name, react: (event) => reactAll([event]), reactAll };
}
