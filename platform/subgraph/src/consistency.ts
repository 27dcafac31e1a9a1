/**
 * Where a request reads, and when: from a replica where there is one, and not before what its consistency token names is there. On a replica it is when it has the
 * domain's own events and the inbox rows of others' (whatever way it is kept up to date); one that is late is left alone, and the primary asked instead.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { badInput, DomainError } from '@pms/errors';
import { actingFor } from '@pms/events/acting';
import { type Awaited, eventsOfToken, unhandled } from '@pms/events/consistency';
import { publisherOf } from '@pms/events/envelope';
import { type Sql, schemaOf } from '@pms/events/sql';
import { counter } from '@pms/telemetry/metrics';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';

export const CONSISTENCY_HEADER = 'x-pms-consistency';
export const TOKEN_EXTENSION = 'consistencyToken';

/** A replica that is further behind has its load taken by the primary. */
const REPLICA_WAIT_MS_MAX = 250;
const LOOK_MS_FIRST = 2;
const LOOK_MS_MAX = 50;

const reads = counter('pms_reads_total', 'Queries that a domain was asked, by where they read: replica, primary, or primary because the replica was late', ['domain', 'from']);
const stale = counter('pms_reads_stale_total', 'Queries refused because what their consistency token names did not arrive in time', ['domain']);

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** The context of a request, once it may read. Throws BAD_USER_INPUT for what is no token, STALE_READ when the time has passed. */
export type ContextFor = (request: SubgraphRequest, kind: OperationKind | undefined) => Promise<object>;

/** A domain, and the database that it is on. */
export interface Seat {
  readonly subgraph: Subgraph;
  readonly database: Sql;
}

export interface ReadingOptions {
  readonly primary: Seat;
  /** The same domain on a database that is read alone. */
  readonly replica: Seat | null;
  /** How long a token is waited for. */
  readonly waitMsMax: number;
}

export function readingThrough({ primary, replica, waitMsMax }: ReadingOptions): ContextFor {
  const domain = primary.subgraph.name;
  const counted = ({ subgraph }: Seat, from: 'replica' | 'primary' | 'late', request: SubgraphRequest): object => {
    reads.inc({ domain, from });
    return subgraph.contextFor(request);
  };
  const onReplica = async (at: Seat, events: readonly Awaited[]): Promise<boolean> =>
    within(Math.min(waitMsMax, REPLICA_WAIT_MS_MAX), async () => (await unhandled(at.database, at.subgraph, events)).length === 0 && has(at.database, domain, events)).catch(() => false);

  const arrived = async (events: readonly Awaited[]): Promise<void> => {
    if (await within(waitMsMax, async () => (await unhandled(primary.database, primary.subgraph, events)).length === 0)) return;
    stale.inc({ domain });
    throw new DomainError('STALE_READ', `${domain} has not taken in within ${String(waitMsMax)} ms what the consistency token names: ask again, or without the token to read what is there`, { domain, retryAfterMs: waitMsMax });
  };

  return (request, kind) => actingFor(request.principal?.organizationId ?? [], async () => {
    const events = awaitedBy(request);
    const second = kind === 'query' ? replica : null;
    if (second !== null && (events === null || (await onReplica(second, events)))) return counted(second, 'replica', request);
    if (events !== null) await arrived(events);
    return counted(primary, second === null ? 'primary' : 'late', request);
  });
}

/** What the token of a request names; null where it presents none. */
function awaitedBy({ headers, principal }: SubgraphRequest): readonly Awaited[] | null {
  const given = headers?.[CONSISTENCY_HEADER];
  if (given === undefined) return null;
  const events = eventsOfToken(given, principal?.organizationId ?? '');
  if (events === null) throw badInput(`the header ${CONSISTENCY_HEADER} holds no consistency token of your organisation: send what a mutation answered to you, unchanged`);
  return events;
}

/** Whether the domain's own events among them are there. */
async function has(database: Sql, domain: string, events: readonly Awaited[]): Promise<boolean> {
  const own = events.filter(({ type }) => publisherOf(type) === domain).map(({ id }) => id);
  if (own.length === 0) return true;
  const { rows: [found] } = await database.query<{ count: number }>(`select count(*)::int as count from ${schemaOf(domain)}.outbox_event where id = any($1)`, [own]);
  return found?.count === own.length;
}

/** Looks again and again, at growing intervals; resolves to whether it came true. */
async function within(ms: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (let look = LOOK_MS_FIRST; ; look = Math.min(look * 2, LOOK_MS_MAX)) {
    if (await isTrue()) return true;
    if (performance.now() + look > deadline) return false;
    await delay(look);
  }
}
