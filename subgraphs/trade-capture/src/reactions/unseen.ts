/** The events of a run that were not handled before, each once: a run may hold one event twice. */
import type { Event } from '@pms/events/envelope';
import type { TradeWrites } from '../store/writes.ts';

export async function unseen(tx: TradeWrites, events: readonly Event[]): Promise<Event[]> {
  const fresh = await tx.firstSights(events.map(({ id }) => id));
  return [...new Map(events.filter(({ id }) => fresh.has(id)).map((event) => [event.id, event])).values()];
}
