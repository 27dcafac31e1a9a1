/** What a process says of its Redis: whether it is there, what was asked of it, and which uses went by this process's memory instead. */
import { Counter, Gauge, type Registry } from 'prom-client';

export type RedisMetrics = ReturnType<typeof redisMetrics>;

/** Once a registry: the names are registered once. Of several workers, the least counts for what is up. */
export function redisMetrics(registry: Registry) {
  const registers = [registry];
  return {
    up: new Gauge({ name: 'pms_redis_up', help: 'Whether Redis answers; while it does not, this process goes by its own memory.', labelNames: ['server'], registers, aggregator: 'min' }),
    hearing: new Gauge({ name: 'pms_redis_hearing', help: 'Whether what others tell over Redis is heard.', labelNames: ['server'], registers, aggregator: 'min' }),
    commands: new Counter({ name: 'pms_redis_commands_total', help: 'What was asked of Redis, by outcome: ok, refused by it, late, away.', labelNames: ['outcome'], registers }),
    degraded: new Counter({ name: 'pms_redis_degraded_total', help: 'How often something went by this process alone because Redis was away, by use.', labelNames: ['use'], registers }),
  };
}
