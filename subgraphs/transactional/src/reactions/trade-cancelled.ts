/** Takes back what a cancelled trade had posted. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { tradeCancelled } from '@pms/schema/events/trade-capture';
import { reverseTrades } from '../commands/reverse-trades.ts';
import type { BooksContext } from '../context.ts';

export function onTradeCancelled(ctx: BooksContext): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> =>
    reverseTrades(ctx, events.map((event) => ({ event, ...tradeCancelled.data.parse(event.data) })));
  return { type: tradeCancelled.name, react: (event) => reactAll([event]), reactAll };
}
