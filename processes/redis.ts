/** The one connection to Redis of a process, whatever it is used for. */
import { openRedis, type RedisLink } from '@pms/redis/link';
import { redisMetrics } from '@pms/redis/metrics';
import type { Logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import type { Environment } from './environment.ts';

/** `null` where none is configured. Does not wait for it. */
export const sharedRedis = ({ redisUrl, redisPrefix }: Pick<Environment, 'redisUrl' | 'redisPrefix'>, logger: Logger, commandMsMax?: number): RedisLink | null =>
  (redisUrl === null ? null : openRedis(redisUrl, { logger, metrics: redisMetrics(metrics), keyPrefix: redisPrefix, ...(commandMsMax === undefined ? {} : { commandMsMax }) }));
