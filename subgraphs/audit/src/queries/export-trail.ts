/**
 * A chain as lines of JSON that anybody can verify with nothing else at hand: first what it is, where it ends and its checkpoints, then an entry a line.
 * Memory does not grow with the chain, neither here nor where it is verified.
 */
import { signatureHolds, type SignedCheckpoint } from '../domain/checkpoint.ts';
import type { ChainedEntry, Head } from '../domain/hash-chain.ts';
import { type Verification, verifier } from '../domain/verification.ts';
import type { AuditStore } from '../store/audit-store.ts';
import { allCheckpoints } from './all-checkpoints.ts';

const FORMAT = 'pms-audit-export/1';
const PAGE_ROWS = 1_000;

interface First {
  readonly format: typeof FORMAT;
  readonly organizationId: string;
  readonly exportedAt: string;
  /** PEM, of Ed25519. */
  readonly publicKey: string;
  readonly head: Head;
  readonly checkpoints: readonly SignedCheckpoint[];
}

export interface Exporting {
  readonly store: AuditStore;
  readonly publicKey: string;
  readonly exportedAt: string;
}

/** Lines without their ends; none for an organisation that has no chain. */
export async function* exportTrail({ store, publicKey, exportedAt }: Exporting, organizationId: string): AsyncGenerator<string> {
  const sealed = await store.head(organizationId);
  if (sealed === null) return;
  const { head } = sealed;
  const checkpoints = (await allCheckpoints(store, organizationId)).filter(({ size }) => size <= head.seq);
  yield JSON.stringify({ format: FORMAT, organizationId, exportedAt, publicKey, head, checkpoints } satisfies First);
  for await (const page of store.entries(organizationId, 0, head.seq, PAGE_ROWS)) for (const entry of page) yield JSON.stringify(entry);
}

export interface ExportChecks {
  /** Checkpoints that were kept elsewhere; those of other organisations are left out. */
  readonly known?: readonly SignedCheckpoint[];
  /** The key to trust (PEM); by default the export's own. */
  readonly publicKey?: string;
}

export interface VerifiedExport extends Verification {
  readonly organizationId: string;
  /** Checkpoints that the chain was held against, those of the export and those kept elsewhere. */
  readonly checkpoints: number;
}

/** Recomputes an exported chain. Throws for what is no export. */
export async function verifyExport(lines: AsyncIterable<string>, { known = [], publicKey }: ExportChecks = {}): Promise<VerifiedExport> {
  let first: First | null = null;
  let verify = verifier(null);
  let checkpoints: readonly SignedCheckpoint[] = [];
  let going = true;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (first === null) {
      first = firstOf(parsed(line, number));
      const { organizationId, checkpoints: own, publicKey: ownKey } = first;
      checkpoints = [...own, ...known.filter((one) => one.organizationId === organizationId)];
      verify = verifier(null, checkpoints);
      const forged = checkpoints.find((one) => !signatureHolds(one, publicKey ?? ownKey));
      if (forged !== undefined) verify.fail({ seq: forged.size, problem: 'CHECKPOINT_DIFFERS', message: `the checkpoint of ${forged.size} entries is not signed with the key` });
    } else if (going) going = verify.see(parsed(line, number) as unknown as ChainedEntry);
  }
  if (first === null) throw new Error('the file is empty');
  return { organizationId: first.organizationId, checkpoints: checkpoints.length, ...verify.conclude(first.head) };
}

function parsed(line: string, number: number): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read === 'object' && read !== null) return read as Record<string, unknown>;
  } catch { /* told below */ }
  throw new Error(`line ${number} is no JSON object`);
}

function firstOf(read: Record<string, unknown>): First {
  if (read['format'] !== FORMAT) throw new Error(`this is no audit export: its first line does not say ${FORMAT}`);
  return read as unknown as First;
}
