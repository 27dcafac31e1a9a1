/** Writes down the Merkle root of each chain that has grown: here, and outside of the database. Goes on from the last one, so that it costs what is new. */
import { publicKeyOf, signedBy, signingKey } from '../domain/checkpoint.ts';
import { growingTree } from '../domain/merkle.ts';
import type { AuditStore } from '../store/audit-store.ts';
import type { CheckpointSink } from '../store/checkpoint-file.ts';

/** A chain that has grown by so many gets one at once. */
const ENTRIES_AT_ONCE = 1_000;
/** Any other that has grown, after this. */
const AGE_MS = 3_600_000;

export interface Checkpointing {
  readonly store: AuditStore;
  readonly sink: CheckpointSink | null;
  checkpointSecret(): Promise<string>;
  now(): Date;
}

/** Resolves to how many were taken. `force` takes one of every chain that has grown at all. */
export async function takeCheckpoints(ctx: Checkpointing, { force = false }: { readonly force?: boolean } = {}): Promise<number> {
  let taken = 0;
  for (const organizationId of await ctx.store.organizations()) if (await takeOne(ctx, organizationId, force)) taken += 1;
  return taken;
}

function takeOne({ store, sink, checkpointSecret, now }: Checkpointing, organizationId: string, force: boolean): Promise<boolean> {
  return store.transaction(async (tx) => {
    if (!(await tx.checkpoints.mine(organizationId))) return false;
    const size = (await store.head(organizationId))?.head.seq ?? 0;
    const last = await tx.checkpoints.last(organizationId);
    if (!isDue(size, last, force ? null : now())) return false;
    const tree = growingTree(last?.subtrees);
    for await (const hash of tx.checkpoints.hashes(organizationId, last?.size ?? 0, size)) tree.add(Buffer.from(hash, 'hex'));
    const checkpoint = signedBy({ organizationId, size, rootHash: tree.root().toString('hex'), takenAt: now().toISOString() }, signingKey(await checkpointSecret()));
    // a root that stands outside for entries which a fail-over takes back would call the trail cut off for ever
    if (sink !== null) await store.checkpoints.confirmed();
    await tx.checkpoints.insert({ ...checkpoint, subtrees: tree.subtrees() });
    await sink?.append(checkpoint); // before the commit: what is here is there, too; what is only there is true all the same
    return true;
  });
}

/** With `now` null, as soon as there is anything new. */
function isDue(size: number, last: { readonly size: number; readonly takenAt: string } | null, now: Date | null): boolean {
  if (last === null || now === null) return size > (last?.size ?? 0);
  const grown = size - last.size;
  return grown >= ENTRIES_AT_ONCE || (grown > 0 && now.getTime() - Date.parse(last.takenAt) >= AGE_MS);
}

/** PEM. */
export const checkpointKey = async ({ checkpointSecret }: Pick<Checkpointing, 'checkpointSecret'>): Promise<string> => publicKeyOf(signingKey(await checkpointSecret()));
