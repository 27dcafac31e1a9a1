/** Carries a schedule out: faults of one part one after another, of different parts side by side. */
import { setTimeout as delay } from 'node:timers/promises';
import { isPassing } from '@pms/errors/passing';
import { brokersAway } from '@pms/events/kafka/reaching';
import type { Violation } from '../load/recorded.ts';
import type { Cluster } from './cluster.ts';
import type { Strike } from './schedule.ts';

export interface Struck {
  /** How many of each kind were carried out. */
  readonly injected: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
}

export async function strike(cluster: Cluster, schedule: readonly Strike[], lengthMs: number, say: (line: string) => void): Promise<Struck> {
  const from = performance.now();
  const injected = new Map<string, number>();
  const violations: Violation[] = [];
  const parts = new Map<string, Promise<void>>();
  const second = (): string => ((performance.now() - from) / 1_000).toFixed(1).padStart(6);
  for (const { atMs, fault, random } of schedule) {
    await delay(Math.max(0, from + atMs - performance.now()));
    parts.set(fault.part, behind(parts.get(fault.part), async () => {
      if (performance.now() - from > lengthMs) return; // what had to wait too long is left out
      try {
        const done = await fault.inject({ cluster, random, found: (name, detail) => void violations.push({ name, detail }) });
        injected.set(fault.name, (injected.get(fault.name) ?? 0) + 1);
        say(`${second()} s  ${fault.name.padEnd(10)} ${done}`);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        // what it needed was away because of another fault: that is no finding
        if (!isPassing(error) && !brokersAway(error)) violations.push({ name: 'the harness could not inject', detail: `${fault.name}: ${problem}` });
        say(`${second()} s  ${fault.name.padEnd(10)} not injected: ${problem}`);
      }
    }));
  }
  await delay(Math.max(0, from + lengthMs - performance.now()));
  await Promise.all(parts.values());
  return { injected, violations };
}

async function behind(before: Promise<void> | undefined, work: () => Promise<void>): Promise<void> {
  await before;
  await work();
}
