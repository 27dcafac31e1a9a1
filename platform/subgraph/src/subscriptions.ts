/**
 * Subscriptions over graphql-ws at /graphql. A socket is as good as the token it was opened with: it is closed with 4403 once that token has
 * expired or was revoked, a little later than the router acts on the same news, which then goes on under another token where it can.
 */
import type { Server } from 'node:http';
import { newId } from '@pms/events/ids';
import type { Principal } from '@pms/identity/principal';
import { isDoubted, type Revocations } from '@pms/identity/revocations';
import type { Authenticate } from '@pms/identity/tokens';
import type { Logger } from '@pms/telemetry/logger';
import type { Carried } from '@pms/telemetry/tracing';
import { GraphQLError, type GraphQLFormattedError, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { masked } from './masking.ts';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';
import { subscribed } from './traced.ts';

const FORBIDDEN_CLOSE_CODE = 4403;
const ENDED_REASON = 'UNAUTHENTICATED';
/** How much later than the router. */
const GRACE_MS = 5_000;
/** Of a timer; a token that lives longer is looked at again then. */
const TIMER_MS_MAX = 2_147_483_647;
const MS_PER_SECOND = 1_000;

export interface SubscriptionOptions {
  readonly authenticate: Authenticate;
  readonly revocations?: Revocations | undefined;
  /** How long a socket outlives its token. */
  readonly graceMs?: number | undefined;
  readonly messageBytesMax: number;
  readonly logger: Logger;
  contextOf(request: SubgraphRequest | undefined): object;
}

/** Where the context of a websocket's operation keeps the trace headers of its message. */
const CARRIED = Symbol('trace headers');

export function subscriptions(server: Server, subgraph: Subgraph, { authenticate, revocations, graceMs = GRACE_MS, messageBytesMax, logger, contextOf }: SubscriptionOptions): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: messageBytesMax });
  const requests = new WeakMap<object, SubgraphRequest>();
  const tokens = ending(revocations, graceMs);
  const disposable = useServer({
    schema: subgraph.schema,
    async onConnect({ connectionParams, extra }) {
      const authorization = connectionParams?.['authorization'];
      const correlationId = connectionParams?.['correlationId'];
      const principal = await authenticate(typeof authorization === 'string' ? authorization : undefined).catch(() => null);
      if (principal === null) { extra.socket.close(FORBIDDEN_CLOSE_CODE, ENDED_REASON); return false; }
      requests.set(extra.socket, {
        principal, token: String(authorization).replace(/^Bearer /i, ''), correlationId: typeof correlationId === 'string' ? correlationId : newId('req'),
      });
      tokens.opened(extra.socket, principal);
      return true;
    },
    context: ({ extra }, _id, { extensions }) => Object.assign(contextOf(requests.get(extra.socket)), { [CARRIED]: extensions ?? {} }) as unknown as Record<string, unknown>,
    subscribe: (args) => subscribed(subgraph.name, (args.contextValue as { [CARRIED]: Carried })[CARRIED], async () => subscribe(args)),
    onNext(context, _id, _payload, _args, result) {
      if (result.errors === undefined) return undefined;
      const { correlationId = '' } = requests.get(context.extra.socket) ?? {};
      return { ...result, errors: result.errors.map((error) => masked(error instanceof GraphQLError ? error.toJSON() : (error as GraphQLFormattedError), error, correlationId, logger)) } as never;
    },
  }, sockets);
  return {
    async close() {
      tokens.stop();
      await disposable.dispose();
    },
  };
}

interface Closable {
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** Closes sockets whose tokens hold no longer. */
function ending(revocations: Revocations | undefined, graceMs: number): { opened(socket: Closable, principal: Principal): void; stop(): void } {
  const open = new Map<Closable, { readonly principal: Principal; timer: NodeJS.Timeout }>();
  const inTime = (ms: number, then: () => void): NodeJS.Timeout => setTimeout(then, Math.max(0, Math.min(ms, TIMER_MS_MAX))).unref();
  const end = (socket: Closable): void => socket.close(FORBIDDEN_CLOSE_CODE, ENDED_REASON);
  const watch = (socket: Closable, { expiresAt }: Principal): NodeJS.Timeout => {
    const left = (): number => expiresAt * MS_PER_SECOND + graceMs - Date.now();
    const look = (): void => {
      const found = open.get(socket);
      if (found === undefined) return;
      if (left() > 0) found.timer = inTime(left(), look);
      else end(socket);
    };
    return inTime(left(), look);
  };
  const disobey = revocations?.onRevoked(() => {
    for (const [socket, { principal }] of open) if (revocations.isRevoked(principal) || isDoubted(principal, revocations)) inTime(graceMs, () => end(socket));
  });
  return {
    opened(socket, principal) {
      open.set(socket, { principal, timer: watch(socket, principal) });
      socket.once('close', () => {
        clearTimeout(open.get(socket)?.timer);
        open.delete(socket);
      });
    },
    stop() {
      disobey?.();
      for (const { timer } of open.values()) clearTimeout(timer);
    },
  };
}
