/** So many points a client and window; what is not used lapses with the window, and an idle client is forgotten with it. */
import { DomainError } from '@pms/errors';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { z } from 'zod';
import type { rateSettings } from './settings.ts';

export type RateLimitOptions = z.output<typeof rateSettings>;

export interface RateDecision {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfterMs: number;
}

export interface RateLimit {
  /** `client` names whose points are used; one request costs one point unless said otherwise. */
  use(client: string, points?: number): Promise<RateDecision>;
}

const MS_PER_SECOND = 1_000;
const POLICY = 'client';

export function rateLimit({ points: allowed, windowSeconds }: RateLimitOptions): RateLimit {
  const limiter = new RateLimiterMemory({ points: allowed, duration: windowSeconds });
  const policy = `"${POLICY}";q=${allowed};w=${windowSeconds}`;
  const decision = (result: RateLimiterRes, ok: boolean): RateDecision => {
    const reset = Math.ceil(result.msBeforeNext / MS_PER_SECOND);
    return {
      allowed: ok, retryAfterMs: ok ? 0 : result.msBeforeNext,
      headers: {
        'ratelimit-policy': policy, ratelimit: `"${POLICY}";r=${Math.max(0, result.remainingPoints)};t=${reset}`,
        ...(ok ? {} : { 'retry-after': String(reset) }),
      },
    };
  };
  return {
    async use(client, points = 1) {
      try {
        return decision(await limiter.consume(client, points), true);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return decision(refusal, false);
        throw refusal;
      }
    },
  };
}

export const rateLimited = (retryAfterMs: number): DomainError =>
  new DomainError('RATE_LIMITED', 'too many requests in too short a time', { retryAfterMs });
