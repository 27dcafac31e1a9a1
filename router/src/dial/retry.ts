/** When a read that got no answer is sent again, and after what wait. */
import {
  decorrelatedJitterGenerator, ExponentialBackoff, fullJitterGenerator, handleWhen, type IBackoff, type IBackoffFactory, type IRetryBackoffContext,
  noJitterGenerator, retry, type RetryPolicy,
} from 'cockatiel';
import type { SubgraphSettings } from './settings.ts';
import { NoAnswer } from './transport.ts';

type Retries = SubgraphSettings['retries'];

export interface ReadRetries {
  readonly policy: RetryPolicy;
  /** Tells of a read, so that the budget grows. */
  asked(): void;
}

/** `null` where nothing is sent again. */
export function readRetries(settings: Retries, tried: () => void): ReadRetries | null {
  if (settings.max === 0) return null;
  let budget = settings.budgetMax;
  const worthwhile = (error: unknown): boolean => {
    if (!(error instanceof NoAnswer) || !error.again || (error.retryAfterMs ?? 0) > settings.delayMsMax || budget < 1) return false;
    budget -= 1;
    return true;
  };
  const policy = retry(handleWhen(worthwhile), { maxAttempts: settings.max, backoff: waits(settings) });
  policy.onRetry(tried);
  return {
    policy,
    asked() {
      if (budget < settings.budgetMax) budget = Math.min(settings.budgetMax, budget + settings.budgetRatio);
    },
  };
}

function waits({ delayMs, delayMsMax, jitter }: Retries): IBackoffFactory<IRetryBackoffContext<unknown>> {
  const bounds = { initialDelay: delayMs, maxDelay: delayMsMax };
  const made = (): IBackoff<unknown> => {
    switch (jitter) {
      case 'decorrelated': return new ExponentialBackoff({ ...bounds, generator: decorrelatedJitterGenerator }).next();
      case 'full': return new ExponentialBackoff({ ...bounds, generator: fullJitterGenerator }).next();
      case 'none': return new ExponentialBackoff({ ...bounds, generator: noJitterGenerator }).next();
    }
  };
  const from = (backoff: IBackoff<unknown>, context: IRetryBackoffContext<unknown>): IBackoff<IRetryBackoffContext<unknown>> => ({
    duration: Math.max(Math.min(backoff.duration, delayMsMax), askedFor(context)),
    next: (later) => from(backoff.next(undefined), later),
  });
  return { next: (context) => from(made(), context) };
}

function askedFor({ result }: IRetryBackoffContext<unknown>): number {
  const error = 'error' in result ? result.error : undefined;
  return error instanceof NoAnswer ? error.retryAfterMs ?? 0 : 0;
}
