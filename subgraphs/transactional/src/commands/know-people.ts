/** Keeps who there is in an organisation, as far as the books' work is given to people: their ids and nothing else. */
import { Refusal } from '@pms/errors';
import type { Event } from '@pms/events/envelope';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { BooksContext, TransactionalContext } from '../context.ts';

export interface KnownPerson {
  readonly id: string;
  readonly organizationId: string;
}

export const knowPeople = (ctx: BooksContext, heard: readonly { readonly event: Event; readonly person: KnownPerson }[]): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    const fresh = await tx.firstSights(heard.map(({ event }) => event.id));
    await tx.insertPeople(heard.filter(({ event }) => fresh.has(event.id)).map(({ person }) => person));
  });

export const forgetPerson = (ctx: BooksContext, cause: Event, personId: string): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    if (await tx.firstSight(cause.id)) await tx.removePerson(cause.organizationId, personId);
  });

/** Refuses whoever is not of the caller's organisation: NOT_FOUND at `field`. A person who was added a moment ago is waited for: the event may still be on the way. */
export async function mustKnowPerson(ctx: Pick<TransactionalContext, 'principal' | 'store' | 'now'>, id: string, field: string): Promise<void> {
  const { organizationId } = ctx.principal;
  const found = await awaitKnown(id, ctx.now, async () => ((await ctx.store.knowsPerson(organizationId, id)) ? id : null));
  if (found === null) throw new Refusal('NOT_FOUND', 'there is no such person', [field]);
}
