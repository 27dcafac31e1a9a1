/** Keeps published exchange rates, which amounts of other currencies are valued at. */
import type { Reaction } from '@pms/events/bus';
import { decimal } from '@pms/money';
import { fxRatePublished } from '@pms/schema/events/rttm';
import type { AnalyticsStore } from '../store/analytics-store.ts';

export const onFxRatePublished = (store: AnalyticsStore): Reaction => ({
  type: fxRatePublished.name,
  react: (event) => store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { base, quote, rates } = fxRatePublished.data.parse(event.data);
    const changed = await tx.keepRates(event.organizationId, rates.map(({ date, rate }) => ({ base, quote, date, rate: decimal(rate) })));
    if (changed.length > 0) await tx.touchForeign(event.organizationId);
  }),
});
