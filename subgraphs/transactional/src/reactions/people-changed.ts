/** Keeps the ids of people who may take on work here, until they are erased. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { personErased, userCreated } from '@pms/schema/events/auth';
import { forgetPerson, knowPeople } from '../commands/know-people.ts';
import type { BooksContext } from '../context.ts';

export function onPeopleChanged(ctx: BooksContext): readonly Reaction[] {
  const created = (events: readonly Event[]): Promise<void> =>
    knowPeople(ctx, events.map((event) => ({ event, person: { id: userCreated.data.parse(event.data).userId, organizationId: event.organizationId } })));
  return [
    { type: userCreated.name, react: (event) => created([event]), reactAll: created },
    { type: personErased.name, react: (event) => forgetPerson(ctx, event, personErased.data.parse(event.data).userId) },
  ];
}
