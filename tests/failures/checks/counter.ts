/**
 * Judges a balance that deposits alone change: every reading has to lie between what had been acknowledged before it was asked and what had been asked
 * before it was answered, and no reading may be below one that was answered before it was asked.
 */
import type { Read, Violation, Write } from '../load/recorded.ts';

export function judgeCounter(object: string, writes: readonly Write[], reads: readonly Read[]): Violation[] {
  const violations: Violation[] = [];
  const possible = writes.filter(({ outcome }) => outcome !== 'refused');
  const sum = (some: readonly Write[]): number => some.reduce((total, { value }) => total + value, 0);
  for (const read of reads) {
    const value = Number(read.value);
    const acknowledged = possible.filter(({ outcome, completedAt }) => outcome === 'acknowledged' && completedAt !== null && completedAt < read.invokedAt);
    const least = sum(acknowledged);
    const most = sum(possible.filter(({ invokedAt }) => invokedAt < read.completedAt));
    const own = sum(acknowledged.filter(({ by }) => by === read.by));
    const where = `${object} showed ${String(value)} to ${read.by} at ${read.invokedAt.toFixed(0)}`;
    if (value < least) violations.push({ name: value < own ? 'own write not read' : 'lost update', detail: `${where}: ${String(least)} had been acknowledged` });
    if (value > most) violations.push({ name: 'doubled or phantom write', detail: `${where}: no more than ${String(most)} had been asked for` });
  }
  return [...violations, ...goneBack(object, reads)];
}

function goneBack(object: string, reads: readonly Read[]): Violation[] {
  const ended = reads.toSorted((a, b) => a.completedAt - b.completedAt);
  const violations: Violation[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  let at = 0;
  for (const read of reads.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    for (let before = ended[at]; before !== undefined && before.completedAt < read.invokedAt; before = ended[at]) {
      highest = Math.max(highest, Number(before.value));
      at += 1;
    }
    if (Number(read.value) < highest) violations.push({ name: 'non-monotonic read', detail: `${object} showed ${String(highest)}, and later ${String(Number(read.value))} to ${read.by}` });
  }
  return violations;
}
