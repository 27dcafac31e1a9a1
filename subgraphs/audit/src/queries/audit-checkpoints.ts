/** Checkpoints of the organisation's chain, the first one first. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { AuditContext } from '../context.ts';
import type { KeptCheckpoint } from '../store/checkpoints.ts';

export async function auditCheckpoints({ store, principal }: AuditContext, args: PageArgs): Promise<Connection<KeptCheckpoint>> {
  const page = pageOf(args);
  return connectionOf(await store.checkpoints.page(principal.organizationId, page), page, ({ size }) => [String(size)]);
}
