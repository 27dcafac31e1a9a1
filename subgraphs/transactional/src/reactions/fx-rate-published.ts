/** Keeps published exchange rates, as they were and as they were corrected: what amounts of other currencies count as in the base currency rests on them. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { decimal } from '@pms/money';
import { fxRatePublished } from '@pms/schema/events/rttm';
import type { BooksContext } from '../context.ts';

export function onFxRatePublished({ store }: Pick<BooksContext, 'store'>): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    // one after another: of two records of one day the later one stands
    for (const { id, organizationId, data } of events) {
      if (!fresh.has(id)) continue;
      const { base, quote, rates } = fxRatePublished.data.parse(data);
      await tx.keepRates(organizationId, rates.map(({ date, rate }) => ({ base, quote, date, rate: decimal(rate) })));
    }
  });
  return { type: fxRatePublished.name, react: (event) => reactAll([event]), reactAll };
}
