/** Chains events behind what their organisations' trails hold already, each event once. One transaction. */
import type { Event } from '@pms/events/envelope';
import { legalHoldPlaced, legalHoldReleased, personErased } from '@pms/schema/events/auth';
import { actionOf, subjectsOf } from '../domain/entry.ts';
import { chain, emptyChain, type Entry, sealOf } from '../domain/hash-chain.ts';
import type { AuditStore, AuditWrites } from '../store/audit-store.ts';

export interface Sealing {
  readonly store: AuditStore;
  sealKey(): Promise<string>;
  now(): Date;
}

export async function sealEvents({ store, sealKey, now }: Sealing, events: readonly Event[]): Promise<void> {
  const key = await sealKey();
  await store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    const once = new Map(events.filter(({ id }) => fresh.has(id)).map((event) => [event.id, event])); // a run may bring an event twice
    const byOrganization = Map.groupBy(once.values(), ({ organizationId }) => organizationId);
    // one order for all, so that nobody waits in a circle
    for (const [organizationId, own] of [...byOrganization].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const head = await tx.headForUpdate(emptyChain(organizationId));
      const next = chain(head, own.map((event) => entryOf(event, now())));
      await tx.append(next.chained);
      await tx.moveHead(next.head, sealOf(next.head, key));
    }
    for (const one of once.values()) await followPerson(tx, one, now());
  });
}

/** What is told of people reaches the keys that are kept for them here, in the transaction that records it. */
async function followPerson(tx: AuditWrites, { type, organizationId, data }: Event, at: Date): Promise<void> {
  switch (type) {
    case personErased.name: return tx.people.erasePerson(organizationId, personErased.data.parse(data).userId, at);
    case legalHoldPlaced.name:
    case legalHoldReleased.name: {
      const { legalHoldId, userId } = legalHoldPlaced.data.parse(data);
      return tx.people.hold({ organizationId, legalHoldId, personId: userId }, type === legalHoldReleased.name);
    }
    default: return undefined;
  }
}

const entryOf = (event: Event, recordedAt: Date): Omit<Entry, 'seq' | 'organizationId'> => ({
  eventId: event.id, type: event.type, action: actionOf(event.type), actor: event.actor, subjects: subjectsOf(event.key, event.data),
  occurredAt: new Date(event.occurredAt).toISOString(), recordedAt: recordedAt.toISOString(), reason: event.reason ?? null,
  correlationId: event.correlationId, causationId: event.causationId, data: event.data,
});
