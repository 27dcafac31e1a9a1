/**
 * Whose tokens were revoked, for every process at once: a set in Redis for those who come later, and a channel for those who are there. The database of the
 * auth domain is the truth; its processes tell what is in it, and mark the set as whole, so that a Redis that has lost its keys is not taken for one
 * in which nobody is revoked.
 */
import type { Revocation } from '@pms/identity/revocations';
import { z } from 'zod';
import { coalesced } from './coalesced.ts';
import { type RedisLink, redisScript } from './link.ts';

const NAME = 'revoked';
/** Among the members, and with them if they go: everything that the database holds is here. */
const WHOLE = '*';
/** Told when the set has become whole. */
const WHOLE_TOLD = '';
const LOOK_EVERY_MS = 1_000;
/** Read again each time: a revocation may be committed a little after the moment that it names. */
const OVERLAP_MS = 30_000;

const revocation = z.object({ subject: z.string(), at: z.number(), spared: z.string().optional() });

/** KEYS: the set. ARGV: the channel, how old members may be, whether these are all, then moment and member by turns. Answers whether the set is whole. */
const TELL = redisScript(`
for i = 4, #ARGV, 2 do
  if redis.call('ZADD', KEYS[1], 'NX', ARGV[i], ARGV[i + 1]) == 1 then redis.call('PUBLISH', ARGV[1], ARGV[i + 1]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2])
if ARGV[3] == '1' and redis.call('ZADD', KEYS[1], 'NX', '+inf', '${WHOLE}') == 1 then redis.call('PUBLISH', ARGV[1], '${WHOLE_TOLD}') end
if redis.call('ZSCORE', KEYS[1], '${WHOLE}') then return 1 end
return 0`);

export interface HeraldOptions {
  readonly redis: RedisLink;
  /** What was revoked at this moment or later, out of the database. */
  since(at: Date): Promise<readonly Revocation[]>;
  now(): Date;
  /** How long a token may live, at the most. */
  readonly tokenMsMax: number;
  readonly failed: (error: unknown) => void;
}

export interface Herald {
  /** Something may have been revoked just now. */
  look(): void;
  start(): void;
  stop(): Promise<void>;
}

/** Tells what the database holds: at once when it is asked to look, each second by itself, all of it when Redis is new or has forgotten. */
export function heraldRevocations({ redis, since, now, tokenMsMax, failed }: HeraldOptions): Herald {
  const [key, channel] = [redis.key(NAME), redis.key(NAME)];
  let from: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const told = async (): Promise<void> => {
    const at = now().getTime();
    const oldest = at - tokenMsMax;
    const rows = await since(new Date(from ?? oldest));
    const members = rows.flatMap((row) => [String(row.at), JSON.stringify({ subject: row.subject, at: row.at, spared: row.spared })]);
    const whole = await redis.run(TELL, [key], [channel, String(oldest), from === null ? '1' : '0', ...members]);
    if (whole === undefined) return;
    from = whole === 1 ? at - OVERLAP_MS : null;
    if (from === null) void looking.ask(); // it has forgotten
  };
  const looking = coalesced(() => told().catch(failed));
  const look = (): void => {
    if (redis.up) void looking.ask();
  };
  const stopHearing = redis.onChange((up) => up && look());
  return {
    look,
    start() {
      look();
      timer = setInterval(look, LOOK_EVERY_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      stopHearing();
      await looking.idle();
    },
  };
}

export interface Followed {
  /** Whether everything that was revoked up to now is known by way of Redis. */
  whole(): boolean;
  stop(): void;
}

/** Calls `revoked` with all that is in the set, and at once with what is told. */
export function followRevoked(redis: RedisLink, revoked: (one: Revocation) => void): Followed {
  const [key, channel] = [redis.key(NAME), redis.key(NAME)];
  let hearing = false;
  let whole = false;
  const take = (text: string): void => {
    const parsed = revocation.safeParse(JSON.parse(text));
    if (parsed.success) revoked(parsed.data);
  };
  const reading = coalesced(async () => {
    const members = await redis.send('ZRANGE', key, '0', '-1');
    if (!Array.isArray(members)) return; // it is away, and read again when it is back
    for (const member of members) if (member !== WHOLE) take(String(member));
    whole = hearing && members.includes(WHOLE);
  });
  const read = (): void => void reading.ask();
  const stopHearing = redis.hear(channel, {
    message: (text) => (text === WHOLE_TOLD ? read() : take(text)),
    began() {
      hearing = true;
      read();
    },
    lost() {
      hearing = whole = false;
    },
  });
  const stopWatching = redis.onChange((up) => {
    whole = false;
    if (up && hearing) read();
  });
  return {
    whole: () => redis.up && whole,
    stop() {
      stopHearing();
      stopWatching();
    },
  };
}
