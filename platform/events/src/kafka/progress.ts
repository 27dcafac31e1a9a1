/** How far the consumers are: what Kafka still has for each group, and when nothing is left anywhere. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Reaction } from '../bus.ts';
import type { Sql } from '../sql.ts';
import { groupIdOf, topicOf } from './connection.ts';
import { heardPublishers } from './kafka-consumer.ts';
import { brokersAway } from './reaching.ts';
import { unpublished } from './relay.ts';

const SETTLE_LOOK_MS = 50;

interface Group { readonly name: string; readonly reactions: readonly Reaction[] }

export interface Watching {
  readonly admin: Admin;
  readonly database: Sql;
  readonly prefix: string;
  readonly publishers: readonly string[];
}

/** Messages that the group has not committed yet. */
export async function behind({ admin, prefix, publishers }: Watching, { name, reactions }: Group): Promise<number> {
  const topics = heardPublishers(publishers, reactions).map((publisher) => topicOf(prefix, publisher));
  const committed = new Map((await admin.fetchOffsets({ groupId: groupIdOf(prefix, name), topics })).flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => [`${topic} ${partition}`, Math.max(0, Number(offset))] as const)));
  let sum = 0;
  for (const topic of topics)
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) sum += Math.max(0, Number(high) - Math.max(Number(low), committed.get(`${topic} ${partition}`) ?? 0));
  return sum;
}

/** Until nothing waits in an outbox or on the way, and nothing new has come of it. Throws when it takes too long. */
export async function settled(watching: Watching, groups: readonly Group[], timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let quiet = 0; quiet < 2;) {
    const waiting = await Promise.all(watching.publishers.map((publisher) => unpublished(watching.database, publisher)));
    const late = waiting.some((count) => count > 0) ? ['the relay'] : await whoIsBehind(watching, groups);
    quiet = late.length === 0 ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`events are not settled after ${timeoutMs} ms; behind: ${late.join(', ')}`);
    if (quiet < 2) await delay(SETTLE_LOOK_MS);
  }
}

/** A broker that cannot say yet, because a partition is getting another leader, leaves it open. */
async function whoIsBehind(watching: Watching, groups: readonly Group[]): Promise<string[]> {
  const found = await Promise.all(groups.map(async (group) => {
    try {
      return (await behind(watching, group)) > 0 ? [group.name] : [];
    } catch (error) {
      if (!brokersAway(error)) throw error;
      return [`${group.name} (${String(error)})`];
    }
  }));
  return found.flat();
}
