/** Brokers that die and come back with what they had on disk, and leaders that change because one leaves in good order. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';

export const broker: Fault = {
  name: 'broker',
  part: 'kafka',
  async inject({ cluster: { brokers }, random }) {
    const at = random.whole(0, brokers.addresses.length - 1);
    const downMs = random.whole(500, 4_000);
    await brokers.kill(at);
    await delay(downMs);
    await brokers.start(at);
    return `broker ${String(at + 1)} killed, away for ${String(downMs)} ms and its start`;
  },
};

export const leader: Fault = {
  name: 'leader',
  part: 'kafka',
  async inject({ cluster: { brokers }, random }) {
    // not the one with the controller: without it nobody says who leads
    const at = random.whole(Math.min(1, brokers.addresses.length - 1), brokers.addresses.length - 1);
    await brokers.leave(at);
    await delay(random.whole(500, 3_000));
    await brokers.start(at);
    return `broker ${String(at + 1)} left, and others lead`;
  },
};
