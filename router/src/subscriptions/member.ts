/** One client of a channel: what waits for it, and the end of its access token. One that is too slow is told and leaves; the others do not wait for it. */
import { DomainError, unauthenticated } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import type { RouterMetrics } from '../observe.ts';
import type { Caller } from '../operation/serve.ts';
import { noteEvent } from '../telemetry/event.ts';
import { type ClientPlace, tooManyEvents } from '../security/client-limits.ts';
import { eventQueue } from './queue.ts';
import type { SubscriptionSettings } from './settings.ts';
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
  readonly place: ClientPlace;
  readonly settings: Pick<SubscriptionSettings, 'queueMax' | 'eventsPerSecondMax'>;
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

export function member({ caller, place, settings, metrics, wants, left }: MemberOptions): Member {
  const queue = eventQueue<Told>({ lengthMax: settings.queueMax, keyOf: ({ key }) => key, replaced: () => metrics.dropped.inc(), overflow: tooSlow });
  let conflated = false;
  const end = (failure?: unknown): void => {
    clearTimeout(expiry);
    queue.end(failure);
    place.leave();
    left();
  };
  const expiry = atExpiry(caller, () => end(unauthenticated('the access token has expired')));
  return {
    caller, end,
    good: () => caller.principal === null || caller.principal.expiresAt * MS_PER_SECOND > Date.now(),
    tell(told) {
      if (told.key === null && !place.use()) {
        metrics.limited.inc({ limit: 'events of a client' });
        end(tooManyEvents(settings.eventsPerSecondMax));
      } else if (queue.push(told)) noteEvent(caller.seen, told.text, told.errors);
      else end();
    },
    subscription: {
      close: () => end(),
      async next() {
        const pace = conflated ? place.pace() : null;
        if (pace !== null) await pace; // meanwhile later events replace earlier ones
        if (queue.empty()) wants();
        const { done, value } = await queue.next();
        if (done === true) return undefined;
        conflated = value.key !== null;
        if (conflated) place.use();
        return value;
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
