/**
 * A connection to Redis that may be away: it never holds up the start or a request, reconnects by itself, and says so once an outage.
 * Whoever uses it keeps a second way in memory for when the answer is `undefined`, and counts how often that was taken.
 */
import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import { channels, type Heard } from './channels.ts';
import { newClient } from './client.ts';
import type { RedisMetrics } from './metrics.ts';
import { type Presence, presence, type RedisLogger } from './presence.ts';

/** What Redis answers; `null` where it has nothing under that key. */
export type RedisReply = string | number | null | readonly RedisReply[];

export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export interface RedisLink {
  /** False while it is away: then there is no use in asking. */
  readonly up: boolean;
  /** A key of ours among those of others; it names the form of what is kept as well, so that no version reads what another wrote. */
  key(name: string): string;
  /** Never rejects; `undefined` when Redis is away, too slow, or refuses the command. */
  send(...command: readonly string[]): Promise<RedisReply | undefined>;
  /** Runs a script at once for all who ask at the same time. As `send`. */
  run(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<RedisReply | undefined>;
  /** Hears what is published on a channel, or on all whose name begins so where it ends with `*`; the answer stops that. */
  hear(channel: string, heard: Heard): () => void;
  onChange(listener: (up: boolean) => void): () => void;
  /** Something went by this process alone because Redis is away. */
  degraded(use: string): void;
  /** The same connection, for keys of one part of the whole. */
  under(part: string): RedisLink;
  close(): void;
}

export interface RedisOptions {
  readonly logger: RedisLogger;
  readonly metrics: RedisMetrics;
  /** How long an answer is waited for. */
  readonly commandMsMax?: number;
  /** Begins every key. */
  readonly keyPrefix?: string;
}

const COMMAND_MS_MAX = 100;
/** How often one that has stopped answering is asked whether it is back. */
const PROBE_EVERY_MS = 250;
/** A connection that is silent for so long is replaced: the other side may be gone without a word. */
const SILENT_MS_MAX = 5_000;
const KEY_PREFIX = 'pms:';
/** Of the form of what is kept: another form has another number. */
const FORM = '1:';
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
      metrics.commands.inc({ outcome: reply === LATE ? 'late' : 'ok' });
      if (reply !== LATE) return reply;
      wire.silent(`no answer within ${commandMsMax} ms`);
      return undefined;
    } finally {
      clearTimeout(late);
    }
  }

  const send: RedisLink['send'] = async (...command) => (seen.phase() === 'up' ? ask(command).catch(refused) : undefined);
  const told = channels({ url, server, metrics, logger, publish: (channel, message) => send('PUBLISH', channel, message), up: () => seen.phase() === 'up' });

  const linked = (prefix: string): RedisLink => ({
    get up() {
      return seen.phase() === 'up';
    },
    key: (name) => prefix + FORM + name,
    send,
    async run({ lua, sha1 }, keys, values) {
      if (seen.phase() !== 'up') return undefined;
      const rest = [String(keys.length), ...keys, ...values];
      return ask(['EVALSHA', sha1, ...rest])
        .catch((error: unknown) => (isUnknownScript(error) ? ask(['EVAL', lua, ...rest]) : Promise.reject(error as Error)))
        .catch(refused);
    },
    hear: told.hear,
    onChange: seen.onChange,
    degraded: (use) => metrics.degraded.inc({ use }),
    under: (part) => linked(prefix + part),
    close() {
      seen.close();
      told.close();
      wire.close();
    },
  });
  return linked(keyPrefix);
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
function refusals(server: string, logger: RedisLogger, { commands }: Pick<RedisMetrics, 'commands'>): (error: unknown) => undefined {
  const told = new Set<string>();
  return (error) => {
    const refused = error instanceof ErrorReply;
    commands.inc({ outcome: refused ? 'refused' : 'away' });
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
