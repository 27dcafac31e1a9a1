/** The HTTP server that the router listens with: plain HTTP/1.1, or TLS with HTTP/2 beside it on one port. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Server } from 'node:net';
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
  return {
    app,
    async close(waitMs) {
      stopRenewing();
      const late = setTimeout(() => closeAll(app.server), waitMs);
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

const closeAll = (server: Server & { closeAllConnections?(): void }): void => server.closeAllConnections?.();
