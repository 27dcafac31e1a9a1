/** Waits until the platform has come to rest by itself, nobody helping: everything ready, outboxes empty, nothing behind, nothing on its way. */
import { groupIdOf, kafkaClient, topicOf } from '@pms/events/kafka/connection';
import { schemaOf } from '@pms/events/sql';
import { silent } from '@pms/telemetry/logger';
import { POISON_KEY } from '../faults/poison.ts';
import { type Cluster, databaseNow, PREFIX } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import type { Hearing } from './hearing.ts';

const QUIET_LOOKS = 3;

/** Undoes what a fault may have left, as its end would have. */
export function healed({ processes, proxies }: Cluster): void {
  for (const one of processes.values()) one.shiftClock(0);
  for (const proxy of [...proxies.postgres.values(), ...proxies.kafka, proxies.redis]) {
    proxy.delay(0);
    proxy.refuse(false);
  }
}

/** Throws with what was still going on. */
export async function settled(cluster: Cluster, hearing: readonly Hearing[], withinMs: number): Promise<void> {
  let quiet = 0;
  await until('the platform is healthy and has nothing left to do', withinMs, async () => {
    const unready = await cluster.unready();
    const waiting = unready.length > 0 ? [`not ready: ${unready.join(', ')}`] : [...(await inDatabase(cluster)), ...(await inKafka(cluster, hearing))];
    quiet = waiting.length === 0 ? quiet + 1 : 0;
    if (waiting.length > 0) throw new Error(waiting.join('; '));
    return quiet >= QUIET_LOOKS;
  });
}

const inDatabase = (cluster: Cluster): Promise<string[]> => session(databaseNow(cluster), async (client) => {
  const waiting: string[] = [];
  for (const publisher of cluster.domains) {
    const { rows: [left] } = await client.query<{ count: number }>(`select coalesce(sum(events), 0)::int as count from ${schemaOf(publisher)}.outbox_waiting`);
    if ((left?.count ?? 0) > 0) waiting.push(`${String(left?.count)} events of ${publisher} not handed over`);
  }
  const { rows: parked } = await client.query<{ consumer: string; count: number; error: string }>(
    `select consumer, count(*)::int as count, max(error) as error from bus.parked_event where not starts_with(key, $1) group by consumer`, [POISON_KEY]);
  waiting.push(...parked.map(({ consumer, count, error }) => `${String(count)} events held back for ${consumer} (${error})`));
  const { rows: trades } = await client.query<{ status: string; count: number }>(
    `select v.status, count(*)::int as count from trade_capture.trade_version v join trade_capture.trade t on t.id = v.trade_id and t.version = v.version
      where v.status in ('CAPTURED', 'VALIDATED') group by 1`);
  waiting.push(...trades.map(({ status, count }) => `${String(count)} trades ${status}`));
  return waiting;
});

async function inKafka({ kafkaBrokers }: Cluster, hearing: readonly Hearing[]): Promise<string[]> {
  const admin = kafkaClient({ brokers: kafkaBrokers, prefix: PREFIX, tls: null, login: null }, 'chaos-lag', silent).admin();
  await admin.connect();
  try {
    const waiting: string[] = [];
    const ends = new Map(await Promise.all([...new Set(hearing.flatMap(({ publishers }) => publishers))].map(async (publisher) => [publisher, await admin.fetchTopicOffsets(topicOf(PREFIX, publisher))] as const)));
    for (const { consumer, publishers } of hearing.filter((one) => one.publishers.length > 0)) {
      const topics = publishers.map((publisher) => topicOf(PREFIX, publisher));
      const committed = new Map((await admin.fetchOffsets({ groupId: groupIdOf(PREFIX, consumer), topics })).map(({ topic, partitions }) => [topic, new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))]));
      const behind = publishers.flatMap((publisher) => (ends.get(publisher) ?? []).map(({ partition, high, low }) => Number(high) - Math.max(Number(low), committed.get(topicOf(PREFIX, publisher))?.get(partition) ?? 0)))
        .reduce((sum, lag) => sum + Math.max(0, lag), 0);
      if (behind > 0) waiting.push(`${consumer} is ${String(behind)} messages behind`);
    }
    return waiting;
  } finally {
    await admin.disconnect();
  }
}
