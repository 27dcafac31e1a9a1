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
    const [sealed, last] = [await store.head(organizationId), await tx.checkpoints.last(organizationId)];
    const grown = (sealed?.head.seq ?? 0) - (last?.size ?? 0);
    const age = last === null ? AGE_MS : now().getTime() - Date.parse(last.takenAt);
    if (sealed === null || grown <= 0 || !(force || grown >= ENTRIES_AT_ONCE || age >= AGE_MS)) return false;
    const tree = growingTree(last?.subtrees);
    for await (const hash of tx.checkpoints.hashes(organizationId, last?.size ?? 0, sealed.head.seq)) tree.add(Buffer.from(hash, 'hex'));
    const checkpoint = signedBy({ organizationId, size: sealed.head.seq, rootHash: tree.root().toString('hex'), takenAt: now().toISOString() }, signingKey(await checkpointSecret()));
    await tx.checkpoints.insert({ ...checkpoint, subtrees: tree.subtrees() });
    await sink?.append(checkpoint); // before the commit: what is here is there, too
    return true;
  });
}

/** PEM. */
export const checkpointKey = async ({ checkpointSecret }: Pick<Checkpointing, 'checkpointSecret'>): Promise<string> => publicKeyOf(signingKey(await checkpointSecret()));
