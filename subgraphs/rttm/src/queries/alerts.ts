/** Alerts that were raised, newest first. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { RttmContext } from '../context.ts';
import type { Alert } from '../domain/alerts.ts';
import type { AlertFilter } from '../store/alerts.ts';

export async function alertList({ store, principal }: RttmContext, filter: AlertFilter | null | undefined, args: PageArgs): Promise<Connection<Alert>> {
  const page = pageOf(args);
  const rows = await store.alertPage(principal.organizationId, filter ?? {}, page);
  return connectionOf(rows, page, ({ id }) => [id]);
}
