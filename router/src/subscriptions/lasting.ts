/**
 * A source that is brought back when it is lost, with bounded attempts, and moved to another access token without a gap. What may be
 * missing is decided by who owns it: where nothing can be, it goes on; else it ends.
 */
import { DomainError } from '@pms/errors';
import { SourceLost, type SubgraphResult } from '../dial/transport.ts';
import type { SubscriptionSettings } from './settings.ts';

/** A source that held this long before it was lost begins with its attempts anew. */
const HELD_MS = 30_000;

type Events = AsyncIterator<SubgraphResult>;

export interface LastingOptions {
  /** Subscribes; the token to do it under is chosen anew each time. */
  readonly open: () => Promise<Events>;
  /** Whether it can go on from here with nothing missing. */
  readonly mayGoOn: () => boolean;
  readonly heard: (event: SubgraphResult) => void;
  readonly ended: (failure?: unknown) => void;
  readonly lost: (cause: unknown) => void;
  readonly reconnect: SubscriptionSettings['reconnect'];
}

export interface Lasting {
  /** Rejects when there is no source. */
  open(): Promise<void>;
  /** Begins to listen. */
  start(): unknown;
  /** Opens it once more, and leaves the old one when the new one has said something; for sources whose events replace each other. */
  move(): Promise<void>;
  close(): void;
}

export function lasting(options: LastingOptions): Lasting {
  let events: Events | null = null;
  let successor: Events | null = null; // takes the place of `events` when it has said something
  let closed = false;
  const attempts = backoff(options.reconnect);

  const succeed = (opened: Events): void => {
    successor = null;
    events = opened;
    attempts.opened();
  };
  const end = (failure?: unknown): void => {
    if (closed) return;
    if (successor !== null) return succeed(successor);
    closed = true;
    attempts.stop();
    options.ended(failure);
  };
  const listen = (mine: Events): void => void relay(mine, {
    heeded: () => !closed && (mine === events || mine === successor),
    heard(event) {
      if (brokeOff(event) && attempts.begun()) throw new SourceLost('the source failed');
      attempts.reset();
      if (mine === successor) {
        leave(events);
        succeed(mine);
      }
      options.heard(event);
    },
    ended(failure) {
      if (mine === successor) return void (successor = null);
      if (failure === undefined || successor !== null) return end();
      attempts.closed();
      recover(failure);
    },
  });
  const recover = (error: unknown): void => {
    if (!(error instanceof SourceLost) && !attempts.begun()) return end(error);
    options.lost(error);
    if (saysWhy(error)) return end(error);
    if (!options.mayGoOn()) return end(interrupted('the source of the subscription was lost, and events may be missing'));
    if (!attempts.again(() => void again())) end(interrupted('the source of the subscription was lost and did not come back'));
  };
  const again = async (): Promise<void> => {
    try {
      const opened = await options.open();
      if (closed) return leave(opened);
      leave(successor);
      succeed(opened);
      listen(opened);
    } catch (error) {
      if (!closed) recover(error);
    }
  };
  return {
    open: async () => succeed(await options.open()),
    start: () => events !== null && listen(events),
    async move() {
      const opened = await options.open();
      if (closed || successor !== null) return leave(opened);
      successor = opened;
      listen(opened);
    },
    close() {
      closed = true;
      attempts.stop();
      for (const one of [events, successor]) leave(one);
    },
  };
}

interface Heeding {
  /** False once it is not the source any longer. */
  heeded(): boolean;
  heard(event: SubgraphResult): void;
  ended(failure?: unknown): void;
}

async function relay(events: Events, { heeded, heard, ended }: Heeding): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await events.next() as IteratorResult<SubgraphResult, undefined>;
      if (!heeded()) return;
      if (done === true) return ended();
      heard(value);
    }
  } catch (error) {
    if (heeded()) ended(error);
  }
}

/** It may be gone already. */
const leave = (events: Events | null): void => void events?.return?.().catch(() => {});

/** The end of a source in an answer of its own that does not say why; before the first event it is a refusal. */
const brokeOff = ({ data, errors }: SubgraphResult): boolean =>
  data === undefined && errors !== undefined && errors.every(({ extensions }) => UNEXPLAINED.has(extensions?.['code']));
const UNEXPLAINED: ReadonlySet<unknown> = new Set([undefined, 'INTERNAL', 'INTERNAL_SERVER_ERROR']);

const saysWhy = (error: unknown): boolean => error instanceof DomainError && error.code !== 'SUBGRAPH_UNAVAILABLE';
const interrupted = (message: string): DomainError => new DomainError('SUBSCRIPTION_INTERRUPTED', message);

/** Attempts in a row, each after between half and the whole of a doubling wait: those who were lost together do not come back together. */
function backoff({ attemptsMax, firstMs, mostMs }: SubscriptionSettings['reconnect']) {
  let attempts = 0;
  let openedAt = 0;
  let heard = false;
  let timer: NodeJS.Timeout | undefined;
  return {
    /** Whether there ever was something to come back to. */
    begun: () => heard || attempts > 0,
    opened: () => void (openedAt = performance.now()),
    closed() {
      if (performance.now() - openedAt > HELD_MS) attempts = 0;
    },
    reset() {
      heard = true;
      attempts = 0;
    },
    stop: () => clearTimeout(timer),
    /** False when there were enough. */
    again(attempt: () => void): boolean {
      if (attempts >= attemptsMax) return false;
      const most = Math.min(firstMs * 2 ** attempts, mostMs);
      attempts += 1;
      timer = setTimeout(attempt, most / 2 + Math.random() * most / 2).unref();
      return true;
    },
  };
}
