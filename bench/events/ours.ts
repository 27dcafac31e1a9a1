/**
 * One side of ours, in a process of its own: `publisher` writes events with its outbox and carries them to Kafka, `consumer` hears them and writes its inbox, each with
 * the platform's own bus. Told what to do over its channel.
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Event } from '@pms/events/envelope';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { unitOfWork } from '@pms/events/unit-of-work';
import { connect } from '@pms/prisma/connect';
import { logger } from '@pms/telemetry/logger';
import { CONSUMER, type Fact, fact, PUBLISHER, TYPE } from './facts.ts';
import { type Arrived, type Asked, nowMs, type Pace, type Write } from './messages.ts';

/** Transactions under way at once, as mutations are. */
const WRITERS = 8;
const SECOND_MS = 1_000;
const [role = '', databaseUrl = '', brokers = '', prefix = ''] = process.argv.slice(2);
const publishes = role === 'publisher';
const database = connect(databaseUrl);
const bus = kafkaBus({
  settings: { brokers: brokers.split(','), prefix, tls: null, login: null }, database, publishers: [PUBLISHER, CONSUMER], carries: publishes ? [PUBLISHER] : [],
  logger: logger({ level: 'warn', process: role }), holds: () => Promise.resolve(true), clientId: `bench-${role}`,
});
const publishing = unitOfWork(database, PUBLISHER, () => bus.wake());
const consuming = unitOfWork(database, CONSUMER, () => undefined);
let heard = 0;
let wanted = 0;
let delaysMs: number[] = [];

if (!publishes) bus.subscribe(CONSUMER, [{ type: TYPE, acrossKeys: true, react: (event) => handled([event]), reactAll: handled }]);
await bus.start();
process.on('message', (asked: Asked) => void obey(asked));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void bus.close().then(() => database.close()).then(() => process.exit(0)));
console.log(`${role} is ready`);

async function handled(events: readonly Event[]): Promise<void> {
  const fresh = await consuming((unit) => unit.firstSights(events.map(({ id }) => id)));
  const at = nowMs();
  for (const { data } of events) if ((data as Fact).paced) delaysMs.push(at - (data as Fact).writtenAt);
  heard += fresh.size;
  told();
}

function told(): void {
  if (wanted === 0 || heard < wanted) return;
  const arrived: Arrived = { at: nowMs(), delaysMs };
  process.send?.(arrived);
  heard -= wanted;
  wanted = 0;
  delaysMs = [];
}

async function obey(asked: Asked): Promise<void> {
  if (asked.do === 'await') {
    wanted = asked.events;
    told();
  } else await (asked.do === 'write' ? write(asked) : pace(asked));
}

/** Its clock begins when it says so: what is written was made before. */
async function write({ events, batch }: Write): Promise<void> {
  const all = Array.from({ length: events }, (_, number) => fact(number, false));
  process.send?.({ begun: nowMs() });
  let next = 0;
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    while (next < events) {
      const [from, to] = [next, Math.min(next + batch, events)];
      next = to;
      await publishing((unit) => unit.outbox.add(all.slice(from, to)));
    }
  }));
}

async function pace({ events, perSecond }: Pace): Promise<void> {
  process.send?.({ begun: nowMs() });
  const begun = performance.now();
  for (let number = 0; number < events; number += 1) {
    await delay(Math.max(0, begun + (number * SECOND_MS) / perSecond - performance.now()));
    await publishing((unit) => unit.outbox.add([fact(number, true)]));
  }
}
