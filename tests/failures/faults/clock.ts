/** A process whose clock is wrong for some seconds, forwards or backwards: by little, as an unsynchronised one, or by an hour, as one that was set badly. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';

const SHIFTS_MS = [-3_600_000, -120_000, -5_000, 5_000, 120_000, 3_600_000] as const;

export const clock: Fault = {
  name: 'clock',
  part: 'clocks',
  async inject({ cluster, random }) {
    const all = [...cluster.processes.values()];
    const one = all[random.whole(0, all.length - 1)];
    const shiftMs = random.pick(SHIFTS_MS);
    const forMs = random.whole(1_500, 6_000);
    one?.shiftClock(shiftMs);
    await delay(forMs);
    one?.shiftClock(0);
    return `${one?.name ?? ''} ${String(shiftMs / 1_000)} s off for ${String(forMs)} ms`;
  },
};
