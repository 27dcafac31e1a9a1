/**
 * What processes tell each other over Redis: heard on a connection of its own, which is opened when somebody listens. Nothing is kept for one who was away,
 * so every listener is told when it begins to hear and when it stops. The connection sends itself a beat: one that has gone silent is noticed and replaced.
 */
import { newClient, type RedisClient, reconnectMs } from './client.ts';
import type { RedisMetrics } from './metrics.ts';
import type { RedisLogger } from './presence.ts';

export interface Heard {
  message(text: string, channel: string): void;
  /** From now on it hears; what was told before is lost. Called again after each break. */
  began?(): void;
  /** It hears no longer, or may not have heard for a while. */
  lost?(): void;
}

export interface ChannelOptions {
  readonly url: string;
  readonly server: string;
  readonly logger: RedisLogger;
  readonly metrics: Pick<RedisMetrics, 'hearing'>;
  /** Whether commands are answered: a beat that is not even sent says nothing of the connection that hears. */
  up(): boolean;
  publish(channel: string, message: string): Promise<unknown>;
}

export interface Channels {
  hear(channel: string, heard: Heard): () => void;
  close(): void;
}

const BEAT_EVERY_MS = 1_000;
/** So long without a beat, and the connection counts as broken. */
const SILENT_MS_MAX = 3_000;

export function channels({ url, server, logger, metrics, publish, up }: ChannelOptions): Channels {
  const listeners = new Map<string, Set<Heard>>();
  const beatChannel = `pms:beat:${crypto.randomUUID()}`;
  let connection: Connection | null = null;
  let beating: NodeJS.Timeout | undefined;

  const each = (channel: string, tell: (heard: Heard) => void): void => {
    for (const heard of listeners.get(channel) ?? []) {
      try {
        tell(heard);
      } catch (error) {
        logger.warn({ err: error, channel }, 'what was told over Redis could not be taken');
      }
    }
  };
  const begin = (): Connection => {
    metrics.hearing.set({ server }, 0);
    beating = setInterval(() => connection?.beat(up(), () => void publish(beatChannel, '')), BEAT_EVERY_MS).unref();
    return lasting(url, {
      beatChannel, wanted: () => [...listeners.keys()],
      message: (channel, text, on) => each(channel, (heard) => heard.message(text, on)),
      began: (channel) => each(channel, (heard) => heard.began?.()),
      lost: (channel) => each(channel, (heard) => heard.lost?.()),
      hears: (is) => metrics.hearing.set({ server }, is ? 1 : 0),
    });
  };

  return {
    hear(channel, heard) {
      const known = listeners.get(channel);
      if (known === undefined) listeners.set(channel, new Set([heard]));
      else known.add(heard);
      connection ??= begin();
      if (connection.hears(channel)) heard.began?.();
      else connection.more();
      return () => {
        const of = listeners.get(channel);
        of?.delete(heard);
        if (of?.size === 0) listeners.delete(channel);
      };
    },
    close() {
      clearInterval(beating);
      listeners.clear();
      connection?.close();
      if (connection !== null) metrics.hearing.remove({ server });
    },
  };
}

interface Connection {
  hears(channel: string): boolean;
  /** There is more to listen to. */
  more(): void;
  /** Sends a beat, or breaks off a connection that has not heard its own for too long. */
  beat(up: boolean, send: () => void): void;
  close(): void;
}

interface ConnectionOptions {
  readonly beatChannel: string;
  wanted(): readonly string[];
  message(channel: string, text: string, on: string): void;
  began(channel: string): void;
  lost(channel: string): void;
  hears(is: boolean): void;
}

/** One connection after the other, as each breaks. */
interface Current {
  readonly client: RedisClient;
  /** What it listens to, or will as soon as Redis says so. */
  readonly asked: Set<string>;
  readonly subscribed: Set<string>;
  ready: boolean;
  beatAt: number;
}

function lasting(url: string, options: ConnectionOptions): Connection {
  let current: Current | null = null;
  let retry = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const broken = (one: Current): void => {
    if (current !== one) return;
    current = null;
    options.hears(false);
    for (const channel of one.subscribed) options.lost(channel);
    if (one.client.isOpen) one.client.destroy();
    if (!closed) timer = setTimeout(connect, reconnectMs(retry)).unref();
    retry += 1;
  };
  const subscribe = async (one: Current, channel: string): Promise<void> => {
    if (one.asked.has(channel)) return;
    one.asked.add(channel);
    const pass = (text: string, on: string): void => options.message(channel, text, on);
    await (channel.endsWith('*') ? one.client.pSubscribe(channel, pass) : one.client.subscribe(channel, pass));
    if (current !== one) return;
    one.subscribed.add(channel);
    options.began(channel);
  };
  const subscribeAll = async (one: Current): Promise<void> => void (await Promise.all(options.wanted().map((channel) => subscribe(one, channel))));
  const opened = async (one: Current): Promise<void> => {
    await one.client.connect();
    await one.client.subscribe(options.beatChannel, () => void (one.beatAt = performance.now()));
    await subscribeAll(one);
    if (current !== one) return;
    one.ready = true;
    one.beatAt = performance.now();
    retry = 0;
    options.hears(true);
    await subscribeAll(one); // those that came meanwhile
  };
  function connect(): void {
    const one: Current = { client: newClient(url, { once: true }), asked: new Set(), subscribed: new Set(), ready: false, beatAt: performance.now() };
    current = one;
    one.client.on('error', () => broken(one)); // the connection for commands tells of the outage
    one.client.on('end', () => broken(one));
    opened(one).catch(() => broken(one));
  }
  connect();

  return {
    hears: (channel) => current?.subscribed.has(channel) === true,
    more() {
      const one = current;
      if (one?.ready === true) subscribeAll(one).catch(() => broken(one));
    },
    beat(up, send) {
      const one = current;
      if (one === null) return;
      if (!one.ready || !up) one.beatAt = performance.now();
      else if (performance.now() - one.beatAt > SILENT_MS_MAX) broken(one);
      else send();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      const one = current;
      current = null;
      if (one?.client.isOpen === true) one.client.destroy();
    },
  };
}
