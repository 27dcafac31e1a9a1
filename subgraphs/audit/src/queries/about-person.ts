/** Every entry by or about one person, with the clients that can still be read: for an export of all that is held about somebody. */
import type { AuditStore } from '../store/audit-store.ts';
import { clientLoader } from './client-loader.ts';

const PAGE_ROWS = 500;

export async function* aboutPerson(store: AuditStore, organizationId: string, personId: string): AsyncGenerator<object> {
  for (let from: readonly string[] | null = null; ;) {
    const page = await store.trail(organizationId, { person: personId }, { from, backward: false, limit: PAGE_ROWS });
    const clients = clientLoader(store, organizationId);
    const shown = await Promise.all(page.map(async (entry) => ({ ...entry, client: await clients.load(entry.correlationId) })));
    yield* shown;
    const last = page.at(-1);
    if (page.length < PAGE_ROWS || last === undefined) return;
    from = [String(last.seq)];
  }
}
