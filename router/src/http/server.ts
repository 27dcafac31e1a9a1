/** The HTTP server that the router listens with: plain HTTP/1.1, or TLS with HTTP/2 beside it on one port. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Server, Socket } from 'node:net';
import type { RouterLogger } from '../observe.ts';
import { certificate, renewing } from './tls.ts';
import type { HttpSettings } from './settings.ts';

const KEEP_ALIVE_MS = 65_000;
/** How often connections are looked at for requests that take too long to arrive. */
const LOOK_MS = 10_000;
const HEADERS_MS_MAX = 60_000;

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Resolves when every answer under way has been given, and at the latest after that time. */
  close(waitMs: number): Promise<void>;
}

export async function httpServer(settings: HttpSettings, bodyBytesMax: number, logger: RouterLogger): Promise<HttpServer> {
  const { tls, trustProxy, requestMsMax } = settings;
  // Closing while a client sends its next request on a connection that stays is no reason to refuse it: it is answered, and told to close.
  const options = { bodyLimit: bodyBytesMax, keepAliveTimeout: KEEP_ALIVE_MS, trustProxy, requestTimeout: requestMsMax, forceCloseConnections: 'idle', return503OnClosing: false } as const;
  // Node exchanges the two times when that of the headers is the longer one.
  const looking = { connectionsCheckingInterval: Math.min(requestMsMax, LOOK_MS), headersTimeout: Math.min(requestMsMax, HEADERS_MS_MAX) };
  const app = tls === undefined ? Fastify({ ...options, http: looking }) : await secure(options, looking, tls);
  const stopRenewing = tls === undefined ? (): void => {} : renewing(app.server as unknown as Parameters<typeof renewing>[0], tls, logger);
  const cutOff = cutting(app.server, tls !== undefined);
  return {
    app,
    async close(waitMs) {
      stopRenewing();
      const late = setTimeout(cutOff, waitMs);
      await app.close();
      clearTimeout(late);
    },
  };
}

async function secure(options: object, looking: object, tls: NonNullable<HttpSettings['tls']>): Promise<FastifyInstance> {
  const made = await certificate(tls);
  const app = tls.http2 ? Fastify({ ...options, http2: true, https: { ...made, ...looking, allowHTTP1: true, settings: { maxConcurrentStreams: tls.streamsMax } } }) : Fastify({ ...options, https: { ...made, ...looking } });
  return app as unknown as FastifyInstance; // requests and replies of HTTP/2 speak the same interface
}

/** Ends the connections of what is left of requests. A websocket's is not among them: it ends by itself. */
function cutting(server: Server, secured: boolean): () => void {
  const sockets = new Set<Socket>();
  server.on(secured ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (_, socket: Socket) => sockets.delete(socket));
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
