/** What the audit trail is told of operations: each mutation, with whom it came from, and each operation that was refused for who asked. Never what was sent. */
import { clientOf } from './labels.ts';
import type { Seen, SeenOperation, Via } from './seen.ts';

export interface Access {
  readonly kind: 'MUTATION' | 'REFUSED';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly correlationId: string;
  /** Null for somebody who is not known. */
  readonly organizationId: string | null;
  readonly actor: string | null;
  readonly operation: SeenOperation | null;
  /** Of the errors that were told. */
  readonly codes: readonly string[];
  readonly client: {
    readonly name: string;
    readonly version: string;
    /** Null where it is not known. */
    readonly address: string | null;
    readonly userAgent: string | null;
    readonly via: Via;
  };
}

const REFUSALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);
const USER_AGENT_MAX = 300;

export const userAgentOf = (headers: Readonly<Record<string, unknown>>): string | null => {
  const given = headers['user-agent'];
  return typeof given === 'string' ? given.slice(0, USER_AGENT_MAX) : null;
};

export function tellAccess(tell: (access: Access) => void, seen: Seen): void {
  const { correlationId, principal, operation, codes, address, userAgent, via } = seen;
  const refused = codes.some((code) => REFUSALS.has(code));
  if (!refused && !(seen.ran && operation?.kind === 'mutation')) return;
  const { name, version } = seen.client ?? clientOf(principal);
  tell({
    kind: refused ? 'REFUSED' : 'MUTATION', at: Date.now(), correlationId, organizationId: principal === null || principal.organizationId === '' ? null : principal.organizationId,
    actor: principal?.subject ?? null, operation, codes, client: { name, version, address, userAgent, via },
  });
}
