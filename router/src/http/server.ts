/** The HTTP server that the router listens with: plain HTTP/1.1, or TLS with HTTP/2 beside it on one port. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Server, Socket } from 'node:net';
import type { RouterLogger } from '../observe.ts';
import { certificate, renewing } from './tls.ts';
import type { HttpSettings } from './settings.ts';

const KEEP_ALIVE_MS = 65_000;

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Resolves when every answer under way has been given, and at the latest after that time. */
  close(waitMs: number): Promise<void>;
}

export async function httpServer(settings: HttpSettings, bodyBytesMax: number, logger: RouterLogger): Promise<HttpServer> {
  const { tls, trustProxy } = settings;
  // Closing while a client sends its next request on a connection that stays is no reason to refuse it: it is answered, and told to close.
  const options = { bodyLimit: bodyBytesMax, keepAliveTimeout: KEEP_ALIVE_MS, trustProxy, forceCloseConnections: 'idle', return503OnClosing: false } as const;
  const app = tls === undefined ? Fastify(options) : await secure(options, tls);
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

async function secure(options: object, tls: NonNullable<HttpSettings['tls']>): Promise<FastifyInstance> {
  const made = await certificate(tls);
  const app = tls.http2 ? Fastify({ ...options, http2: true, https: { ...made, allowHTTP1: true } }) : Fastify({ ...options, https: made });
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
