/** What the environment says of Redis, and of what is done about revoked tokens while nobody can be asked. */
import { z } from 'zod';

const MS_PER_SECOND = 1_000;
const GRACE_SECONDS_MAX = 3_600;

export const redisVariables = {
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).nullable().default(null),
  REDIS_PREFIX: z.string().trim().min(1).default('pms:'),
  PMS_REVOCATIONS: z.enum(['required', 'best-effort']).optional(),
  PMS_REVOCATIONS_GRACE_SECONDS: z.coerce.number().int().min(1).max(GRACE_SECONDS_MAX).default(60),
};

export interface RedisEnvironment {
  /** What processes share; `null` where each goes by its own memory. */
  readonly redisUrl: string | null;
  /** Begins every key and channel. */
  readonly redisPrefix: string;
  readonly revocations: {
    /** Whether tokens are refused while it cannot be told which were revoked lately. */
    readonly required: boolean;
    /** Whether somebody said so: then a router follows revocations that has no platform behind it. */
    readonly chosen: boolean;
    /** How long they are believed all the same. */
    readonly graceMs: number;
  };
}

type Values = z.output<z.ZodObject<typeof redisVariables>>;

export const redisFrom = (values: Values): RedisEnvironment => ({
  redisUrl: values.REDIS_URL,
  redisPrefix: values.REDIS_PREFIX,
  revocations: {
    required: values.PMS_REVOCATIONS === undefined ? values.REDIS_URL !== null : values.PMS_REVOCATIONS === 'required',
    chosen: values.PMS_REVOCATIONS !== undefined,
    graceMs: values.PMS_REVOCATIONS_GRACE_SECONDS * MS_PER_SECOND,
  },
});
