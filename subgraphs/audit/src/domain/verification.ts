/** Recomputes a chain as its entries pass by, one after another, and says where it is broken first. */
import type { Checkpoint } from './checkpoint.ts';
import { type ChainedEntry, entryHash, GENESIS, type Head } from './hash-chain.ts';
import { growingTree } from './merkle.ts';

export type Problem = 'CONTENT_CHANGED' | 'LINK_BROKEN' | 'ENTRY_MISSING' | 'TAIL_CHANGED' | 'HEAD_FORGED' | 'CHECKPOINT_DIFFERS';

export interface Verification {
  readonly valid: boolean;
  /** How many were recomputed: up to the first broken one. */
  readonly entries: number;
  readonly firstBroken: number | null;
  readonly problem: Problem | null;
  /** RFC 6962, over the hashes of those entries. Hexadecimal. */
  readonly merkleRoot: string;
}

export interface Broken {
  readonly seq: number;
  readonly problem: Problem;
}

export interface Verifier {
  /** Says whether to go on. */
  see(entry: ChainedEntry): boolean;
  /** `head` is where the chain should end, when the entries seen were to reach its end. */
  conclude(head: Head | null): Verification;
  /** Something outside of the entries is wrong. */
  fail(broken: Broken): void;
}

/** What a chain is held against beside itself. */
export type Root = Pick<Checkpoint, 'size' | 'rootHash'>;

/**
 * `before` is the entry in front of the first that will be seen; null where that is the first of the chain. `roots` are those that were written down
 * of its first entries: only where it is seen from the first on.
 */
export function verifier(before: Pick<ChainedEntry, 'seq' | 'hash'> | null, roots: readonly Root[] = []): Verifier {
  const tree = growingTree();
  const bySize = Map.groupBy(roots, ({ size }) => size);
  const differs = (size: number): boolean => bySize.get(size)?.some(({ rootHash }) => rootHash !== tree.root().toString('hex')) === true;
  let last = before ?? { seq: 0, hash: GENESIS };
  let entries = 0;
  let broken: Broken | null = null;
  return {
    see(entry) {
      const problem = problemOf(entry, last);
      if (problem !== null) {
        broken ??= { seq: problem === 'ENTRY_MISSING' ? last.seq + 1 : entry.seq, problem };
        return false;
      }
      tree.add(Buffer.from(entry.hash, 'hex'));
      entries += 1;
      last = { seq: entry.seq, hash: entry.hash };
      if (!differs(entry.seq)) return true;
      broken ??= { seq: entry.seq, problem: 'CHECKPOINT_DIFFERS' };
      return false;
    },
    fail: (found) => { broken ??= found; },
    conclude(head) {
      if (head !== null && (head.seq !== last.seq || head.hash !== last.hash)) broken ??= { seq: Math.min(head.seq, last.seq) + 1, problem: 'TAIL_CHANGED' };
      // What was written down of entries that are there no longer.
      if (roots.some(({ size }) => size > last.seq)) broken ??= { seq: last.seq + 1, problem: 'TAIL_CHANGED' };
      return { valid: broken === null, entries, firstBroken: broken?.seq ?? null, problem: broken?.problem ?? null, merkleRoot: tree.root().toString('hex') };
    },
  };
}

function problemOf(entry: ChainedEntry, last: Pick<ChainedEntry, 'seq' | 'hash'>): Problem | null {
  if (entry.seq !== last.seq + 1) return 'ENTRY_MISSING';
  if (entry.previousHash !== last.hash) return 'LINK_BROKEN';
  return entry.hash === entryHash(entry.previousHash, entry) ? null : 'CONTENT_CHANGED';
}
