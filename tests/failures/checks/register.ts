/**
 * Judges a value that one writer sets, one value after another, 1, 2, 3, …: a reading shows nothing that was not written, nothing older than what had been
 * acknowledged before it was asked, and nothing older than what an earlier reading showed. A write that was sent more than once may have been carried out
 * late, over a newer one: setting a value has no key that would make the repetition harmless, so that such values may come back, and are let pass.
 */
import type { Read, Violation, Write } from '../load/recorded.ts';

export function judgeRegister(object: string, writes: readonly Write[], reads: readonly Read[]): Violation[] {
  const violations: Violation[] = [];
  const byValue = new Map(writes.map((write) => [write.value, write]));
  const mayComeBack = (value: number): boolean => {
    const write = byValue.get(value);
    return write !== undefined && (write.attempts > 1 || write.outcome === 'unknown');
  };
  const ended = reads.toSorted((a, b) => a.completedAt - b.completedAt);
  let [shown, at] = [0, 0];
  for (const read of reads.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    for (let before = ended[at]; before !== undefined && before.completedAt < read.invokedAt; before = ended[at]) {
      shown = Math.max(shown, Number(before.value));
      at += 1;
    }
    const value = Number(read.value);
    const where = `${object} showed ${String(value)} to ${read.by} at ${read.invokedAt.toFixed(0)}`;
    const written = byValue.get(value);
    if (value !== 0 && (written === undefined || written.outcome === 'refused' || written.invokedAt > read.completedAt)) {
      violations.push({ name: 'phantom read', detail: `${where}, which nobody had written` });
      continue;
    }
    if (mayComeBack(value)) continue;
    const before = writes.filter(({ outcome, completedAt }) => outcome === 'acknowledged' && completedAt !== null && completedAt < read.invokedAt);
    const least = Math.max(0, ...before.map((write) => write.value));
    if (value < least) violations.push({ name: before.some((write) => write.by === read.by && write.value === least) ? 'own write not read' : 'lost update', detail: `${where}: ${String(least)} had been acknowledged` });
    else if (value < shown) violations.push({ name: 'non-monotonic read', detail: `${where}: ${String(shown)} had been shown` });
  }
  return violations;
}
