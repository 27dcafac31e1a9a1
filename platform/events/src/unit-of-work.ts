/** One transaction of a domain: its changes, the events that tell of them, and the inbox rows of what caused them, together or not at all. */
import type { Event } from './envelope.ts';
import { noteWritten } from './consistency.ts';
import { gathered } from './gathered.ts';
import { firstSights } from './inbox.ts';
import { noteTelling } from './mutation-noted.ts';
import { addToOutbox } from './outbox.ts';
import type { Written } from './recent.ts';
import type { Sql, Transactions } from './sql.ts';

export interface Work {
  readonly sql: Sql;
  readonly outbox: { add(events: readonly Event[]): Promise<void> };
  /** False if this event was handled before: the first line of every reaction. */
  firstSight(eventId: string): Promise<boolean>;
  firstSights(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export type UnitOfWork = <T>(work: (unit: Work) => Promise<T>) => Promise<T>;

/** `wake` is called after a commit that left events, with those, so that they are delivered without waiting for the next poll. */
export function unitOfWork(database: Transactions, domain: string, wake: (told: readonly Written[]) => void): UnitOfWork {
  return async (work) => {
    let told: Written[] = [];
    const result = await database.transaction((sql) => {
      told = [];
      return work(unitOf(sql, domain, told));
    });
    if (told.length > 0) {
      noteWritten(told);
      wake(told);
    }
    return result;
  };
}

/** What is asked of inbox and outbox at once, by work that goes in step, is one statement each. */
function unitOf(sql: Sql, domain: string, told: Written[]): Work {
  const sights = gathered(async (asked: readonly (readonly string[])[]) => {
    const fresh = await firstSights(sql, domain, asked.flat());
    return asked.map((ids): ReadonlySet<string> => new Set(ids.filter((id) => fresh.has(id))));
  });
  const add = gathered(async (asked: readonly (readonly Event[])[]) => {
    const events = asked.flat();
    noteTelling(events);
    for (const each of await addToOutbox(sql, domain, events)) told.push(each);
    return asked.map(() => undefined);
  });
  return { sql, outbox: { add }, firstSight: async (eventId) => (await sights([eventId])).size === 1, firstSights: sights };
}
