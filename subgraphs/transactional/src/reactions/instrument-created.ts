/** Keeps the market of an instrument, which decides when its trades settle, and the names that statements know it by. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { knowInstruments } from '../commands/know-portfolio.ts';
import type { BooksContext } from '../context.ts';

export function onInstrumentCreated(ctx: BooksContext): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> =>
    knowInstruments(ctx, events.map((event) => {
      const { instrumentId, currency, mic, symbol, name, isin = null } = instrumentCreated.data.parse(event.data);
      return { event, instrument: { id: instrumentId, organizationId: event.organizationId, currency, mic, symbol, isin, name } };
    }));
  return { type: instrumentCreated.name, react: (event) => reactAll([event]), reactAll };
}
