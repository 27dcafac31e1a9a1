/** Recomputes a chain as its entries pass by, one after another, and says where it is broken first. */
import { type ChainedEntry, entryHash, GENESIS, type Head } from './hash-chain.ts';
import { growingTree } from './merkle.ts';

export type Problem = 'CONTENT_CHANGED' | 'LINK_BROKEN' | 'ENTRY_MISSING' | 'TAIL_CHANGED' | 'HEAD_FORGED';

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

/** `before` is the entry in front of the first that will be seen; null where that is the first of the chain. */
export function verifier(before: Pick<ChainedEntry, 'seq' | 'hash'> | null): Verifier {
  const tree = growingTree();
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
      return true;
    },
    fail: (found) => { broken ??= found; },
    conclude(head) {
      if (head !== null && (head.seq !== last.seq || head.hash !== last.hash)) broken ??= { seq: Math.min(head.seq, last.seq) + 1, problem: 'TAIL_CHANGED' };
      return { valid: broken === null, entries, firstBroken: broken?.seq ?? null, problem: broken?.problem ?? null, merkleRoot: tree.root().toString('hex') };
    },
  };
}

function problemOf(entry: ChainedEntry, last: Pick<ChainedEntry, 'seq' | 'hash'>): Problem | null {
  if (entry.seq !== last.seq + 1) return 'ENTRY_MISSING';
  if (entry.previousHash !== last.hash) return 'LINK_BROKEN';
  return entry.hash === entryHash(entry.previousHash, entry) ? null : 'CONTENT_CHANGED';
}
