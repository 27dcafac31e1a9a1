/** The next day on which the banks of a currency are open: when what failed for want of cash is tried again. */
import type { BooksContext } from '../context.ts';
import { addDays, type Day } from '../domain/days.ts';

/** No banks anywhere are closed for so long. */
const CLOSED_DAYS_MAX = 15;

export function nextBusinessDay(ctx: Pick<BooksContext, 'businessDaysSince'>, currency: string, after: Day): Day {
  for (let days = 1; days <= CLOSED_DAYS_MAX; days++) {
    const day = addDays(after, days);
    if (ctx.businessDaysSince(currency, after, day) > 0) return day;
  }
  return addDays(after, CLOSED_DAYS_MAX);
}
