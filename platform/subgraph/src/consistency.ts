/**
 * Where a request reads, and when: from a replica where there is one, and not before what its consistency token names is there. On a replica it is when it has the
 * domain's own events and the inbox rows of others' (whatever way it is kept up to date); one that is late is left alone, and the primary asked instead.
 */
import { actingFor } from '@pms/events/acting';
import { unhandled } from '@pms/events/consistency';
import type { Awaited } from '@pms/events/consistency-token';
import { publisherOf } from '@pms/events/envelope';
import { type Sql, schemaOf } from '@pms/events/sql';
import { counter } from '@pms/telemetry/metrics';
import { arrived, presentedBy, type Seat, surely, type Waiting, within } from './awaited.ts';
import type { SubgraphRequest } from './subgraph.ts';

export const TOKEN_EXTENSION = 'consistencyToken';

/** A replica that is further behind has its load taken by the primary. */
const REPLICA_WAIT_MS_MAX = 250;

const reads = counter('pms_reads_total', 'Queries that a domain was asked, by where they read: replica, primary, or primary because the replica was late', ['domain', 'from']);

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** The context of a request, once it may read. Throws BAD_USER_INPUT for what is no token, STALE_READ when the time has passed. */
export type ContextFor = (request: SubgraphRequest, kind: OperationKind | undefined) => Promise<object>;

export interface ReadingOptions extends Waiting {
  readonly primary: Seat;
  /** The same domain on a database that is read alone. */
  readonly replica: Seat | null;
}

export function readingThrough({ primary, replica, waitMsMax, putAside, says }: ReadingOptions): ContextFor {
  const domain = primary.subgraph.name;
  const counted = ({ subgraph }: Seat, from: 'replica' | 'primary' | 'late', request: SubgraphRequest): object => {
    reads.inc({ domain, from });
    return subgraph.contextFor(request);
  };
  const onReplica = async (at: Seat, events: readonly Awaited[], waitMs: number): Promise<boolean> => {
    const sure = await surely(at, events, { says });
    return within(Math.min(waitMs, REPLICA_WAIT_MS_MAX), async () => (await unhandled(at.database, at.subgraph, events, sure)).length === 0 && has(at.database, domain, events)).catch(() => false);
  };

  return (request, kind) => actingFor(request.principal?.organizationId ?? [], async () => {
    const presented = presentedBy(request, waitMsMax);
    const second = kind === 'query' ? replica : null;
    if (second !== null && (presented === null || (await onReplica(second, presented.token.events, presented.waitMs)))) return counted(second, 'replica', request);
    if (presented !== null) await arrived(primary, presented.token.events, { waitMs: presented.waitMs, putAside, says });
    return counted(primary, second === null ? 'primary' : 'late', request);
  });
}

/** Whether the domain's own events among them are there. */
async function has(database: Sql, domain: string, events: readonly Awaited[]): Promise<boolean> {
  const own = events.filter(({ type }) => publisherOf(type) === domain).map(({ id }) => id);
  if (own.length === 0) return true;
  const { rows: [found] } = await database.query<{ count: number }>(`select count(*)::int as count from ${schemaOf(domain)}.outbox_event where id = any($1)`, [own]);
  return found?.count === own.length;
}
