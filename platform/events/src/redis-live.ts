/**
 * Live messages over Redis, to every process that listens: each of a process's own is heard there at once and not a second time. While Redis is away they
 * go the way beneath (Postgres, or this process alone), which is always listened to, since another may have noticed before us. What two ways
 * bring twice is heard once. What is more than Redis takes is dropped: the next message is as good.
 */
import type { RedisLink } from '@pms/redis/link';
import { counter } from '@pms/telemetry/metrics';
import { type Live, localLive } from './live.ts';

/** Messages on their way to Redis; a tick more is dropped. */
const ON_THE_WAY_MAX = 5_000;
/** Ids of messages that came lately. */
const REMEMBERED_MAX = 10_000;
const USE = 'live messages';

const messages = counter('pms_live_messages_total', 'Live messages sent to other processes, by way: redis, beneath (Redis was away), dropped (Redis was too slow).', ['way']);

interface Sent {
  readonly sentAs: string;
  readonly message: unknown;
}

/** Messages of a process without Redis come beneath as they are. */
const isSent = (heard: unknown): heard is Sent => typeof heard === 'object' && heard !== null && 'sentAs' in heard;

export function redisLive(redis: RedisLink, beneath: Live): Live {
  const here = localLive();
  const prefix = redis.key('live:');
  const self = crypto.randomUUID();
  const topics = new Map<string, { listeners: number; readonly stop: () => void }>();
  const heardBefore = remembering();
  let number = 0;
  let onTheWay = 0;

  const take = (topic: string, heard: unknown): void => {
    if (!isSent(heard)) here.publish(topic, heard);
    else if (!heardBefore(heard.sentAs)) here.publish(topic, heard.message);
  };
  const stopHearing = redis.hear(`${prefix}*`, {
    message(text, channel) {
      const topic = channel.slice(prefix.length);
      if (!topics.has(topic)) return;
      take(topic, JSON.parse(text));
    },
  });
  const goBeneath = (topic: string, sent: Sent): void => {
    redis.degraded(USE);
    messages.inc({ way: 'beneath' });
    beneath.publish(topic, sent);
  };

  const goOver = async (topic: string, sent: Sent): Promise<void> => {
    onTheWay += 1;
    const reply = await redis.send('PUBLISH', prefix + topic, JSON.stringify(sent));
    onTheWay -= 1;
    if (reply === undefined) goBeneath(topic, sent);
    else messages.inc({ way: 'redis' });
  };

  return {
    publish(topic, message) {
      number += 1;
      const sent: Sent = { sentAs: `${self}:${String(number)}`, message };
      heardBefore(sent.sentAs);
      here.publish(topic, message);
      if (!redis.up) goBeneath(topic, sent);
      else if (onTheWay >= ON_THE_WAY_MAX) messages.inc({ way: 'dropped' });
      else void goOver(topic, sent);
    },
    subscribe(topic, listener) {
      const stop = here.subscribe(topic, listener);
      const known = topics.get(topic);
      if (known === undefined) topics.set(topic, { listeners: 1, stop: beneath.subscribe(topic, (heard) => take(topic, heard)) });
      else known.listeners += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        stop();
        const of = topics.get(topic);
        if (of === undefined) return;
        of.listeners -= 1;
        if (of.listeners > 0) return;
        of.stop();
        topics.delete(topic);
      };
    },
    async close() {
      stopHearing();
      await here.close();
      await beneath.close();
    },
  };
}

/** Whether an id was seen lately; from now on it was. */
function remembering(): (id: string) => boolean {
  let young = new Set<string>();
  let old = new Set<string>();
  return (id) => {
    if (young.has(id) || old.has(id)) return true;
    young.add(id);
    if (young.size >= REMEMBERED_MAX) [old, young] = [young, new Set()];
    return false;
  };
}
