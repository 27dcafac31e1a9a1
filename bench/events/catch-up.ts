/** A long outage made up for: events that wait in an outbox because brokers were away, and then on a topic because their consumer was. */
import { schemaOf } from '@pms/events/sql';
import { waitingOf } from '@pms/events/outbox';
import { unpublished } from '@pms/events/kafka/relay';
import { connect } from '@pms/prisma/connect';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMib } from '../child.ts';
import { PUBLISHER, TYPE } from './facts.ts';
import { type Arrived, nowMs } from './messages.ts';
import { type EventsWorld, heard, tell } from './world.ts';

const LOOK_MS = 100;
const MS = 1_000;

/** Events a statement puts into the outbox, as many as wait together at most. */
const FILL_MAX = 1_000;

export interface CatchUpFigures {
  readonly events: number;
  /** Of the processes at the end, in MiB: what they hold does not grow with how far they are behind. */
  readonly publisherMib: number | null;
  readonly consumerMib: number | null;
  readonly relayedPerSecond: number;
  readonly handledPerSecond: number;
}

export async function catchUp(world: EventsWorld, events: number): Promise<CatchUpFigures> {
  const database = connect(world.databaseUrl, { poolMax: 2 });
  try {
    for (let left = events; left > 0; left -= FILL_MAX) await database.query(FILL, [Math.min(left, FILL_MAX)]);
    for (const table of ['outbox_event', 'outbox_waiting']) await database.query(`analyze ${schemaOf(PUBLISHER)}.${table}`);
    const begun = nowMs();
    const ours = await world.ours();
    try {
      while ((await unpublished(database, PUBLISHER)) > 0) await delay(LOOK_MS);
      const relayed = nowMs();
      const consumer = await ours.consumer();
      const consuming = nowMs();
      const arriving = heard<Arrived>(consumer);
      tell(consumer, { do: 'await', events });
      const { at } = await arriving;
      return { events, publisherMib: residentMib(ours.publisher.process.pid), consumerMib: residentMib(consumer.process.pid), relayedPerSecond: (events * MS) / (relayed - begun), handledPerSecond: (events * MS) / (at - consuming) };
    } finally {
      await ours.stop();
    }
  } finally {
    await database.close();
  }
}

const FILL = `with added as (insert into ${schemaOf(PUBLISHER)}.outbox_event (id, type, key, organization_id, actor, correlation_id, occurred_at, data)
  select 'evt_' || md5('lag ' || n || random()), '${TYPE}', 'prt_' || n % 1000, 'org_01kb2c3d4e5f6g7h8j9k0m1n2p', 'usr_01kb2c3d4e5f6g7h8j9k0m1n2p', 'req_01kb2c3d4e5f6g7h8j9k0m1n2p', now(),
         json_build_object('paced', false, 'writtenAt', 0, 'tradeId', 'trd_' || n, 'portfolioId', 'prt_' || n % 1000, 'version', 1, 'side', 'BUY', 'quantity', '100', 'price', '187.25', 'currency', 'USD',
           'tradeDate', '2026-11-20', 'instrumentId', 'ins_01kb2c3d4e5f6g7h8j9k0m1n2p', 'externalId', 'bench-' || n)
    from generate_series(1, $1::int) as n returning seq, key, id, type, recorded_at)
  ${waitingOf(PUBLISHER, 'added')}`;
