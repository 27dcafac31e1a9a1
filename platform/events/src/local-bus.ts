/**
 * The bus of one database: events are delivered out of the outbox rows themselves. Works within one process (woken by
 * the commit) and between processes (woken by NOTIFY); a poll makes up for a lost wake-up. Of several processes that
 * consume for one domain, one does at a time: it holds an advisory lock, which ends with its connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import type { Bus, Reaction } from './bus.ts';
import { type Consumer, consumer } from './consumer.ts';
import { lag, reportWaits, watched } from './handling-metrics.ts';
import { deadLetters, setFree } from './parking.ts';
import { type RecentEvents, recentEvents } from './recent.ts';
import { BATCH_MAX, lastPosition, sequenceOnce } from './sequencer.ts';
import type { Sql, Transactions } from './sql.ts';
import { type Waker, waker } from './waker.ts';

const POLL_MS = 500;
const FAILED_STEP_DELAY_MS = 250;
const MEASURE_MS = 2_000;
const SETTLE_TIMEOUT_MS = 60_000;


/** Wakes other processes, is woken by them, and holds the locks; null within a single process. */
export interface Peers {
  tell(): void;
  listen(heard: () => void): void;
  /** Resolves to whether this process is the one that consumes for the group. */
  holds(group: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface LocalBusOptions {
  readonly database: Sql & Transactions;
  /** Every domain with an outbox. */
  readonly publishers: readonly string[];
  readonly logger: Logger;
  readonly peers: Peers | null;
}

interface Group {
  readonly name: string;
  /** That it hears. */
  readonly types: ReadonlySet<string>;
  readonly consumer: Consumer;
  readonly waker: Waker;
}

/** A consumer with its metrics and its log. */
const groupOf = ({ database, publishers, logger }: LocalBusOptions, recent: RecentEvents, name: string, reactions: readonly Reaction[]): Group => ({
  name, types: new Set(reactions.map(({ type }) => type)), waker: waker(), consumer: consumer({ sql: database, name, publishers, reactions, recent, line: 'key', ...watched(name, logger) }),
});

export function localBus(options: LocalBusOptions): Bus {
  const { database, publishers, logger, peers } = options;
  const groups: Group[] = [];
  const hearers = (type: string): number => groups.filter(({ types }) => types.has(type) || types.has('*')).length;
  const recent = recentEvents(hearers);
  const sequencing = waker();
  const loops: Promise<void>[] = [];
  let open = true;

  const wakeConsumers = (): void => groups.forEach((group) => group.waker.wake());
  const guardedLoop = async (step: () => Promise<void>): Promise<void> => {
    while (open) {
      try {
        await step();
      } catch (error) {
        if (!open) return;
        logger.warn({ err: error }, 'event delivery paused');
        await delay(FAILED_STEP_DELAY_MS);
      }
    }
  };
  const sequence = async (): Promise<void> => {
    for (let placed = BATCH_MAX; placed >= BATCH_MAX;) {
      placed = await sequenceOnce(database, publishers);
      if (placed === 0) break;
      wakeConsumers();
      peers?.tell();
    }
    await sequencing.sleep(POLL_MS);
  };
  const consume = async ({ name, consumer: own, waker: rest }: Group): Promise<void> => {
    if (peers !== null && !(await peers.holds(name))) { await rest.sleep(POLL_MS); return; }
    const more = await own.step();
    const due = await own.retry();
    if (!more) await rest.sleep(Math.min(POLL_MS, Math.max(due ?? POLL_MS, 1)));
  };

  const measuring = waker();
  const measure = async (): Promise<void> => {
    await reportLag(database);
    await reportWaits(database, groups.map(({ name }) => name));
    await measuring.sleep(MEASURE_MS);
  };

  return {
    wake(told = []) {
      recent.keep(told);
      sequencing.wake();
    },
    subscribe: (name, reactions) => void groups.push(groupOf(options, recent, name, reactions)),
    async start() {
      peers?.listen(wakeConsumers); // peers tell of positions that they have given: nothing is left to sequence
      loops.push(guardedLoop(sequence), ...groups.map((group) => guardedLoop(() => consume(group))), guardedLoop(measure));
    },
    settled: (timeoutMs = SETTLE_TIMEOUT_MS) => settled(database, publishers, groups.map(({ name }) => name), timeoutMs),
    dead: () => deadLetters(database),
    async replay(which) {
      const count = await setFree(database, which);
      wakeConsumers();
      peers?.tell();
      return count;
    },
    async close() {
      open = false;
      sequencing.wake();
      wakeConsumers();
      measuring.wake();
      await Promise.all(loops);
      await peers?.close();
    },
  };
}

async function reportLag(database: Sql): Promise<void> {
  const { rows } = await database.query<{ consumer: string; behind: number }>(
    'select consumer, (s.last_position - c.position)::float8 as behind from bus.cursor c, bus.sequencer s');
  for (const { consumer: name, behind } of rows) lag.set({ consumer: name }, behind);
}

/** Waits until every group has read what was committed before the call, and what came of it. Throws when it takes too long. */
async function settled(database: Sql & Transactions, publishers: readonly string[], groups: readonly string[], timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const placed = await sequenceOnce(database, publishers);
    const last = await lastPosition(database);
    const { rows } = await database.query<{ consumer: string }>('select consumer from bus.cursor where position >= $1 and consumer = any($2)', [last, groups]);
    // what came of the last events was committed before their cursor moved, and may have no position yet
    const quiet = placed === 0 && rows.length === groups.length && (await sequenceOnce(database, publishers)) === 0 && (await lastPosition(database)) === last;
    if (quiet) return;
    if (performance.now() > deadline) throw new Error(`events are not settled after ${timeoutMs} ms; behind: ${groups.filter((name) => !rows.some((row) => row.consumer === name)).join(', ')}`);
    await delay(5);
  }
}
