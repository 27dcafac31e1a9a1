/**
 * Judges a list that is only ever added to (the versions of a trade), as Elle judges histories of appends: of any two readings one begins with the other,
 * nothing stands in it twice, nothing that nobody wrote, nothing is missing that had been acknowledged, and no later reading is shorter.
 */
import type { Read, Violation, Write } from '../load/recorded.ts';

export function judgeAppended(object: string, writes: readonly Write[], reads: readonly Read[]): Violation[] {
  const violations: Violation[] = [];
  const byValue = new Map(writes.map((write) => [write.value, write]));
  for (const read of reads) violations.push(...within(object, read, byValue, writes));
  return [...violations, ...inOneOrder(object, reads), ...shorter(object, reads)];
}

const list = ({ value }: Read): readonly number[] => (typeof value === 'number' ? [value] : value);

function within(object: string, read: Read, byValue: ReadonlyMap<number, Write>, writes: readonly Write[]): Violation[] {
  const values = list(read);
  const where = `${object} showed [${values.join(', ')}] to ${read.by}`;
  const violations: Violation[] = [];
  if (new Set(values).size < values.length) violations.push({ name: 'doubled append', detail: where });
  for (const value of values) {
    const write = byValue.get(value);
    if (write === undefined || write.outcome === 'refused' || write.invokedAt > read.completedAt) violations.push({ name: 'phantom append', detail: `${where}: nobody had written ${String(value)}` });
  }
  for (const { value, outcome, completedAt, by } of writes) {
    if (outcome !== 'acknowledged' || completedAt === null || completedAt >= read.invokedAt || values.includes(value)) continue;
    violations.push({ name: by === read.by ? 'own write not read' : 'lost update', detail: `${where}: ${String(value)} had been acknowledged` });
  }
  return violations;
}

function inOneOrder(object: string, reads: readonly Read[]): Violation[] {
  const longest = reads.reduce<readonly number[]>((most, read) => (list(read).length > most.length ? list(read) : most), []);
  return reads.filter((read) => list(read).some((value, at) => value !== longest[at]))
    .map((read) => ({ name: 'incompatible order', detail: `${object} showed [${list(read).join(', ')}] and [${longest.join(', ')}]` }));
}

function shorter(object: string, reads: readonly Read[]): Violation[] {
  const ended = reads.toSorted((a, b) => a.completedAt - b.completedAt);
  const violations: Violation[] = [];
  let [longest, at] = [0, 0];
  for (const read of reads.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    for (let before = ended[at]; before !== undefined && before.completedAt < read.invokedAt; before = ended[at]) {
      longest = Math.max(longest, list(before).length);
      at += 1;
    }
    if (list(read).length < longest) violations.push({ name: 'non-monotonic read', detail: `${object} showed ${String(longest)} versions, and later ${String(list(read).length)} to ${read.by}` });
  }
  return violations;
}
