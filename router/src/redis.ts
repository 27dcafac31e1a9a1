/**
 * A connection to Redis that may be away: it never holds up the start or a request, reconnects by itself, and says so once an outage.
 * Whoever uses it keeps a second way in memory for when the answer is `undefined`.
 */
import { createHash } from 'node:crypto';
import { createClient, ErrorReply } from 'redis';
import type { RouterLogger, RouterMetrics } from './observe.ts';

/** What Redis answers; `null` where it has nothing under that key. */
export type RedisReply = string | number | null | readonly RedisReply[];

export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export interface RedisLink {
  /** False while it is away: then there is no use in asking. */
  readonly up: boolean;
  /** A key of this router's among those of others. */
  key(name: string): string;
  /** Never rejects; `undefined` when Redis is away, too slow, or refuses the command. */
  send(...command: readonly string[]): Promise<RedisReply | undefined>;
  /** Runs a script at once for all who ask at the same time. As `send`. */
  run(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<RedisReply | undefined>;
  close(): void;
}

export interface RedisOptions {
  readonly logger: RouterLogger;
  readonly metrics: Pick<RouterMetrics, 'redisUp' | 'redisCommands'>;
  /** How long an answer is waited for. */
  readonly commandMsMax?: number;
  readonly keyPrefix?: string;
}

const COMMAND_MS_MAX = 100;
const CONNECT_MS_MAX = 2_000;
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 2_000;
/** How often one that has stopped answering is asked whether it is back. */
const PROBE_EVERY_MS = 250;
/** A connection that is silent for so long is replaced: the other side may be gone without a word. */
const SILENT_MS_MAX = 5_000;
const QUEUE_MAX = 10_000;
const KEY_PREFIX = 'pms:router:';
const KINDS_TOLD_MAX = 20;

export const redisScript = (lua: string): RedisScript => ({ lua, sha1: createHash('sha1').update(lua).digest('hex') });

/** `url` is redis:// or rediss://, with user name, password and database number where needed. */
export function openRedis(url: string, { logger, metrics, commandMsMax = COMMAND_MS_MAX, keyPrefix = KEY_PREFIX }: RedisOptions): RedisLink {
  const server = new URL(url).host;
  const seen = presence(server, logger, metrics);
  const refused = refusals(server, logger, metrics);
  const wire = connection(url, seen);

  async function ask(command: readonly string[]): Promise<RedisReply | undefined> {
    let late: NodeJS.Timeout | undefined;
    const lateness = new Promise<typeof LATE>((resolve) => {
      late = setTimeout(resolve, commandMsMax, LATE);
    });
    try {
      const reply = await Promise.race([wire.send(command), lateness]);
      metrics.redisCommands.inc({ outcome: reply === LATE ? 'late' : 'ok' });
      if (reply !== LATE) return reply;
      wire.silent(`no answer within ${commandMsMax} ms`);
      return undefined;
    } finally {
      clearTimeout(late);
    }
  }

  return {
    get up() {
      return seen.phase() === 'up';
    },
    key: (name) => keyPrefix + name,
    send: async (...command) => (seen.phase() === 'up' ? ask(command).catch(refused) : undefined),
    async run({ lua, sha1 }, keys, values) {
      if (seen.phase() !== 'up') return undefined;
      const rest = [String(keys.length), ...keys, ...values];
      return ask(['EVALSHA', sha1, ...rest])
        .catch((error: unknown) => (isUnknownScript(error) ? ask(['EVAL', lua, ...rest]) : Promise.reject(error as Error)))
        .catch(refused);
    },
    close() {
      seen.close();
      wire.close();
    },
  };
}

interface Presence {
  phase(): 'starting' | 'up' | 'away' | 'closed';
  there(): void;
  away(reason: string): void;
  close(): void;
}

/** Says when it goes and when it comes back: once each. */
function presence(server: string, logger: RouterLogger, metrics: RedisOptions['metrics']): Presence {
  let phase: ReturnType<Presence['phase']> = 'starting';
  metrics.redisUp.set({ server }, 0);
  return {
    phase: () => phase,
    there() {
      if (phase === 'up' || phase === 'closed') return;
      if (phase === 'away') logger.info({ server }, 'Redis is back');
      phase = 'up';
      metrics.redisUp.set({ server }, 1);
    },
    away(reason) {
      if (phase === 'away' || phase === 'closed') return;
      phase = 'away';
      metrics.redisUp.set({ server }, 0);
      logger.warn({ server, reason }, 'Redis is away; until it is back this process goes by its own memory');
    },
    close() {
      phase = 'closed';
      metrics.redisUp.remove({ server });
    },
  };
}

interface Wire {
  send(command: readonly string[]): Promise<RedisReply>;
  /** It is connected, and does not answer: it is asked until it does, and connected anew when it never does. */
  silent(reason: string): void;
  close(): void;
}

function connection(url: string, seen: Presence): Wire {
  let probe: NodeJS.Timeout | undefined;
  let client = connected();

  function connected(): ReturnType<typeof newClient> {
    const made = newClient(url);
    made.on('ready', () => made === client && there());
    made.on('error', (error: unknown) => made === client && seen.away(error instanceof Error ? error.message : String(error)));
    made.connect().catch(() => {}); // told by the event already; it goes on trying
    return made;
  }

  function there(): void {
    clearInterval(probe);
    seen.there();
  }

  return {
    send: (command) => client.sendCommand<RedisReply>([...command]),
    silent(reason) {
      if (seen.phase() !== 'up') return;
      seen.away(reason);
      const since = performance.now();
      probe = setInterval(() => {
        const asked = client;
        if (asked.isReady) asked.sendCommand(['PING']).then(() => asked === client && there(), () => {});
        if (performance.now() - since < SILENT_MS_MAX) return;
        clearInterval(probe);
        client = connected();
        asked.destroy();
      }, PROBE_EVERY_MS);
      probe.unref();
    },
    close() {
      clearInterval(probe);
      client.destroy();
    },
  };
}

/** A command that Redis refuses is a fault of ours or of its set-up: told once a kind. */
function refusals(server: string, logger: RouterLogger, metrics: RedisOptions['metrics']): (error: unknown) => undefined {
  const told = new Set<string>();
  return (error) => {
    const refused = error instanceof ErrorReply;
    metrics.redisCommands.inc({ outcome: refused ? 'refused' : 'away' });
    const kind = refused ? error.message.split(' ')[0] ?? '' : STARTING;
    if (kind === STARTING || told.has(kind) || told.size >= KINDS_TOLD_MAX) return undefined;
    told.add(kind);
    logger.warn({ server, reason: error instanceof Error ? error.message : '' }, 'Redis refuses a command');
    return undefined;
  };
}

/** It reads its data from disk, and will answer. */
const STARTING = 'LOADING';
const LATE = Symbol('late');

const isUnknownScript = (error: unknown): boolean => error instanceof ErrorReply && error.message.startsWith('NOSCRIPT');

const newClient = (url: string) => createClient({
  url, RESP: 2, disableOfflineQueue: true, commandsQueueMaxLength: QUEUE_MAX,
  socket: { connectTimeout: CONNECT_MS_MAX, reconnectStrategy: (retries) => Math.min(RECONNECT_MS_MIN * 2 ** Math.min(retries, 10), RECONNECT_MS_MAX) },
});
