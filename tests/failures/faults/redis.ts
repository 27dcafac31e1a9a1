/** A Redis that dies and comes back knowing nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';

export const redis: Fault = {
  name: 'redis',
  part: 'redis',
  async inject({ cluster, random }) {
    const awayMs = random.whole(200, 4_000);
    await cluster.redis.kill();
    await delay(awayMs);
    await cluster.redis.start();
    return `away for ${String(awayMs)} ms, and empty`;
  },
};
