/** Every checkpoint of a chain, the first one first, as it was signed. */
import type { SignedCheckpoint } from '../domain/checkpoint.ts';
import type { AuditStore } from '../store/audit-store.ts';

const PAGE_ROWS = 1_000;

export async function allCheckpoints(store: AuditStore, organizationId: string): Promise<SignedCheckpoint[]> {
  const all: SignedCheckpoint[] = [];
  for (let from: readonly string[] | null = null; ;) {
    const page = await store.checkpoints.page(organizationId, { from, backward: false, limit: PAGE_ROWS });
    all.push(...page.map(({ size, rootHash, takenAt, signature }) => ({ organizationId, size, rootHash, takenAt, signature })));
    if (page.length < PAGE_ROWS) return all;
    from = [String(page.at(-1)?.size)];
  }
}
