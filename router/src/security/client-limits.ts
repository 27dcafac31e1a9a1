/**
 * What one client may have of subscriptions, over all its connections to this process: so many at once, and so many events a second. Events of which
 * the latest counts are slowed down; others cannot be left out, so that a client of which they are too many is told, and its subscription ends.
 */
import { DomainError } from '@pms/errors';

export interface ClientLimits {
  /** Throws RATE_LIMITED when the client has as many subscriptions as it may. */
  enter(client: string): ClientPlace;
}

/** One subscription's part in what its client may have. */
export interface ClientPlace {
  /** Uses one event; false when there is none left, and it was used all the same. */
  use(): boolean;
  /** Resolves when an event may go out: at once for who is within the rate. */
  pace(): Promise<void> | null;
  /** Gives the place back; a second time does nothing. */
  leave(): void;
}

export interface ClientLimitsOptions {
  readonly perClientMax: number;
  readonly eventsPerSecondMax: number;
  readonly passed: (limit: 'subscriptions of a client' | 'events of a client') => void;
  readonly now?: () => number;
}

const MS_PER_SECOND = 1_000;
const RETRY_MS = 1_000;

interface Client { open: number; left: number; at: number }

export function clientLimits({ perClientMax, eventsPerSecondMax, passed, now = () => performance.now() }: ClientLimitsOptions): ClientLimits {
  /** Only those that have a subscription. */
  const clients = new Map<string, Client>();

  const refill = (client: Client): void => {
    const at = now();
    client.left = Math.min(eventsPerSecondMax, client.left + (at - client.at) * eventsPerSecondMax / MS_PER_SECOND);
    client.at = at;
  };
  return {
    enter(name) {
      let client = clients.get(name);
      if (client === undefined) clients.set(name, client = { open: 0, left: eventsPerSecondMax, at: now() });
      if (client.open >= perClientMax) {
        passed('subscriptions of a client');
        throw new DomainError('RATE_LIMITED', `a client may have ${perClientMax} subscriptions at once`, { limit: 'subscriptions of a client', allowed: perClientMax, retryAfterMs: RETRY_MS });
      }
      const entered = client;
      let here = true;
      entered.open += 1;
      return {
        use() {
          refill(entered);
          entered.left -= 1;
          return entered.left >= 0;
        },
        pace() {
          refill(entered);
          if (entered.left >= 1) return null;
          const ms = (1 - entered.left) / eventsPerSecondMax * MS_PER_SECOND;
          return new Promise((resolve) => void setTimeout(resolve, Math.ceil(ms)).unref());
        },
        leave() {
          if (!here) return;
          here = false;
          entered.open -= 1;
          if (entered.open === 0) clients.delete(name);
        },
      };
    },
  };
}

/** What cannot be left out came too often. */
export const tooManyEvents = (eventsPerSecondMax: number): DomainError =>
  new DomainError('RATE_LIMITED', `a client may be sent ${eventsPerSecondMax} events a second; subscribe to less`, { limit: 'events of a client', allowed: eventsPerSecondMax, retryAfterMs: RETRY_MS });
