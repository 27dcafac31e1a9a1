/** Leaves a subgraph alone while it is down, so that it can recover and nobody waits for it; probes decide when it is asked again. */
import { circuitBreaker, type CircuitBreakerPolicy, ConsecutiveBreaker, handleWhen, SamplingBreaker } from 'cockatiel';
import type { SubgraphSettings } from './settings.ts';
import { NoAnswer } from './transport.ts';

/** `null` where there is none. An error in an answer is an answer, and a client that went away says nothing of the subgraph. */
export function breakerOf({ by, failures, ratio, sampleMs, requestsPerSecondMin, openMs, probes }: SubgraphSettings['breaker'], opened: (open: boolean) => void): CircuitBreakerPolicy | null {
  if (by === 'off') return null;
  const policy = circuitBreaker(handleWhen((error) => error instanceof NoAnswer), {
    halfOpenAfter: openMs, halfOpenSampling: { calls: probes, threshold: 0 },
    breaker: by === 'consecutive' ? new ConsecutiveBreaker(failures) : new SamplingBreaker({ threshold: ratio, duration: sampleMs, minimumRps: requestsPerSecondMin }),
  });
  policy.onBreak(() => opened(true));
  policy.onReset(() => opened(false));
  opened(false);
  return policy;
}
