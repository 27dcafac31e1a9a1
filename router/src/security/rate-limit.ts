/**
 * A bucket of units for each client: so many at most, so many back each second, and an operation takes as many as its cost says. In memory without a
 * promise; in Redis, where replicas share one, in one atomic step, and in memory again while Redis is away.
 */
import { DomainError } from '@pms/errors';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { type RedisLink, type RedisReply, redisScript } from '@pms/redis/link';
import type { rateSettings } from './settings.ts';

export type RateLimitOptions = z.output<typeof rateSettings>;

export interface RateDecision {
  readonly allowed: boolean;
  /** Of the bucket: what is left, and when it is full again. */
  readonly headers: Readonly<Record<string, string>>;
  /** When there will be enough; 0 when there is. */
  readonly retryAfterMs: number;
}

export interface RateLimit {
  /** Takes units of the client's, all or none; a request that is not yet understood is one. */
  use(client: string, units?: number): RateDecision | Promise<RateDecision>;
  /** What an operation of this cost takes beyond the one unit of its request. One that is dearer than the whole bucket takes a full one. */
  rest(cost: number): number;
}

const MS_PER_SECOND = 1_000;
const POLICY = 'client';
/** For sums of fractions. */
const TOLERANCE = 1e-6;

export function rateLimit(options: RateLimitOptions, redis: RedisLink | null = null, now: () => number = () => performance.now()): RateLimit {
  const { capacity, costPerUnit, store } = options;
  const memory = inMemory(options, now);
  const decision = decisions(options);
  const shared = store === 'memory' || redis === null ? null : inRedis(options, redis);
  const alone = (client: string, units: number): RateDecision => {
    redis?.degraded('rates');
    return decision(memory(client, units), units);
  };
  return {
    rest: (cost) => Math.min(Math.max(1, Math.ceil(cost / costPerUnit)), Math.floor(capacity)) - 1,
    use(client, units = 1) {
      if (shared === null) return decision(memory(client, units), units);
      if (redis?.up !== true) return alone(client, units);
      return shared(client, units).then((taken) => (taken === null ? alone(client, units) : decision(taken, units)));
    },
  };
}

interface Taken { readonly allowed: boolean; readonly left: number }

function inMemory({ capacity, refillPerSecond, clientsMax }: RateLimitOptions, now: () => number): (client: string, units: number) => Taken {
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: clientsMax });
  return (client, units) => {
    const at = now();
    let bucket = buckets.get(client);
    if (bucket === undefined) buckets.set(client, bucket = { left: capacity, at });
    bucket.left = Math.min(capacity, bucket.left + Math.max(0, at - bucket.at) * refillPerSecond / MS_PER_SECOND);
    bucket.at = at;
    const allowed = units <= bucket.left + TOLERANCE;
    if (allowed) bucket.left -= units;
    return { allowed, left: bucket.left };
  };
}

/** By Redis' own clock: those of replicas differ. A full bucket needs no keeping, so an idle client's goes by itself. */
const TAKE = redisScript(`
local capacity, refill, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = math.min(capacity, (tonumber(kept[1]) or capacity) + math.max(0, now - (tonumber(kept[2]) or now)) * refill / 1000)
local allowed = 0
if units <= left + ${TOLERANCE} then
  left = left - units
  allowed = 1
end
redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - left) / refill * 1000) + 1000)
return { allowed, string.format('%.6f', left) }
`);

function inRedis({ capacity, refillPerSecond }: RateLimitOptions, redis: RedisLink): (client: string, units: number) => Promise<Taken | null> {
  return async (client, units) => {
    const reply: RedisReply | undefined = await redis.run(TAKE, [redis.key(`rate:${client}`)], [String(capacity), String(refillPerSecond), String(units)]);
    return Array.isArray(reply) ? { allowed: reply[0] === 1, left: Number(reply[1]) } : null;
  };
}

/** Header fields as the draft "RateLimit header fields for HTTP" of the IETF's httpapi working group has them; written only when they are asked for. */
function decisions({ capacity, refillPerSecond }: RateLimitOptions): (taken: Taken, units: number) => RateDecision {
  const policy = `"${POLICY}";q=${Math.floor(capacity)};w=${Math.ceil(capacity / refillPerSecond)}`;
  return ({ allowed, left }, units) => {
    const retryAfterMs = allowed ? 0 : Math.max(1, Math.ceil((units - left) / refillPerSecond * MS_PER_SECOND));
    return {
      allowed, retryAfterMs,
      get headers() {
        return {
          'ratelimit-policy': policy, ratelimit: `"${POLICY}";r=${Math.max(0, Math.floor(left + TOLERANCE))};t=${Math.ceil((capacity - left) / refillPerSecond)}`,
          ...(allowed ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / MS_PER_SECOND)) }),
        };
      },
    };
  };
}

/** RATE_LIMITED, with what HTTP has to say about it. */
export class RateLimited extends DomainError {
  readonly decision: RateDecision;

  constructor(decision: RateDecision) {
    super('RATE_LIMITED', 'too much in too short a time', { retryAfterMs: decision.retryAfterMs });
    this.decision = decision;
  }
}
