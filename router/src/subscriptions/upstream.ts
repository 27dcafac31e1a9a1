/**
 * One subscription to a subgraph, for however many here listen to it. It ends with its last listener; it runs under the token of one of
 * them, and under another's when that one expires or is revoked. Who comes later is given the latest event of each key.
 */
import { unauthenticated } from '@pms/errors';
import type { SubgraphResult, Transport } from '../dial/transport.ts';
import { type Caller, contextOf } from '../operation/serve.ts';
import { lasting } from './lasting.ts';
import { latestOf } from './latest.ts';
import type { SubscriptionSettings } from './settings.ts';
import type { Source } from './source.ts';

/** Before a token expires; a source opens well within it. */
const MOVE_BEFORE_MS = 5_000;
const MS_PER_SECOND = 1_000;
const TIMER_MS_MAX = 2_147_483_647;

export interface Heard {
  readonly result: SubgraphResult;
  readonly key: string | null;
  readonly id: string | null;
}

/** Whoever listens; `caller` is the one whose token lasts longest, `null` where none is good any longer. */
export interface Listener {
  heard(event: Heard): void;
  ended(failure?: unknown): void;
  caller(): Caller | null;
}

export interface UpstreamOptions {
  readonly source: Source;
  readonly transport: Transport;
  readonly variables: Record<string, unknown>;
  readonly caller: Caller;
  /** The event after which it begins; `null` for the next one. */
  readonly after: string | null;
  readonly settings: SubscriptionSettings;
  /** Whether others may join it; only then the latest events are kept. */
  readonly shared: boolean;
  readonly lost: (cause: unknown) => void;
  readonly closed: () => void;
}

export interface Upstream {
  /** Rejects when there is no source. */
  open(): Promise<void>;
  /** Hears what comes from now on; of a state, first the latest event of each key. */
  join(listener: Listener): void;
  leave(listener: Listener): void;
  /** A listener has one more to listen for, whose token may last longer. */
  joined(): unknown;
  /** Whether one who comes now misses nothing. */
  joinable(): boolean;
  /** The token that it runs under may have been revoked. */
  recheck(isRevoked: (caller: Caller) => boolean): void;
}

export function upstream(options: UpstreamOptions): Upstream {
  const { source, settings, variables } = options;
  const listeners = new Set<Listener>();
  const latest = options.shared && source.kind === 'state' ? latestOf<Heard>(settings.queueMax) : null;
  let { caller: carrier, after: lastId } = options;
  let begun = false;
  let ended: { readonly failure: unknown } | null = null;

  const longest = (): Caller | null => longestLived([...listeners].flatMap((listener) => listener.caller() ?? []));
  const end = (failure?: unknown): void => {
    if (ended !== null) return;
    ended = { failure };
    renewal.stop();
    options.closed();
    for (const listener of listeners) listener.ended(failure);
    listeners.clear();
  };
  const stream = lasting({
    async open() {
      if (begun) carrier = longest() ?? carrier;
      return openUnder(carrier, options, lastId);
    },
    mayGoOn: () => source.kind === 'state' || (source.kind === 'history' && (lastId !== null || source.startsAfter(variables))),
    heard(result) {
      const event = { result, key: source.keyOf(result), id: source.idOf(result) };
      if (event.id !== null) lastId = event.id;
      latest?.note(event);
      for (const listener of listeners) listener.heard(event);
    },
    ended: end, lost: options.lost, reconnect: settings.reconnect,
  });
  const move = (): void => void stream.move().then(() => renewal.schedule(), options.lost);
  const renewal = renewals({ endsAt: () => (source.kind === 'state' && ended === null ? expiryOf(carrier) : Number.POSITIVE_INFINITY), longest, move });

  return {
    async open() {
      try {
        await stream.open();
      } catch (error) {
        end(error);
        throw error;
      }
    },
    joinable: () => ended === null && (latest?.complete() ?? true),
    join(listener) {
      if (ended !== null) return listener.ended(ended.failure);
      for (const event of latest?.all() ?? []) listener.heard(event);
      listeners.add(listener);
      if (begun) return;
      begun = true;
      stream.start();
      renewal.schedule();
    },
    leave(listener) {
      if (!listeners.delete(listener) || listeners.size > 0 || ended !== null) return;
      stream.close();
      end();
    },
    joined: () => renewal.joined(),
    recheck(isRevoked) {
      if (ended === null && isRevoked(carrier) && longest() !== null) move();
    },
  };
}

interface Renewing {
  /** When the token ends under which the source runs. */
  endsAt(): number;
  longest(): Caller | null;
  move(): void;
}

/** Looks for another token a little before the one in use ends; from then on whoever joins may bring it. */
function renewals({ endsAt, longest, move }: Renewing) {
  let timer: NodeJS.Timeout | undefined;
  let due = false;
  const renew = (): void => {
    const next = longest();
    due = next === null || expiryOf(next) <= endsAt();
    if (!due) move();
  };
  return {
    stop: () => clearTimeout(timer),
    joined: () => due && renew(),
    schedule() {
      clearTimeout(timer);
      const left = endsAt() - Date.now();
      if (Number.isFinite(left)) timer = setTimeout(renew, Math.min(Math.max(left - MOVE_BEFORE_MS, 0), TIMER_MS_MAX)).unref();
    },
  };
}

export const longestLived = (callers: Iterable<Caller>): Caller | null => {
  let best: Caller | null = null;
  for (const one of callers) if (best === null || expiryOf(one) > expiryOf(best)) best = one;
  return best;
};

async function openUnder(caller: Caller, { source, transport, variables }: UpstreamOptions, after: string | null): Promise<AsyncIterator<SubgraphResult>> {
  if (expiryOf(caller) <= Date.now()) throw unauthenticated('the access token has expired');
  return (await transport.subscribe(source.request(variables, after), contextOf(caller)))[Symbol.asyncIterator]();
}

const expiryOf = ({ principal }: Caller): number => (principal === null ? Number.POSITIVE_INFINITY : principal.expiresAt * MS_PER_SECOND);
