/** Takes accesses from the router into the trail. What is known of their clients is sealed before anything is written. */
import { event, type Event } from '@pms/events/envelope';
import { accessRecorded } from '@pms/schema/events/audit';
import { type Access, clientKeyOf, clientName, NOBODY, PLATFORM } from '../domain/access.ts';
import type { AuditStore } from '../store/audit-store.ts';

export interface Recording {
  readonly store: AuditStore;
  newId(kind: string): string;
}

interface Placed {
  readonly access: Access;
  readonly id: string;
  readonly organizationId: string;
  readonly actor: string;
  readonly at: Date;
}

export async function recordAccesses({ store, newId }: Recording, accesses: readonly Access[]): Promise<void> {
  if (accesses.length === 0) return;
  const placed = accesses.map((access): Placed => ({
    access, id: newId('evt'), organizationId: access.organizationId ?? PLATFORM, actor: access.actor ?? NOBODY, at: new Date(access.at),
  }));
  await store.transaction(async (tx) => {
    const sealed = new Map<string, string>();
    // people in one order for all, so that nobody waits in a circle
    const people = Map.groupBy(placed, ({ organizationId, actor, at }) => JSON.stringify([organizationId, clientKeyOf(actor, at)]));
    for (const [person, own] of [...people].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const [organizationId = '', personId = ''] = JSON.parse(person) as string[];
      const texts = await tx.seal({ organizationId, personId }, Object.fromEntries(own.map(({ id, access: { client } }) => [clientName(id), JSON.stringify(client)])));
      for (const { id } of own) if (texts?.[clientName(id)] !== undefined) sealed.set(id, texts[clientName(id)] ?? '');
    }
    await tx.outbox.add(placed.map((one) => told(one, sealed.get(one.id) ?? null)));
  });
}

function told({ access: { kind, operation, codes, count, correlationId }, id, organizationId, actor, at }: Placed, client: string | null): Event {
  const origin = { organizationId, actor, correlationId, causationId: null };
  return event(accessRecorded, actor, { kind, operation, codes: [...codes], count, client }, { origin, newId: () => id, now: () => at });
}
