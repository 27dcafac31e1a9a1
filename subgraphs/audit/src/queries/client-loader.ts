/** Who sent the request that an entry came of: all entries of a page in two statements. */
import DataLoader from 'dataloader';
import { type Client, clientKeyOf, clientName } from '../domain/access.ts';
import type { AuditStore } from '../store/audit-store.ts';

/** Null where nothing is known (what the platform did by itself), and where it can no longer be read: it was too old, or the person was erased. */
export type ClientLoader = DataLoader<string, Client | null>;

export const clientLoader = (store: AuditStore, organizationId: string): ClientLoader =>
  new DataLoader(async (correlationIds) => {
    const sealed = await store.people.clientsOf(organizationId, correlationIds);
    const personOf = ({ actor, occurredAt }: (typeof sealed)[number]) => ({ organizationId, personId: clientKeyOf(actor, occurredAt) });
    const open = await store.people.opener(sealed.map(personOf));
    const found = new Map(sealed.map((one): [string, Client | null] => {
      const text = open(personOf(one), clientName(one.eventId), one.client);
      return [one.correlationId, text === null ? null : (JSON.parse(text) as Client)];
    }));
    return correlationIds.map((id) => found.get(id) ?? null);
  });
