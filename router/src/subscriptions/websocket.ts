/**
 * GraphQL over websockets, the `graphql-transport-ws` sub-protocol to the letter: any operation, many at once on
 * one connection. Responses are written as the text that they are; a client that reads slowly is waited for.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { chosen } from '../http/caller.ts';
import { closeCodes, type Connection, connection, type ConnectionOptions } from './connection.ts';
import type { SubscriptionSettings } from './settings.ts';

export const PROTOCOL = 'graphql-transport-ws';

const CLOSE_MS_MAX = 2_000;

/** Small contexts: a client's memory is what bounds how many of them there can be. */
const DEFLATE = { threshold: 1_024, serverNoContextTakeover: true, clientNoContextTakeover: true, zlibDeflateOptions: { level: 1, memLevel: 5 } };

export interface WebsocketOptions extends ConnectionOptions {
  readonly path: string;
  /** Headers of clients that subgraphs are passed. */
  readonly passedHeaders: readonly string[];
  readonly settings: SubscriptionSettings;
}

export interface WebsocketServerHandle {
  /** Waits, bounded, for answers under way, then closes every connection with 1001. */
  close(waitMs: number): Promise<void>;
}

export function serveWebsockets(server: Server, options: WebsocketOptions): WebsocketServerHandle {
  const { settings } = options;
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: settings.messageBytesMax, perMessageDeflate: settings.compression ? DEFLATE : false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const open = new Map<WebSocket, Connection>();

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy()); // the client went away in between
    if (!isAt(options.path, request.url)) return refuse(stream, '404 Not Found');
    if (open.size >= settings.connectionsMax) return refuse(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => accept(socket, request));
  };

  const accept = (socket: WebSocket, request: IncomingMessage): void => {
    // A frame that is none, or too large: the close frame that says so is on its way, and is given a moment to leave.
    socket.on('error', () => setTimeout(() => socket.terminate(), CLOSE_MS_MAX).unref());
    if (socket.protocol !== PROTOCOL) return socket.close(...closeCodes.protocol);
    const one = connection(wire(socket), originOf(request, options), options);
    open.set(socket, one);
    options.service.metrics.sockets.inc();
    const stopPings = keepAlive(socket, settings.heartbeatMs);
    socket.on('message', (data, binary) => {
      if (socket.readyState !== socket.OPEN) return; // it is being closed: what is still on its way is not heard
      if (binary) socket.close(...closeCodes.invalid('text frames only'));
      else void one.receive((data as Buffer).toString());
    });
    socket.on('close', () => {
      stopPings();
      open.delete(socket);
      options.service.metrics.sockets.dec();
      one.closed();
    });
  };

  server.on('upgrade', upgrade);
  return {
    async close(waitMs) {
      server.off('upgrade', upgrade);
      server.on('upgrade', (_, stream: Duplex) => refuse(stream, '503 Service Unavailable'));
      await Promise.race([Promise.all([...open.values()].map((one) => one.settled())), after(waitMs)]);
      const gone = [...open.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of open.keys()) socket.close(1001, 'the server is going away');
      await Promise.race([Promise.all(gone), after(CLOSE_MS_MAX)]);
      for (const socket of open.keys()) socket.terminate();
    },
  };
}

const isAt = (path: string, url = '/'): boolean => url === path || (url.startsWith(path) && url[path.length] === '?');

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Resolves when the text has left, so that who awaits it goes at the client's pace. */
const wire = (socket: WebSocket): Parameters<typeof connection>[0] => ({
  send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
  close: (code, reason) => socket.close(code, reason),
});

const originOf = (request: IncomingMessage, { passedHeaders }: WebsocketOptions): Parameters<typeof connection>[1] => ({
  address: request.socket.remoteAddress ?? '', correlationId: randomUUID(), origin: request.headers.origin, host: request.headers.host,
  cookies: request.headers.cookie, authorization: request.headers.authorization,
  ...(passedHeaders.length === 0 ? {} : { passed: chosen(request.headers, passedHeaders) }),
});

/** Ends a connection whose other side has vanished without a word. */
function keepAlive(socket: WebSocket, everyMs: number): () => void {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
