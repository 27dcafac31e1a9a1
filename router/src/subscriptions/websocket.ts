/**
 * GraphQL over websockets, the `graphql-transport-ws` sub-protocol to the letter: any operation, many at once on
 * one connection. Responses are written as the text that they are; a client that reads slowly is waited for.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { closeCodes, type Connection, connection, type ConnectionOptions } from './connection.ts';

export const PROTOCOL = 'graphql-transport-ws';

const MESSAGE_BYTES_MAX = 1024 * 1024;
const CONNECTIONS_MAX = 20_000;
const PING_EVERY_MS = 12_000;
const CLOSE_MS_MAX = 2_000;

export interface WebsocketOptions extends ConnectionOptions {
  readonly path: string;
}

export interface WebsocketServerHandle {
  /** Waits, bounded, for answers under way, then closes every connection with 1001. */
  close(waitMs: number): Promise<void>;
}

export function serveWebsockets(server: Server, options: WebsocketOptions): WebsocketServerHandle {
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const open = new Map<WebSocket, Connection>();

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    if (new URL(request.url ?? '/', 'http://router').pathname !== options.path) return refuse(stream, '404 Not Found');
    if (open.size >= CONNECTIONS_MAX) return refuse(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => accept(socket, request));
  };

  const accept = (socket: WebSocket, request: IncomingMessage): void => {
    socket.on('error', () => socket.terminate()); // a frame that is none, or too large
    if (socket.protocol !== PROTOCOL) return socket.close(...closeCodes.protocol);
    const one = connection(wire(socket), originOf(request), options);
    open.set(socket, one);
    options.service.metrics.sockets.inc();
    const stopPings = keepAlive(socket);
    socket.on('message', (data, binary) => (binary ? socket.close(...closeCodes.invalid('text frames only')) : void one.receive((data as Buffer).toString())));
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

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Resolves when the text has left, so that who awaits it goes at the client's pace. */
const wire = (socket: WebSocket): Parameters<typeof connection>[0] => ({
  send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
  close: (code, reason) => socket.close(code, reason),
});

const originOf = (request: IncomingMessage): Parameters<typeof connection>[1] => ({
  address: request.socket.remoteAddress ?? '', correlationId: randomUUID(), origin: request.headers.origin, host: request.headers.host,
  cookies: request.headers.cookie, authorization: request.headers.authorization,
});

/** Ends a connection whose other side has vanished without a word. */
function keepAlive(socket: WebSocket): () => void {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, PING_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
