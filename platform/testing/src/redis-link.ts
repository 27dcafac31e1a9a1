/** A connection to a test's own Redis, with what it says: warnings, and its figures. */
import { openRedis, type RedisLink } from '@pms/redis/link';
import { redisMetrics } from '@pms/redis/metrics';
import { Registry } from 'prom-client';
import { until } from './until.ts';

export interface TestLink {
  readonly redis: RedisLink;
  readonly warned: readonly string[];
  /** Whether what others tell reaches it. */
  hears(): Promise<boolean>;
  /** How often something went without Redis. */
  degraded(): Promise<number>;
}

/** Waits for it unless told otherwise. By default an answer is waited for long: what is slow here is the machine. */
export async function redisLink(url: string, { commandMsMax = 5_000, wait = true } = {}): Promise<TestLink> {
  const metrics = redisMetrics(new Registry());
  const warned: string[] = [];
  const redis = openRedis(url, { logger: { info: () => {}, warn: (_, message) => void warned.push(message) }, metrics, commandMsMax });
  if (wait) await until(() => redis.up);
  return {
    redis, warned,
    hears: async () => redis.up && (await metrics.hearing.get()).values[0]?.value === 1,
    degraded: async () => (await metrics.degraded.get()).values.reduce((sum, { value }) => sum + value, 0),
  };
}
