/** Checks that did not pass, newest first. */
import { type Connection, connectionOf, pageOf, type PageArgs } from '@pms/subgraph/connection';
import type { ValidationContext } from '../context.ts';
import type { Breach } from '../domain/breach.ts';
import type { BreachFilter } from '../store/validation-store.ts';

export async function breaches({ store, principal }: ValidationContext, filter: BreachFilter, args: PageArgs): Promise<Connection<Breach>> {
  const page = pageOf(args);
  return connectionOf(await store.breachPage(principal.organizationId, filter, page), page, ({ id }) => [id]);
}
