/**
 * Answers in a Redis that all replicas share, with its clock. While it is away nothing is kept and nothing is found;
 * what changed meanwhile is taken out before anything is found again. What is taken out is told to all replicas.
 */
import { type RedisLink, redisScript } from '@pms/redis/link';
import { packed, unpacked } from './packing.ts';
import type { Scope } from './policy.ts';
import { EVERYTHING, type Keeping, type Kept, LIFE_MS_MAX } from './store.ts';

/** Longer than any request: what began to be read before a change cannot be kept after it. */
const CHANGE_MS = 180_000;
const PENDING_MAX = 10_000;
/** Keys that are told one by one; of more, all count as taken out. */
const KEYS_TOLD_MAX = 5_000;

const NOW = `local t = redis.call('TIME') local now = string.format('%.0f', t[1] * 1000000 + t[2])`;

/** KEYS: the sender, then entries; ARGV: the moment of each entry that is at hand, or nothing. Its text is then not sent again. */
const FIND = redisScript(`${NOW}
local changed = redis.call('GET', KEYS[1]) or ''
for i = 2, #KEYS do
  local moment = redis.call('HGET', KEYS[i], 'm')
  if moment then
    if moment == ARGV[i - 1] then return {now, changed, i - 1, moment, ''} end
    return {now, changed, i - 1, moment, redis.call('HGET', KEYS[i], 'v')}
  end
end
return {now, changed, 0, '', ''}`);

/** The first half of the tags' keys are the changes, the second the sets. */
const KEEP = redisScript(`
local tags = (#KEYS - 1) / 2
for i = 2, tags + 1 do local changed = redis.call('GET', KEYS[i]) if changed and tonumber(changed) >= tonumber(ARGV[1]) then return 0 end end
redis.call('HSET', KEYS[1], 'm', ARGV[1], 'v', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for i = tags + 2, #KEYS do
  redis.call('SADD', KEYS[i], KEYS[1])
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
return 1`);

const DROP = redisScript(`${NOW}
local tags = #KEYS / 2
local dropped, keys = 0, {}
for i = 1, tags do
  redis.call('SET', KEYS[i], now, 'PX', ARGV[1])
  for _, key in ipairs(redis.call('SMEMBERS', KEYS[tags + i])) do
    dropped = dropped + redis.call('UNLINK', key)
    keys[#keys + 1] = key
  end
  redis.call('UNLINK', KEYS[tags + i])
end
local told = ''
if #keys > ${KEYS_TOLD_MAX} then told = cjson.encode({all = true}) elseif #keys > 0 then told = cjson.encode({keys = keys}) end
if told ~= '' then redis.call('PUBLISH', ARGV[2], told) end
return {dropped, told}`);

const CHANGED = redisScript(`${NOW}
redis.call('SET', KEYS[1], now, 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], cjson.encode({sender = ARGV[3]}))
return 1`);

/** An answer at hand, as Redis had it last. */
export interface Held extends Kept {
  readonly key: string;
}

export interface SharedFound {
  readonly moment: number;
  readonly kept: Held | null;
}

/** What one replica tells all of them. */
export interface Told {
  readonly all?: true;
  readonly keys?: readonly string[];
  readonly sender?: string;
}

export type SharedStore = ReturnType<typeof sharedStore>;

export function sharedStore(redis: RedisLink) {
  const channel = redis.key('cache:told');
  const prefix = redis.key('cache:entry:');
  const change = (tag: string): string => redis.key(`cache:changed:${tag}`);
  const members = (tag: string): string => redis.key(`cache:tag:${tag}`);
  const senderKey = (sender: string): string => redis.key(`cache:sender:${sender}`);
  const pending = new Set<string>();
  const pendingSenders = new Set<string>();

  const dropNow = async (tags: readonly string[]): Promise<{ readonly count: number; readonly told: Told } | undefined> => {
    const reply = await redis.run(DROP, [...tags.map(change), ...tags.map(members)], [String(CHANGE_MS), channel]);
    return Array.isArray(reply) ? { count: Number(reply[0]), told: toldIn(String(reply[1])) } : undefined;
  };
  const changedNow = async (sender: string): Promise<boolean> => (await redis.run(CHANGED, [senderKey(sender)], [String(LIFE_MS_MAX), channel, sender])) !== undefined;
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
  /** Keys of entries without what all begin with. */
  const toldIn = (text: string): Told => {
    const { keys, ...told } = (text === '' ? {} : JSON.parse(text)) as Told;
    return keys === undefined ? told : { ...told, keys: keys.map((key) => key.slice(prefix.length)) };
  };

  return {
    channel,
    toldIn,
    /** `undefined` where it cannot be asked. */
    async find(keys: readonly string[], sender: string, held: (key: string) => Held | undefined): Promise<SharedFound | undefined> {
      if (pending.size + pendingSenders.size > 0 && !(await caughtUp())) return undefined;
      // as they are now: what is at hand may be let go of while Redis is asked, and what Redis confirms held nevertheless
      const atHand = keys.map(held);
      const reply = await redis.run(FIND, [senderKey(sender), ...keys.map((key) => prefix + key)], atHand.map((one) => String(one?.moment ?? '')));
      return Array.isArray(reply) ? foundIn(reply.map(String), keys, atHand) : undefined;
    },
    async keep({ key, kept, tags, lifeMs }: Keeping): Promise<boolean> {
      const all = [...tags, EVERYTHING];
      return Number(await redis.run(KEEP, [prefix + key, ...all.map(change), ...all.map(members)], [String(kept.moment), await write(kept), String(lifeMs)])) === 1;
    },
    /** `undefined` where Redis was not told, and will be. */
    async drop(tags: readonly string[]): Promise<{ readonly count: number; readonly told: Told } | undefined> {
      const dropped = await dropNow(tags);
      if (dropped !== undefined) return dropped;
      for (const tag of pending.size >= PENDING_MAX ? [EVERYTHING] : tags) pending.add(tag);
      return undefined;
    },
    async senderChanged(sender: string): Promise<void> {
      if (await changedNow(sender)) return;
      if (pendingSenders.size < PENDING_MAX) pendingSenders.add(sender);
      else pending.add(EVERYTHING);
    },
  };
}

function foundIn([now = '', changed = '', index = '0', at = '', value = '']: readonly string[], keys: readonly string[], atHand: readonly (Held | undefined)[]): SharedFound {
  const moment = Number(now);
  const key = keys[Number(index) - 1];
  if (key === undefined || (changed !== '' && Number(at) <= Number(changed))) return { moment, kept: null };
  const kept = value === '' ? atHand[Number(index) - 1] : read(value, Number(at));
  return { moment, kept: kept === undefined ? null : { ...kept, key } };
}

const write = async ({ maxAgeSeconds, scope, text }: Kept): Promise<string> => `${maxAgeSeconds}\n${scope}\n${await packed(text)}`;

const SCOPES: ReadonlySet<string> = new Set<Scope>(['PUBLIC', 'SENDER', 'PRIVATE']);

/** `undefined` for what this version did not write. */
function read(value: string, moment: number): Kept | undefined {
  const [, age, scope, rest] = /^(\d+)\n([A-Z]+)\n(.*)$/s.exec(value) ?? [];
  if (rest === undefined || scope === undefined || !SCOPES.has(scope)) return undefined;
  const text = unpacked(rest);
  return text === undefined ? undefined : { moment, maxAgeSeconds: Number(age), scope: scope as Scope, text };
}
