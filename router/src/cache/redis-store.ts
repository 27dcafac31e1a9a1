/**
 * Answers in a Redis that all replicas share, with its clock. While it is away nothing is kept and nothing is found;
 * what changed meanwhile is taken out before anything is found again.
 */
import { type RedisLink, redisScript } from '@pms/redis/link';
import type { Scope } from './policy.ts';
import { type CacheStore, type Found, type Kept, LIFE_MS_MAX } from './store.ts';

/** Longer than any request: what began to be read before a change cannot be kept after it. */
const CHANGE_MS = 180_000;
const PENDING_MAX = 10_000;
const MICROSECONDS_PER_MS = 1_000;
/** Every answer carries it. */
const EVERYTHING = '*';

const NOW = `local t = redis.call('TIME') local now = string.format('%.0f', t[1] * 1000000 + t[2])`;

const FIND = redisScript(`${NOW}
local values = redis.call('MGET', unpack(KEYS))
local found = ''
for i = 2, #values do if values[i] then found = values[i] break end end
return {now, values[1] or '', found}`);

/** The first half of the tags' keys are the changes, the second the sets. */
const KEEP = redisScript(`
local tags = (#KEYS - 1) / 2
for i = 2, tags + 1 do local changed = redis.call('GET', KEYS[i]) if changed and tonumber(changed) >= tonumber(ARGV[1]) then return 0 end end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
for i = tags + 2, #KEYS do
  redis.call('SADD', KEYS[i], KEYS[1])
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
return 1`);

const DROP = redisScript(`${NOW}
local tags = #KEYS / 2
local dropped = 0
for i = 1, tags do
  redis.call('SET', KEYS[i], now, 'PX', ARGV[1])
  for _, key in ipairs(redis.call('SMEMBERS', KEYS[tags + i])) do dropped = dropped + redis.call('UNLINK', key) end
  redis.call('UNLINK', KEYS[tags + i])
end
return dropped`);

const CHANGED = redisScript(`${NOW} redis.call('SET', KEYS[1], now, 'PX', ARGV[1]) return 1`);

const NOTHING: Found = { kept: null, moment: null };

export function redisStore(redis: RedisLink): CacheStore {
  const entry = (key: string): string => redis.key(`cache:entry:${key}`);
  const change = (tag: string): string => redis.key(`cache:changed:${tag}`);
  const members = (tag: string): string => redis.key(`cache:tag:${tag}`);
  const senderKey = (sender: string): string => redis.key(`cache:sender:${sender}`);
  const pending = new Set<string>();
  const pendingSenders = new Set<string>();

  const dropNow = async (tags: readonly string[]): Promise<number | undefined> => {
    const dropped = await redis.run(DROP, [...tags.map(change), ...tags.map(members)], [String(CHANGE_MS)]);
    return dropped === undefined ? undefined : Number(dropped);
  };
  const changedNow = async (sender: string): Promise<boolean> => (await redis.run(CHANGED, [senderKey(sender)], [String(LIFE_MS_MAX)])) !== undefined;
  /** Whether nothing is left that Redis has not been told. */
  const caughtUp = async (): Promise<boolean> => {
    if (pending.size > 0) {
      const tags = [...pending];
      if (await dropNow(tags) === undefined) return false;
      for (const tag of tags) pending.delete(tag);
    }
    for (const sender of pendingSenders) {
      if (!(await changedNow(sender))) return false;
      pendingSenders.delete(sender);
    }
    return true;
  };

  return {
    async find(keys, sender) {
      if (pending.size + pendingSenders.size > 0 && !(await caughtUp())) return NOTHING;
      const reply = await redis.run(FIND, [senderKey(sender), ...keys.map(entry)], []);
      if (!Array.isArray(reply)) return NOTHING;
      const [now, changed, found] = reply.map(String);
      const moment = Number(now);
      const kept = read(found ?? '');
      if (kept === null || kept.moment <= Number(changed === '' ? 0 : changed)) return { kept: null, moment };
      return { moment, kept: { ...kept, ageMs: (moment - kept.moment) / MICROSECONDS_PER_MS } };
    },
    async keep({ key, kept, tags, lifeMs }) {
      const all = [...tags, EVERYTHING];
      return Number(await redis.run(KEEP, [entry(key), ...all.map(change), ...all.map(members)], [String(kept.moment), write(kept), String(lifeMs)])) === 1;
    },
    async drop(tags) {
      const dropped = await dropNow(tags);
      if (dropped !== undefined) return dropped;
      for (const tag of pending.size >= PENDING_MAX ? [EVERYTHING] : tags) pending.add(tag);
      return 0;
    },
    async senderChanged(sender) {
      if (await changedNow(sender)) return;
      if (pendingSenders.size < PENDING_MAX) pendingSenders.add(sender);
      else pending.add(EVERYTHING);
    },
  };
}

const write = ({ moment, maxAgeSeconds, scope, text }: Kept): string => `${moment}\n${maxAgeSeconds}\n${scope}\n${text}`;

const SCOPES: ReadonlySet<string> = new Set<Scope>(['PUBLIC', 'SENDER', 'PRIVATE']);

/** null for what this version did not write. */
function read(value: string): Kept | null {
  const [, moment, age, scope, text] = /^(\d+)\n(\d+)\n([A-Z]+)\n(.*)$/s.exec(value) ?? [];
  if (text === undefined || scope === undefined || !SCOPES.has(scope)) return null;
  return { moment: Number(moment), maxAgeSeconds: Number(age), scope: scope as Scope, text };
}
