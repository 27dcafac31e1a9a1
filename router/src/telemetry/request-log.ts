/** The one line that an operation leaves in the log: who, what, how long; never what was sent, neither text nor variables nor headers. */
import { clientOf } from './labels.ts';
import type { Seen } from './seen.ts';

export type RequestLog = 'all' | 'errors' | 'none';

/** Failures that are not the client's doing. */
const OURS: ReadonlySet<string> = new Set(['INTERNAL', 'SUBGRAPH_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']);

export const ourFault = ({ codes }: Seen): boolean => codes.some((code) => OURS.has(code));

export const mustBeTold = (log: RequestLog, seen: Seen): boolean => log === 'all' || (log === 'errors' && ourFault(seen));

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

const known = <T>(value: T | null): T | undefined => value ?? undefined;

/** Keys whose value is undefined are left out by the logger. */
export function lineOf(seen: Seen, status: number | null, ms: number): object {
  const { operation, principal, codes } = seen;
  const client = seen.client ?? clientOf(principal);
  return {
    operation: operation?.name ?? undefined, hash: operation?.hash, type: operation?.kind, via: seen.via,
    client: client.name, clientVersion: client.version || undefined, subject: principal?.subject, organization: principal?.organizationId,
    status: known(status), codes: codes.length === 0 ? undefined : codes, ms: rounded(ms),
    fetches: seen.fetches, bytes: seen.bytes, events: operation?.kind === 'subscription' ? seen.events : undefined,
    correlationId: seen.correlationId, traceId: known(seen.traceId), cost: known(seen.cost), plan: planOf(seen), cache: known(seen.cache),
  };
}

function planOf({ planFound }: Seen): 'found' | 'made' | undefined {
  if (planFound === null) return undefined;
  return planFound ? 'found' : 'made';
}
