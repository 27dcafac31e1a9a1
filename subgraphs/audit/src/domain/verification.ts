/**
 * Recomputes a chain as its entries pass by, one after another, and says where it is broken first, and how: each kind of damage by its own name. Memory does not grow
 * with the chain. What comes behind the first damage is looked at only as far as it tells which kind that is.
 */
import type { Checkpoint } from './checkpoint.ts';
import { type ChainedEntry, entryHash, GENESIS, type Head } from './hash-chain.ts';
import { growingTree } from './merkle.ts';

export type Problem =
  'CONTENT_CHANGED' | 'LINK_BROKEN' | 'ENTRY_MISSING' | 'ORDER_CHANGED' | 'FORKED' | 'TAIL_CHANGED' | 'HEAD_FORGED' | 'CHECKPOINT_DIFFERS' | 'EVENT_FORGED' | 'EVENT_MISSING';

export interface Verification {
  readonly valid: boolean;
  /** How many were recomputed: up to the first broken one. */
  readonly entries: number;
  readonly firstBroken: number | null;
  readonly problem: Problem | null;
  /** A sentence for a person; null where nothing is wrong. */
  readonly message: string | null;
  /** RFC 6962, over the hashes of those entries. Hexadecimal. */
  readonly merkleRoot: string;
}

export interface Broken {
  readonly seq: number;
  readonly problem: Problem;
  readonly message: string;
}

export interface Verifier {
  /** Says whether there is more to learn from what follows. */
  see(entry: ChainedEntry): boolean;
  /** `head` is where the chain should end, when the entries seen were to reach its end. */
  conclude(head: Head | null): Verification;
  /** Something outside of the entries is wrong. */
  fail(broken: Broken): void;
}

/** A Merkle root that was written down. `kept`: where, for the sentence that names it. */
export type Root = Pick<Checkpoint, 'size' | 'rootHash'> & { readonly takenAt?: string; readonly kept?: string };

type Place = Pick<ChainedEntry, 'seq' | 'hash'>;

/**
 * `before` is what stands in front of the first that will be seen; null where that is the first of the chain. `roots` are those that were written down
 * of its first entries: only where it is seen from the first on.
 */
export function verifier(before: Place | null, roots: readonly Root[] = []): Verifier {
  const tree = growingTree();
  const bySize = Map.groupBy(roots, ({ size }) => size);
  let last: Place = before ?? { seq: 0, hash: GENESIS };
  let previous: string | null = null; // of the last one
  let entries = 0;
  let broken: Broken | null = null;
  let suspect: { readonly missing: number; readonly expected: string } | null = null;
  const clear = (entry: ChainedEntry): boolean => {
    tree.add(Buffer.from(entry.hash, 'hex'));
    entries += 1;
    previous = entry.previousHash;
    last = { seq: entry.seq, hash: entry.hash };
    const other = bySize.get(entry.seq)?.find(({ rootHash }) => rootHash !== tree.root().toString('hex'));
    if (other === undefined) return true;
    broken ??= { seq: entry.seq, problem: 'CHECKPOINT_DIFFERS', message: `the first ${entry.seq} entries are not those of ${described(other)}: something up to here was changed and everything behind it made anew` };
    return false;
  };
  return {
    see(entry) {
      if (suspect !== null) return settled(entry);
      const found = broken === null ? problemOf(entry, last, previous) : null;
      if (found === null) return broken === null ? clear(entry) : false;
      broken = found;
      // something is not where it should be: what should be here may stand further on
      if (found.problem !== 'ENTRY_MISSING' && found.problem !== 'LINK_BROKEN') return false;
      suspect = { missing: last.seq + 1, expected: last.hash };
      return true;
    },
    fail: (found) => { broken ??= found; },
    conclude(head) {
      const tail = tailProblem(last, head, roots);
      // that the end was set back, and what was cut off by it, are told together
      if (broken?.problem === 'HEAD_FORGED' && tail !== null) broken = { ...broken, message: `${broken.message}; ${tail.message}` };
      broken ??= tail;
      return { valid: broken === null, entries, firstBroken: broken?.seq ?? null, problem: broken?.problem ?? null, message: broken?.message ?? null, merkleRoot: tree.root().toString('hex') };
    },
  };

  /** What was missing in its place turns up elsewhere: then nothing is gone, and the order is another. */
  function settled(entry: ChainedEntry): boolean {
    if (suspect === null || entry.previousHash !== suspect.expected) return true;
    const { missing } = suspect;
    suspect = null;
    broken = { seq: missing, problem: 'ORDER_CHANGED', message: `entries were put in another order: the one that belongs at ${missing} stands further on` };
    return false;
  }
}

const described = ({ size, takenAt, kept }: Root): string =>
  `the checkpoint of ${size} entries${takenAt === undefined ? '' : ` taken at ${takenAt}`}${kept === undefined ? '' : `, kept in ${kept}`}`;

function problemOf(entry: ChainedEntry, last: Place, previous: string | null): Broken | null {
  const { seq } = entry;
  if (entry.previousHash === previous || (seq === last.seq && entry.previousHash !== last.hash))
    return { seq, problem: 'FORKED', message: `the chain forks: entry ${seq} follows the same entry as the one before it does` };
  if (seq !== last.seq + 1) {
    const upTo = seq - 1 > last.seq + 1 ? ` to ${seq - 1}` : '';
    return { seq: last.seq + 1, problem: 'ENTRY_MISSING', message: `entry ${last.seq + 1}${upTo} was removed` };
  }
  if (entry.previousHash !== last.hash) return { seq, problem: 'LINK_BROKEN', message: `entry ${seq} is not chained to entry ${last.seq}: that one was changed and hashed anew, or this one was put in its place` };
  if (entry.hash === entryHash(entry.previousHash, entry)) return null;
  return { seq, problem: 'CONTENT_CHANGED', message: `entry ${seq} was edited: its contents are not those that were hashed` };
}

function tailProblem(last: Place, head: Head | null, roots: readonly Root[]): Broken | null {
  // what was written down of entries that are there no longer says more than the head does
  const beyond = roots.filter(({ size }) => size > last.seq).toSorted((a, b) => b.size - a.size)[0];
  if (beyond !== undefined)
    return { seq: last.seq + 1, problem: 'TAIL_CHANGED', message: `the tail was deleted: ${described(beyond)} stands for more than the ${last.seq} entries that are left` };
  if (head === null || (head.seq === last.seq && head.hash === last.hash)) return null;
  const seq = Math.min(head.seq, last.seq) + 1;
  if (head.seq > last.seq) return { seq, problem: 'TAIL_CHANGED', message: `the tail was deleted: the chain was last left at ${head.seq} and ends at ${last.seq}` };
  return { seq, problem: 'TAIL_CHANGED', message: `the chain does not end where it was last left: entries from ${seq} on were added or replaced by somebody else` };
}
