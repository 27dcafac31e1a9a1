/** Keeps the ids of investors that a user may stand for. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { investorCreated } from '@pms/schema/events/portfolio';
import type { AuthStore } from '../store/auth-store.ts';

export function onInvestorCreated(store: AuthStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> =>
    store.transaction(async (tx) => {
      const fresh = await tx.firstSights(events.map(({ id }) => id));
      await tx.knowInvestors(events.filter(({ id }) => fresh.has(id)).map(({ data, organizationId }) => ({ id: investorCreated.data.parse(data).investorId, organizationId })));
    });
  return { type: investorCreated.name, react: (event) => reactAll([event]), reactAll };
}
