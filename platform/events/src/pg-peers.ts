/** How processes on one Postgres wake each other, agree on who consumes for a domain, and pass live messages on. */
import type { Logger } from '@pms/telemetry/logger';
import { localLive, type Live } from './live.ts';
import type { Peers } from './local-bus.ts';
import type { Notifications } from './notifications.ts';

const BUS_CHANNEL = 'pms_bus';
const LIVE_CHANNEL = 'pms_live';
const TELL_AT_MOST_EVERY_MS = 2;
const LIVE_BYTES_MAX = 7_900;

export function pgPeers(notifications: Notifications): Peers {
  let telling = false;
  return {
    tell() {
      if (telling) return;
      telling = true;
      setTimeout(() => { telling = false; notifications.send(BUS_CHANNEL, ''); }, TELL_AT_MOST_EVERY_MS);
    },
    listen: (heard) => notifications.hear(BUS_CHANNEL, heard),
    holds: (group) => notifications.lock(`pms-consumer-${group}`),
    close: () => notifications.close(),
  };
}

/** Live messages to every process on the same Postgres; each process hears its own at once and not a second time. */
export function pgLive(notifications: Notifications, logger: Logger): Live {
  const here = localLive();
  const self = crypto.randomUUID();
  notifications.hear(LIVE_CHANNEL, (payload) => {
    const heard = liveIn(payload);
    if (heard === null) logger.warn('a live message that is none was passed over');
    else if (heard.from !== self) here.publish(heard.topic, heard.message);
  });
  return {
    ...here,
    publish(topic, message) {
      here.publish(topic, message);
      const payload = JSON.stringify({ from: self, topic, message });
      if (Buffer.byteLength(payload) > LIVE_BYTES_MAX) logger.warn({ topic }, 'live message is too large for other processes');
      else notifications.send(LIVE_CHANNEL, payload);
    },
  };
}

/** Null for what is none: any session of the database may send on the channel. */
function liveIn(payload: string): { readonly from: string; readonly topic: string; readonly message: unknown } | null {
  try {
    const { from, topic, message } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
    return typeof from === 'string' && typeof topic === 'string' ? { from, topic, message } : null;
  } catch {
    return null; // no JSON, or JSON's null
  }
}
