/** Recorded closes of an instrument, oldest first. Throws BAD_USER_INPUT for days in the wrong order and for more than 40 years. */
import { badInput } from '@pms/errors';
import type { RttmContext } from '../context.ts';
import { type Day, epochDay } from '../domain/days.ts';
import type { Close } from '../domain/prices.ts';

const RANGE_DAYS_MAX = 40 * 366;

export async function priceHistory({ loaders }: RttmContext, instrumentId: string, from: Day, to: Day): Promise<readonly Close[]> {
  if (to < from) throw badInput('`to` is before `from`', { from, to });
  if (epochDay(to) - epochDay(from) > RANGE_DAYS_MAX) throw badInput('at most 40 years at a time', { from, to });
  return loaders.history.load({ instrumentId, from, to });
}
