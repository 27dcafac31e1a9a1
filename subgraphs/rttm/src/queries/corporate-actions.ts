/** Corporate actions by id and by instrument. */
import { notFound } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { RttmContext } from '../context.ts';
import type { CorporateAction } from '../domain/corporate-action.ts';

/** Throws NOT_FOUND for one that is unknown or another organisation's: the two must look alike. */
export async function corporateActionById({ loaders }: RttmContext, id: string): Promise<CorporateAction> {
  const action = await loaders.corporateAction.load(id);
  if (action === null) throw notFound('corporate action', id);
  return action;
}

/** The latest ex date first. */
export async function corporateActionsOf({ store, principal }: RttmContext, instrumentId: string, args: PageArgs): Promise<Connection<CorporateAction>> {
  const page = pageOf(args);
  const rows = await store.corporateActionPage(principal.organizationId, instrumentId, page);
  return connectionOf(rows, page, ({ facts, id }) => [facts.exDate, id]);
}
