/** One websocket's conversation: initialisation, operations by id, their ends. Says nothing on its own but what the protocol says. */
import { DomainError } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import { failureOf } from '../http/failure.ts';
import { answersInParts, type Caller, deadline, type GraphQLParams, refuseOverLimit, type Service } from '../operation/serve.ts';
import { type Credentials, type Identify, type Identity } from '../security/authenticate.ts';
import { noteErrors } from '../telemetry/seen.ts';
import { type Message, parseMessage } from './messages.ts';
import type { SubscriptionSettings } from './settings.ts';
import { type OpenSubscription, SubscriptionRefused, type Subscriptions } from './subscribe.ts';

const MS_PER_SECOND = 1_000;
const TIMER_MS_MAX = 2_147_483_647;
/** A close frame has room for 123; an id may be anything, and long. */
const REASON_BYTES_MAX = 120;
const fitting = (reason: string): string => (Buffer.byteLength(reason) <= REASON_BYTES_MAX ? reason : `${Buffer.from(reason).subarray(0, REASON_BYTES_MAX - 4).toString().replace(/\uFFFD+$/, '')}…`);

export const closeCodes = {
  invalid: (reason: string): [number, string] => [4400, fitting(reason)],
  unauthorized: [4401, 'Unauthorized'] as [number, string],
  expired: [4401, 'the access token has expired'] as [number, string],
  forbidden: [4403, 'Forbidden'] as [number, string],
  protocol: [4406, 'Subprotocol not acceptable'] as [number, string],
  initTimeout: [4408, 'Connection initialisation timeout'] as [number, string],
  exists: (id: string): [number, string] => [4409, fitting(`Subscriber for ${id} already exists`)],
  tooManyInits: [4429, 'Too many initialisation requests'] as [number, string],
  internal: [4500, 'Internal server error'] as [number, string],
};

/** `send` resolves when the text has left. */
export interface Wire {
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
}

/** Where the connection came from. */
export interface Peer extends Credentials {
  readonly address: string;
  readonly correlationId: string;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Of its headers, those that subgraphs are passed. */
  readonly passed?: Readonly<Record<string, string>>;
}

export interface ConnectionOptions {
  readonly service: Service;
  readonly identify: Identify;
  readonly subscriptions: Subscriptions;
  readonly settings: Pick<SubscriptionSettings, 'perConnectionMax' | 'initMsMax'>;
  /** Whether cookies that came from a page of that origin count. */
  readonly cookiesCount: (origin: string | undefined, host: string | undefined) => boolean;
}

export interface Connection {
  receive(text: string): Promise<void>;
  /** The socket is gone. */
  closed(): void;
  /** When single answers under way have been given. */
  settled(): Promise<void>;
}

interface Running {
  stop(): void;
  /** Whether it answers more than once: such an operation has no end that is worth waiting for. */
  streaming(): boolean;
  readonly finished: Promise<void>;
}

export function connection(wire: Wire, peer: Peer, options: ConnectionOptions): Connection {
  const running = new Map<string, Running>();
  let state: { readonly phase: 'new' | 'initialising' } | { readonly phase: 'ready'; readonly identity: Identity; readonly said: Readonly<Record<string, unknown>> } = { phase: 'new' };
  let expiry: NodeJS.Timeout | undefined;
  const initTimer = setTimeout(() => wire.close(...closeCodes.initTimeout), options.settings.initMsMax);
  initTimer.unref();

  const init = async (payload: Readonly<Record<string, unknown>> | undefined): Promise<void> => {
    if (state.phase !== 'new') return wire.close(...closeCodes.tooManyInits);
    clearTimeout(initTimer);
    state = { phase: 'initialising' };
    try {
      const identity = await options.identify(credentials(payload, peer, options));
      state = { phase: 'ready', identity, said: payload ?? {} };
      expiry = closeAtExpiry(identity, wire);
      await wire.send('{"type":"connection_ack"}');
    } catch (error) {
      wire.close(...refusalOf(error, peer, options.service));
    }
  };

  const subscribe = (id: string, params: GraphQLParams): void => {
    if (state.phase !== 'ready') return wire.close(...closeCodes.unauthorized);
    if (running.has(id)) return wire.close(...closeCodes.exists(id));
    const { identity, said } = state;
    const seen = options.service.observer.begin({ via: 'websocket', name: 'websocket operation', correlationId: peer.correlationId, headers: { ...said, ...params.extensions }, address: peer.address });
    seen.principal = identity.principal;
    running.set(id, operate({ id, params, caller: { ...identity, ...peer, seen }, free: () => running.delete(id) }, wire, options, running.size));
  };

  const handle = async (message: Message): Promise<void> => {
    switch (message.type) {
      case 'connection_init': return init(message.payload);
      case 'ping': return wire.send(JSON.stringify({ type: 'pong', ...(message.payload === undefined ? {} : { payload: message.payload }) }));
      case 'pong': return;
      case 'subscribe': return subscribe(message.id, message.payload);
      case 'complete':
        running.get(message.id)?.stop();
        running.delete(message.id);
    }
  };

  return {
    async receive(text) {
      const message = parseMessage(text);
      if (typeof message === 'string') wire.close(...closeCodes.invalid(message));
      else await handle(message);
    },
    closed() {
      clearTimeout(initTimer);
      clearTimeout(expiry);
      for (const { stop } of running.values()) stop();
      running.clear();
    },
    async settled() {
      await Promise.all([...running.values()].filter(({ streaming }) => !streaming()).map(({ finished }) => finished));
    },
  };
}

/** A cookie counts only for pages of this server: any page may open a websocket, and the browser sends cookies along. */
function credentials(payload: Readonly<Record<string, unknown>> | undefined, { origin, host, cookies, authorization }: Peer, { cookiesCount }: ConnectionOptions): Credentials {
  const given = payload?.['authorization'] ?? payload?.['Authorization'];
  if (typeof given === 'string') return { authorization: given };
  return { authorization, cookies: cookiesCount(origin, host) ? cookies : undefined };
}

/** Subscriptions end by themselves at that moment; a little later the connection, so that each can still say why. */
function closeAtExpiry({ principal }: Identity, wire: Wire): NodeJS.Timeout | undefined {
  if (principal === null) return undefined;
  const left = (principal.expiresAt + 1) * MS_PER_SECOND - Date.now();
  const timer = setTimeout(() => wire.close(...closeCodes.expired), Math.min(Math.max(left, 0), TIMER_MS_MAX));
  timer.unref();
  return timer;
}

interface Asked { readonly id: string; readonly params: GraphQLParams; readonly caller: Caller; free(): unknown }

function operate({ id, params, caller, free }: Asked, wire: Wire, { service, subscriptions, settings: { perConnectionMax } }: ConnectionOptions, others: number): Running {
  const limits = deadline();
  let open: OpenSubscription | null = null;
  let streaming = false;
  let stopped = false;
  const head = `{"id":${JSON.stringify(id)},"type":`;

  /** The id is free before the client hears of the end: it may use it again at once. */
  const last = (text: string): Promise<void> => {
    free();
    return wire.send(text);
  };
  const next = async (text: string): Promise<void> => {
    if (!stopped) await wire.send(`${head}"next","payload":${text}}`);
  };
  const single = async (ready: Awaited<ReturnType<typeof service.prepare>>): Promise<void> => {
    if (!answersInParts(ready)) return next((await service.execute(ready, caller, limits.signal)).text);
    for await (const { text } of service.executeInParts(ready, caller, limits.signal)) await next(text);
  };
  const stream = async (ready: Awaited<ReturnType<typeof service.prepare>>): Promise<void> => {
    streaming = true;
    limits.done();
    open = await subscriptions.open(ready, caller);
    if (stopped) return open.close(); // it was completed while it was being opened
    service.metrics.subscriptions.inc({ via: 'websocket' });
    try {
      for (let event = await open.next(); event !== undefined && !stopped; event = await open.next()) await wire.send(`${head}"next","payload":${event.text}}`);
    } finally {
      service.metrics.subscriptions.dec({ via: 'websocket' });
    }
  };
  const run = async (): Promise<void> => {
    try {
      refuseOverLimit(await service.count(caller));
      if (others >= perConnectionMax) throw new DomainError('RATE_LIMITED', `a connection may have ${perConnectionMax} operations at once`, { retryAfterMs: MS_PER_SECOND });
      const ready = await service.prepare(params, caller, true);
      await (ready.operation.kind === 'subscription' ? stream(ready) : single(ready));
      if (!stopped) await last(`${head}"complete"}`);
    } catch (error) {
      if (!stopped) await last(`${head}"error","payload":${JSON.stringify(errorsOf(error, caller, service))}}`);
    } finally {
      limits.done();
      service.observer.end(caller.seen, null);
    }
  };
  return {
    finished: run(),
    streaming: () => streaming,
    stop() {
      stopped = true;
      limits.abort();
      open?.close();
    },
  };
}

/** Why a connection is not taken: who it is, what it may, or a fault of ours. */
function refusalOf(error: unknown, { correlationId }: Peer, { logger }: Service): [number, string] {
  if (error instanceof DomainError && error.code === 'UNAUTHENTICATED') return closeCodes.unauthorized;
  if (error instanceof DomainError && error.code === 'FORBIDDEN') return closeCodes.forbidden;
  logger.error({ correlationId, err: error }, 'a websocket client could not be identified');
  return closeCodes.internal;
}

function errorsOf(error: unknown, { correlationId, seen }: Caller, { logger, metrics }: ConnectionOptions['service']): readonly ClientError[] {
  const errors = error instanceof SubscriptionRefused ? error.errors : failureOf(error, correlationId, logger, metrics).errors;
  noteErrors(seen, errors);
  return errors;
}
