/** One client of a channel: what waits for it, and the end of its access token. One that is too slow is told and leaves; the others do not wait for it. */
import { DomainError, unauthenticated } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import type { RouterMetrics } from '../observe.ts';
import type { Caller } from '../operation/serve.ts';
import { noteEvent } from '../telemetry/event.ts';
import { eventQueue } from './queue.ts';
import type { OpenSubscription, SubscriptionEvent } from './subscribe.ts';

const MS_PER_SECOND = 1_000;
/** Timers cannot wait longer; a token that lives longer ends its subscriptions early. */
const TIMER_MS_MAX = 2_147_483_647;

export interface Told extends SubscriptionEvent {
  /** Events of equal keys replace each other while they wait; `null` for one that must not be lost. */
  readonly key: string | null;
  readonly errors: readonly ClientError[];
}

export interface MemberOptions {
  readonly caller: Caller;
  readonly queueMax: number;
  readonly metrics: RouterMetrics;
  /** It waits for the next event. */
  readonly wants: () => void;
  readonly left: () => void;
}

export interface Member {
  readonly caller: Caller;
  /** Whether its token still holds. */
  good(): boolean;
  tell(told: Told): void;
  /** What waits is still delivered; then the end, or the failure. */
  end(failure?: unknown): void;
  readonly subscription: OpenSubscription;
}

export function member({ caller, queueMax, metrics, wants, left }: MemberOptions): Member {
  const queue = eventQueue<Told>({ lengthMax: queueMax, keyOf: ({ key }) => key, replaced: () => metrics.dropped.inc(), overflow: tooSlow });
  const end = (failure?: unknown): void => {
    clearTimeout(expiry);
    queue.end(failure);
    left();
  };
  const expiry = atExpiry(caller, () => end(unauthenticated('the access token has expired')));
  return {
    caller, end,
    good: () => caller.principal === null || caller.principal.expiresAt * MS_PER_SECOND > Date.now(),
    tell(told) {
      if (queue.push(told)) noteEvent(caller.seen, told.text, told.errors);
      else end();
    },
    subscription: {
      close: () => end(),
      async next() {
        if (queue.empty()) wants();
        const { done, value } = await queue.next();
        return done === true ? undefined : value;
      },
    },
  };
}

export const tooSlow = (): DomainError =>
  new DomainError('RATE_LIMITED', 'events arrive faster than this client takes them; subscribe again', { retryAfterMs: MS_PER_SECOND });

function atExpiry({ principal }: Caller, expired: () => void): NodeJS.Timeout | undefined {
  if (principal === null) return undefined;
  const left = principal.expiresAt * MS_PER_SECOND - Date.now();
  const timer = setTimeout(expired, Math.min(Math.max(left, 0), TIMER_MS_MAX));
  timer.unref();
  return timer;
}
