/**
 * Tells routers in processes of their own what the platform's events change, so that they take answers out that they have kept. The domains' processes write
 * to a stream in Redis; each router reads it from where routers were before, so that one that was away misses nothing. Where the stream has been cut
 * short, or a domain's process begins and cannot know what an earlier one could not tell, everything counts as changed.
 */
import { coalesced } from '@pms/redis/coalesced';
import { type RedisLink, redisScript } from '@pms/redis/link';
import type { Router } from '@pms/router';
import type { Invalidation } from '@pms/router/cache/tags';
import type { Logger } from '@pms/telemetry/logger';
import { z } from 'zod';

/** Entries of the stream; a router that was away for longer takes everything out. */
const ENTRIES_MAX = 10_000;
const CHANGES_AN_ENTRY_MAX = 500;
/** Changes that wait for Redis; beyond that everything counts as changed. */
const WAITING_MAX = 10_000;
/** No answer is kept longer. */
const DAY_MS = 86_400_000;
const READ_MAX = 200;
const BEGINNING = '0-0';
const USE = 'changes told to routers';

const EVERYTHING: Invalidation = { everything: true };
const invalidations = z.array(z.union([
  z.strictObject({ typename: z.string() }), z.strictObject({ typename: z.string(), id: z.string() }), z.strictObject({ tag: z.string() }), z.strictObject({ everything: z.literal(true) }),
]));

const TELL = redisScript(`
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'changes', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], id)
return id`);

/** Notes how far routers have come; never back. */
const REACHED = redisScript(`
local function order(id) local ms, seq = string.match(id or '0-0', '^(%d+)-(%d+)$') return tonumber(ms), tonumber(seq) end
local kept_ms, kept_seq = order(redis.call('GET', KEYS[1]) or '0-0')
local ms, seq = order(ARGV[1])
if ms > kept_ms or (ms == kept_ms and seq > kept_seq) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`);

const namesOf = (redis: RedisLink): { readonly stream: string; readonly channel: string; readonly reached: string } =>
  ({ stream: redis.key('changes'), channel: redis.key('changes:told'), reached: redis.key('changes:reached') });

export interface ChangeFeed {
  invalidate(...changes: readonly Invalidation[]): Promise<number>;
  close(): Promise<void>;
}

/** The side of the domains. What cannot be told while Redis is away is told when it is back. */
export function changeFeed(redis: RedisLink): ChangeFeed {
  const { stream, channel } = namesOf(redis);
  let waiting: Invalidation[] = [EVERYTHING];
  const telling = coalesced(async () => {
    while (waiting.length > 0) {
      const some = waiting.slice(0, CHANGES_AN_ENTRY_MAX);
      if (await redis.run(TELL, [stream], [String(ENTRIES_MAX), JSON.stringify(some), String(DAY_MS), channel]) === undefined) return redis.degraded(USE);
      waiting = waiting.slice(some.length);
    }
  });
  const stop = redis.onChange((up) => up && void telling.ask());
  if (redis.up) void telling.ask();
  return {
    async invalidate(...changes) {
      if (changes.length === 0) return 0;
      waiting = waiting.length + changes.length > WAITING_MAX ? [EVERYTHING] : [...waiting, ...changes];
      await telling.ask();
      return 0;
    },
    async close() {
      stop();
      await telling.idle();
    },
  };
}

/** The side of a router. */
export function followChanges(redis: RedisLink, router: Pick<Router, 'invalidate'>, logger: Logger): { close(): void } {
  const { stream, channel, reached } = namesOf(redis);
  let last: string | null = null;
  const take = async (text: string): Promise<void> => {
    const changes = invalidations.safeParse(JSON.parse(text));
    if (!changes.success) logger.warn({}, 'a change that was told over Redis cannot be understood: everything is taken out');
    await router.invalidate(...(changes.success ? changes.data : [EVERYTHING]));
  };
  const read = async (): Promise<void> => {
    if (last === null) {
      const known = await redis.send('GET', reached);
      if (known === undefined) return;
      last = typeof known === 'string' ? known : BEGINNING;
    }
    const oldest = entriesIn(await redis.send('XRANGE', stream, '-', '+', 'COUNT', '1'))[0]?.id;
    // what came after the last one that was read, and before the oldest that is left, is lost
    if (oldest !== undefined && last !== BEGINNING && isAfter(oldest, last)) await router.invalidate(EVERYTHING);
    for (;;) {
      const entries: readonly Entry[] = entriesIn(await redis.send('XRANGE', stream, `(${last}`, '+', 'COUNT', String(READ_MAX)));
      for (const { id, changes } of entries) {
        await take(changes);
        last = id;
      }
      if (entries.length > 0) await redis.run(REACHED, [reached], [last, String(DAY_MS)]);
      if (entries.length < READ_MAX) return;
    }
  };
  const reading = coalesced(() => read().catch((error: unknown) => logger.warn({ err: error }, 'what the platform changed could not be taken in')));
  const stopHearing = redis.hear(channel, { message: () => void reading.ask(), began: () => void reading.ask() });
  const stopWatching = redis.onChange((up) => up && void reading.ask());
  return {
    close() {
      stopHearing();
      stopWatching();
    },
  };
}

interface Entry { readonly id: string; readonly changes: string }

const entriesIn = (reply: unknown): readonly Entry[] =>
  (Array.isArray(reply) ? reply as readonly [string, readonly string[]][] : []).map(([id, fields]) => ({ id, changes: fields[1] ?? '' }));

function isAfter(left: string, right: string): boolean {
  const [[leftMs = 0, leftNumber = 0], [rightMs = 0, rightNumber = 0]] = [left.split('-').map(Number), right.split('-').map(Number)];
  return leftMs === rightMs ? leftNumber > rightNumber : leftMs > rightMs;
}
