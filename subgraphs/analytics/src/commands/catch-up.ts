/** Measures at once what these events have changed, so that who presents a consistency token need not wait for its turn; the figures are told as always. */
import type { Aftermath } from '@pms/events/consequences';
import type { Awaited } from '@pms/events/consistency-token';
import { performanceMeasured } from '@pms/schema/events/analytics';
import { fxRatePublished } from '@pms/schema/events/rttm';
import { dayOf } from '../queries/days.ts';
import { type MeasureContext, measureOne } from './measure-portfolios.ts';

const BATCH_MAX = 20;

/** For the organisation that the caller acts for. `late` when there was no time for all of them. Each portfolio is measured once, however many facts come meanwhile. */
export async function catchUp(ctx: MeasureContext, events: readonly Awaited[], inTime: () => boolean): Promise<Aftermath | 'late'> {
  const about = subjectsOf(events);
  const today = dayOf(ctx.now());
  for (let after = ''; ;) {
    const due = await ctx.store.dueAmong(about, after, BATCH_MAX);
    for (const portfolio of due) {
      if (!inTime()) return 'late';
      await measureOne(ctx, portfolio, today);
      after = portfolio.id;
    }
    if (due.length < BATCH_MAX) break;
  }
  return { type: performanceMeasured.name, keys: about === null ? null : await ctx.store.portfoliosAbout(about) };
}

/** Portfolios and instruments by their ids; null, for all portfolios, where it is not known what an event is about, or it is about a currency. */
function subjectsOf(events: readonly Awaited[]): readonly string[] | null {
  const keys = events.map(({ type, key }) => (type === fxRatePublished.name ? undefined : key));
  return keys.includes(undefined) ? null : [...new Set(keys.flatMap((key) => key ?? []))];
}
