/**
 * What a domain made of the events of a consistency token, for the router, which goes on to those who hear of that: asked like a query, by the same sender with the same
 * access token, answered once the events are handled. It says ids, types and keys of the sender's organisation, and nothing of what happened.
 */
import { actingFor } from '@pms/events/acting';
import { consequencesOf } from '@pms/events/consequences';
import type { Awaited } from '@pms/events/consistency-token';
import { arrived, late, presentedBy, type Seat, type Waiting } from './awaited.ts';
import type { SubgraphRequest } from './subgraph.ts';

/** Of the answer over HTTP. */
export const CONSEQUENCES_EXTENSION = 'consequences';

/** Throws BAD_USER_INPUT for what is no token, STALE_READ when the time has passed or an event was put aside. */
export type Follow = (request: SubgraphRequest) => Promise<readonly Awaited[]>;

export const followingThrough = ({ subgraph, database }: Seat, { waitMsMax, putAside, says }: Waiting): Follow =>
  (request) => actingFor(request.principal?.organizationId ?? [], async () => {
    const presented = presentedBy(request, waitMsMax);
    if (presented === null || presented.token.correlationId === null) return [];
    const { waitMs, token: { correlationId, events } } = presented;
    const deadline = performance.now() + waitMs;
    await arrived({ subgraph, database }, events, { waitMs, putAside, says });
    const behind = await subgraph.catchUp?.(request, events, () => performance.now() < deadline) ?? null;
    if (behind === 'late') throw late(subgraph.name, events);
    return consequencesOf(database, subgraph, { correlationId, events }, behind);
  });
