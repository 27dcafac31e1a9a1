/** For how long what may go is kept, and what may not. */
import type { AuditContext } from '../context.ts';
import { defaultDays, type RetentionKind, untouchable, type Untouchable } from '../domain/retention.ts';

export interface ShownRule {
  readonly kind: RetentionKind | Untouchable;
  readonly days: number | null;
  readonly meaning: string;
}

const meanings: Readonly<Record<RetentionKind, string>> = { CLIENT_DETAILS: 'address and program of whoever sent a request: the keys of whole months are destroyed' };

export const shownRule = ({ kind, days }: { readonly kind: RetentionKind; readonly days: number }): ShownRule => ({ kind, days, meaning: meanings[kind] });

export async function retentionRules({ store, principal }: AuditContext): Promise<ShownRule[]> {
  const set = await store.people.retentionRules(principal.organizationId);
  const kinds = Object.entries(defaultDays) as [RetentionKind, number][];
  const forEver = Object.entries(untouchable) as [Untouchable, string][];
  return [...kinds.map(([kind, days]) => shownRule({ kind, days: set.get(kind) ?? days })), ...forEver.map(([kind, meaning]) => ({ kind, days: null, meaning }))];
}
