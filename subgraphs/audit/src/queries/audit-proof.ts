/** That one entry is among those that a Merkle root stands for: the path from it to the root, as RFC 6962 has it. */
import { badInput } from '@pms/errors';
import type { AuditContext } from '../context.ts';
import { auditPath, growingTree } from '../domain/merkle.ts';

export interface InclusionProof {
  readonly seq: number;
  readonly size: number;
  /** The entry's hash, which is the leaf. Hexadecimal, as all. */
  readonly entryHash: string;
  readonly path: readonly string[];
  readonly rootHash: string;
}

/** `size` is that of a checkpoint; where it is not given, all entries that there are. */
export async function auditProof({ store, principal: { organizationId } }: AuditContext, seq: number, size?: number | null): Promise<InclusionProof> {
  const last = (await store.head(organizationId))?.head.seq ?? 0;
  const of = size ?? last;
  if (of < 1 || of > last) throw badInput(`\`size\` is from 1 to ${String(last)}`);
  if (seq < 1 || seq > of) throw badInput(`\`seq\` is from 1 to ${String(of)}`);
  const rootOf = async (from: number, to: number): Promise<Buffer> => {
    const tree = growingTree();
    for await (const hash of store.checkpoints.hashes(organizationId, from, to)) tree.add(Buffer.from(hash, 'hex'));
    return tree.root();
  };
  const [entryHash = ''] = await Array.fromAsync(store.checkpoints.hashes(organizationId, seq - 1, seq));
  const path = await auditPath(seq - 1, of, rootOf);
  return { seq, size: of, entryHash, path: path.map((hash) => hash.toString('hex')), rootHash: (await rootOf(0, of)).toString('hex') };
}
