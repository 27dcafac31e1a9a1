/** One websocket's conversation: initialisation, operations by id, their ends. Says nothing on its own but what the protocol says. */
import { DomainError } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import { failureOf } from '../http/failure.ts';
import { answersInParts, type Caller, deadline, type GraphQLParams, refuseOverLimit, type Service } from '../operation/serve.ts';
import { type Credentials, type Identify, type Identity, sameOrigin } from '../security/authenticate.ts';
import { noteErrors } from '../telemetry/seen.ts';
import { type Message, parseMessage } from './messages.ts';
import { type OpenSubscription, SubscriptionRefused, type Subscriptions } from './subscribe.ts';

const INIT_MS_MAX = 5_000;
const MS_PER_SECOND = 1_000;
const TIMER_MS_MAX = 2_147_483_647;
const REASON_BYTES_MAX = 120;

export const closeCodes = {
  invalid: (reason: string): [number, string] => [4400, reason.slice(0, REASON_BYTES_MAX)],
  unauthorized: [4401, 'Unauthorized'] as [number, string],
  expired: [4401, 'the access token has expired'] as [number, string],
  forbidden: [4403, 'Forbidden'] as [number, string],
  protocol: [4406, 'Subprotocol not acceptable'] as [number, string],
  initTimeout: [4408, 'Connection initialisation timeout'] as [number, string],
  exists: (id: string): [number, string] => [4409, `Subscriber for ${id} already exists`.slice(0, REASON_BYTES_MAX)],
  tooManyInits: [4429, 'Too many initialisation requests'] as [number, string],
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
}

export interface ConnectionOptions {
  readonly service: Service;
  readonly identify: Identify;
  readonly subscriptions: Subscriptions;
  readonly subscriptionsMax: number;
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
  const initTimer = setTimeout(() => wire.close(...closeCodes.initTimeout), INIT_MS_MAX);

  const init = async (payload: Readonly<Record<string, unknown>> | undefined): Promise<void> => {
    if (state.phase !== 'new') return wire.close(...closeCodes.tooManyInits);
    clearTimeout(initTimer);
    state = { phase: 'initialising' };
    try {
      const identity = await options.identify(credentials(payload, peer));
      state = { phase: 'ready', identity, said: payload ?? {} };
      expiry = closeAtExpiry(identity, wire);
      await wire.send('{"type":"connection_ack"}');
    } catch (error) {
      wire.close(...(error instanceof DomainError && error.code === 'UNAUTHENTICATED' ? closeCodes.unauthorized : closeCodes.forbidden));
    }
  };

  const subscribe = (id: string, params: GraphQLParams): void => {
    if (state.phase !== 'ready') return wire.close(...closeCodes.unauthorized);
    if (running.has(id)) return wire.close(...closeCodes.exists(id));
    const { identity, said } = state;
    const seen = options.service.observer.begin({ via: 'websocket', name: 'websocket operation', correlationId: peer.correlationId, headers: { ...said, ...params.extensions } });
    seen.principal = identity.principal;
    const operation = operate({ id, params, caller: { ...identity, ...peer, seen } }, wire, options, running.size);
    running.set(id, operation);
    void operation.finished.finally(() => {
      if (running.get(id) === operation) running.delete(id);
    });
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
function credentials(payload: Readonly<Record<string, unknown>> | undefined, { origin, host, cookies, authorization }: Peer): Credentials {
  const given = payload?.['authorization'] ?? payload?.['Authorization'];
  if (typeof given === 'string') return { authorization: given };
  return { authorization, cookies: sameOrigin(origin, host) ? cookies : undefined };
}

/** Subscriptions end by themselves at that moment; a little later the connection, so that each can still say why. */
function closeAtExpiry({ principal }: Identity, wire: Wire): NodeJS.Timeout | undefined {
  if (principal === null) return undefined;
  const left = (principal.expiresAt + 1) * MS_PER_SECOND - Date.now();
  const timer = setTimeout(() => wire.close(...closeCodes.expired), Math.min(Math.max(left, 0), TIMER_MS_MAX));
  timer.unref();
  return timer;
}

interface Asked { readonly id: string; readonly params: GraphQLParams; readonly caller: Caller }

function operate({ id, params, caller }: Asked, wire: Wire, { service, subscriptions, subscriptionsMax }: ConnectionOptions, others: number): Running {
  const limits = deadline();
  let open: OpenSubscription | null = null;
  let streaming = false;
  let stopped = false;
  const head = `{"id":${JSON.stringify(id)},"type":`;

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
      if (others >= subscriptionsMax) throw new DomainError('RATE_LIMITED', `a connection may have ${subscriptionsMax} operations at once`, { retryAfterMs: MS_PER_SECOND });
      refuseOverLimit(await service.count(caller));
      const ready = await service.prepare(params, caller, true);
      await (ready.operation.kind === 'subscription' ? stream(ready) : single(ready));
      if (!stopped) await wire.send(`${head}"complete"}`);
    } catch (error) {
      if (!stopped) await wire.send(`${head}"error","payload":${JSON.stringify(errorsOf(error, caller, service))}}`);
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

function errorsOf(error: unknown, { correlationId, seen }: Caller, { logger, metrics }: ConnectionOptions['service']): readonly ClientError[] {
  const errors = error instanceof SubscriptionRefused ? error.errors : failureOf(error, correlationId, logger, metrics).errors;
  noteErrors(seen, errors);
  return errors;
}
