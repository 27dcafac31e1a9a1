/** One transaction of a domain: its changes, the events that tell of them, and the inbox rows of what caused them, together or not at all. */
import type { Event } from './envelope.ts';
import { firstSights } from './inbox.ts';
import { addToOutbox } from './outbox.ts';
import type { Sql, Transactions } from './sql.ts';

export interface Work {
  readonly sql: Sql;
  readonly outbox: { add(events: readonly Event[]): Promise<void> };
  /** False if this event was handled before: the first line of every reaction. */
  firstSight(eventId: string): Promise<boolean>;
  firstSights(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export type UnitOfWork = <T>(work: (unit: Work) => Promise<T>) => Promise<T>;

/** `wake` is called after a commit that left events, so that they are delivered without waiting for the next poll. */
export function unitOfWork(database: Transactions, domain: string, wake: () => void): UnitOfWork {
  return async (work) => {
    let told = false;
    const result = await database.transaction((sql) => {
      told = false;
      return work({
        sql,
        outbox: {
          add: async (events) => {
            if (events.length > 0) told = true;
            await addToOutbox(sql, domain, events);
          },
        },
        firstSight: async (eventId) => (await firstSights(sql, domain, [eventId])).size === 1,
        firstSights: (eventIds) => firstSights(sql, domain, eventIds),
      });
    });
    if (told) wake();
    return result;
  };
}
