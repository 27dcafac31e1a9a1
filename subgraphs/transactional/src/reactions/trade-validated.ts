/** Books a trade that compliance let pass. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { tradeValidated } from '@pms/schema/events/validation';
import { bookTrades } from '../commands/book-trades.ts';
import type { BooksContext } from '../context.ts';

export function onTradeValidated(ctx: BooksContext): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> =>
    bookTrades(ctx, events.map((event) => ({ event, trade: tradeFacts.parse(tradeValidated.data.parse(event.data)) })));
  return { type: tradeValidated.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}
