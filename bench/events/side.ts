/**
 * What both sides do alike, each in a process of its own: write and pace when they are told to, and tell once so many have arrived. Where they differ is in what is handed
 * on, and how: that is what is measured.
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Arrived, type Asked, nowMs, type Pace, type Write } from './messages.ts';

const SECOND_MS = 1_000;
/** On their way at once: transactions, as many as mutations are, or message sets. */
const SENDERS = 8;

export interface Sending<Made> {
  make(number: number, paced: boolean): Made;
  send(made: Made[]): Promise<unknown>;
}

export interface Side {
  /** So many more are there, of which those that were paced took so long. */
  arrived(count: number, delaysMs: readonly number[]): void;
  /** Obeys what comes over the channel from now on; `end` comes before the process ends. */
  ready(role: string, end?: () => Promise<unknown>): void;
}

export function side<Made>(sending: Sending<Made>): Side {
  let heard = 0;
  let wanted = 0;
  let delaysMs: number[] = [];
  const tell = (): void => {
    if (wanted === 0 || heard < wanted) return;
    const arrived: Arrived = { at: nowMs(), delaysMs };
    process.send?.(arrived);
    heard -= wanted;
    wanted = 0;
    delaysMs = [];
  };
  const obey = async (asked: Asked): Promise<void> => {
    if (asked.do === 'write') return write(sending, asked);
    if (asked.do === 'pace') return pace(sending, asked);
    wanted = asked.events;
    return tell();
  };
  return {
    arrived(count, more) {
      heard += count;
      delaysMs.push(...more);
      tell();
    },
    ready(role, end = () => Promise.resolve()) {
      process.on('message', (asked: Asked) => void obey(asked));
      process.on('disconnect', () => process.exit(0));
      process.on('SIGTERM', () => void end().then(() => process.exit(0)));
      console.log(`${role} is ready`);
    },
  };
}

/** Its clock begins when it says so: what is sent was made before. */
async function write<Made>({ make, send }: Sending<Made>, { events, batch }: Write): Promise<void> {
  const all = Array.from({ length: events }, (_, number) => make(number, false));
  process.send?.({ begun: nowMs() });
  let next = 0;
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    while (next < events) {
      const from = next;
      next += batch;
      await send(all.slice(from, from + batch));
    }
  }));
}

async function pace<Made>({ make, send }: Sending<Made>, { events, perSecond }: Pace): Promise<void> {
  process.send?.({ begun: nowMs() });
  const begun = performance.now();
  for (let number = 0; number < events; number += 1) {
    await delay(Math.max(0, begun + (number * SECOND_MS) / perSecond - performance.now()));
    await send([make(number, true)]);
  }
}
