/**
 * Nothing is wrong with an event, and it cannot be handled yet: it rests on what others have written already, which has not come here. Thrown by a reaction, it lets the
 * event wait with what is behind it, for as long as that takes: it becomes no dead letter. A bus that keeps an order between what it waits for and itself must not see it.
 */
import type { Awaited } from './consistency-token.ts';

export class NotYet extends Error {
  /** Which of the events at hand has to wait; those before it may be handled. */
  readonly eventId: string;

  constructor(eventId: string, waitsFor: readonly Awaited[]) {
    super(`waits for ${waitsFor.map(({ type, id }) => `${type} ${id}`).join(', ')}`);
    this.name = 'NotYet';
    this.eventId = eventId;
  }
}
