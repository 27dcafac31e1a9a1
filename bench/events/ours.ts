/**
 * One side of ours, in a process of its own: `publisher` writes events with its outbox and carries them to Kafka, `consumer` hears them and writes its inbox, each with
 * the platform's own bus. Told what to do over its channel.
 */
import process from 'node:process';
import type { Event } from '@pms/events/envelope';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { unitOfWork } from '@pms/events/unit-of-work';
import { connect } from '@pms/prisma/connect';
import { logger } from '@pms/telemetry/logger';
import { CONSUMER, type Fact, fact, PUBLISHER, TYPE } from './facts.ts';
import { nowMs } from './messages.ts';
import { side } from './side.ts';

const [role = '', databaseUrl = '', brokers = '', prefix = ''] = process.argv.slice(2);
const publishes = role === 'publisher';
const database = connect(databaseUrl);
const bus = kafkaBus({
  settings: { brokers: brokers.split(','), prefix, tls: null, login: null }, database, publishers: [PUBLISHER, CONSUMER], carries: publishes ? [PUBLISHER] : [],
  logger: logger({ level: 'warn', process: role }), holds: () => Promise.resolve(true), clientId: `bench-${role}`,
});
const publishing = unitOfWork(database, PUBLISHER, (told) => bus.wake(told));
const consuming = unitOfWork(database, CONSUMER, () => undefined);
const { arrived, ready } = side({ make: fact, send: (events) => publishing((unit) => unit.outbox.add(events)) });

if (!publishes) bus.subscribe(CONSUMER, [{ type: TYPE, acrossKeys: true, react: (event) => handled([event]), reactAll: handled }]);
await bus.start();
ready(role, () => bus.close().then(() => database.close()));

async function handled(events: readonly Event[]): Promise<void> {
  const fresh = await consuming((unit) => unit.firstSights(events.map(({ id }) => id)));
  const at = nowMs();
  arrived(fresh.size, events.flatMap(({ data }) => ((data as Fact).paced ? [at - (data as Fact).writtenAt] : [])));
}
