/** One connection that hears Postgres notifications and holds advisory locks; replaced by a new one when it breaks, or only looks as if it were open. */
import type { Logger } from '@pms/telemetry/logger';
import { ANSWER_MS_MAX, ASK_EVERY_MS, keptConnection } from './kept-connection.ts';

const QUEUE_MAX = 10_000;

export interface Notifications {
  /** Sends on a channel, in order; lost while there is no connection. `payload` is at most 7,900 bytes. */
  send(channel: string, payload: string): void;
  hear(channel: string, listener: (payload: string) => void): void;
  /** Takes the lock if it is free; true while this connection holds it. Locks are lost with the connection. */
  lock(name: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function notifications(url: string, logger: Logger, { answerMsMax = ANSWER_MS_MAX, askEveryMs = ASK_EVERY_MS } = {}): Promise<Notifications> {
  const listeners = new Map<string, ((payload: string) => void)[]>();
  const waiting: [string, string][] = [];
  let held = new Set<string>();
  let sending = false;
  let open = true;
  const { ask, close } = await keptConnection({
    url, logger, answerMsMax, askEveryMs,
    channels: () => listeners.keys(),
    heard: (channel, payload) => listeners.get(channel)?.forEach((listener) => listener(payload)),
    lost: () => { held = new Set(); },
  });

  async function drain(): Promise<void> {
    if (sending) return;
    sending = true;
    for (let next = waiting.shift(); next !== undefined && open; next = waiting.shift())
      await ask('select pg_notify($1, $2)', next).catch(() => undefined);
    sending = false;
  }

  return {
    send(channel, payload) {
      if (waiting.length >= QUEUE_MAX) waiting.shift();
      waiting.push([channel, payload]);
      void drain();
    },
    hear(channel, listener) {
      const known = listeners.get(channel);
      if (known !== undefined) { known.push(listener); return; }
      listeners.set(channel, [listener]);
      ask(`listen ${channel}`).catch(() => undefined);
    },
    async lock(name) {
      if (held.has(name)) return true;
      const holding = held;
      const { rows } = await ask<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [name]);
      if (rows[0]?.locked === true) holding.add(name); // of the session that was asked: one that is lost by now is not counted
      return held.has(name);
    },
    close() {
      open = false;
      return close();
    },
  };
}
