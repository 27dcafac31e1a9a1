/** Where sessions are met: an acceptor listens for several of them, told apart by their CompIDs; an initiator calls, and calls again. Over TLS where it is configured. */
import { createServer as plainServer, connect as plainConnect, isIP, type Server, type Socket } from 'node:net';
import { connect as tlsConnect, createServer as tlsServer } from 'node:tls';
import type { Logger } from '@pms/telemetry/logger';
import { type Connection, connection, type Heard, type SessionOptions } from './connection.ts';
import { framer } from './framing.ts';
import { decoded, TAG, valueOf } from './message.ts';

/** PEM text. With `ca`, an acceptor wants a certificate of it from whoever calls, and an initiator trusts it alone. */
export interface TlsTerms {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsTerms | null;
}

export interface Endpoint {
  /** Of an acceptor that listens; 0 for an initiator. */
  readonly port: number;
  /** Logs out and closes. */
  close(): Promise<void>;
}

const FIRST_MESSAGE_MS_MAX = 10_000;
const CONNECTIONS_MAX = 50;
const CALL_AGAIN_MS = 1_000;
const CALL_AGAIN_MS_MAX = 30_000;
const CALL_MS_MAX = 10_000;

export async function accept({ host, port, tls }: Address, sessions: readonly SessionOptions[], logger: Logger): Promise<Endpoint> {
  const open = new Map<string, Connection>();
  const strangers = new Set<Socket>();
  async function met(socket: Socket): Promise<void> {
    strangers.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const first = await firstMessage(socket);
    strangers.delete(socket);
    const session = first === null ? undefined : sessions.find(({ terms }) => terms.theirs === first.theirs && terms.ours === first.ours);
    if (session === undefined || first === null || open.has(session.name)) {
      logger.warn({ session: session?.name ?? 'unknown' }, session === undefined ? 'somebody unknown called for a FIX session' : 'a second connection to a FIX session was refused');
      socket.destroy();
      return;
    }
    const one = connection(socket, session, first.heard);
    open.set(session.name, one);
    socket.resume();
    await one.closed;
    open.delete(session.name);
  }
  const meet = (socket: Socket): void => void met(socket);
  const server: Server = tls === null ? plainServer(meet) : tlsServer({ ...pem(tls), requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined }, meet);
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const ended = new Promise<void>((resolve) => { server.close(() => resolve()); });
      for (const socket of strangers) socket.destroy();
      await Promise.all([...open.values()].map((one) => one.leave()));
      await ended;
    },
  };
}

interface First {
  readonly heard: Heard;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** Null where the socket closes, or nothing that can be read comes in time. */
function firstMessage(socket: Socket): Promise<First | null> {
  const frames = framer();
  return new Promise((resolve) => {
    const done = (first: First | null): void => {
      clearTimeout(late);
      socket.off('data', look).off('close', gone);
      if (first !== null) socket.pause();
      resolve(first);
    };
    const late = setTimeout(() => done(null), FIRST_MESSAGE_MS_MAX);
    const gone = (): void => done(null);
    const look = (bytes: Buffer): void => {
      const texts = frames.take(bytes);
      const [message] = texts.map(decoded).filter((one) => !('garbled' in one));
      if (message === undefined || 'garbled' in message) return;
      done({ heard: { frames, texts }, ours: valueOf(message, TAG.TargetCompID), theirs: valueOf(message, TAG.SenderCompID) });
    };
    socket.on('data', look).once('close', gone);
  });
}

const pem = ({ cert, key, ca }: TlsTerms): { cert?: string; key?: string; ca?: string } =>
  ({ ...(cert !== undefined && { cert }), ...(key !== undefined && { key }), ...(ca !== undefined && { ca }) });

/** Calls until it is closed; after a failure it waits, longer each time. */
export function initiate({ host, port, tls }: Address, session: SessionOptions): Endpoint {
  const ending = new AbortController();
  let current: Connection | null = null;

  async function call(): Promise<void> {
    const socket = await connected(tls === null ? plainConnect({ host, port }) : tlsConnect({ host, port, ...(isIP(host) === 0 && { servername: host }), ...pem(tls) }), tls === null ? 'connect' : 'secureConnect');
    socket.setNoDelay(true);
    current = connection(socket, session);
    if (ending.signal.aborted) void current.leave();
    await current.closed;
    current = null;
  }
  const calling = (async () => {
    for (let wait = CALL_AGAIN_MS; !ending.signal.aborted; wait = Math.min(2 * wait, CALL_AGAIN_MS_MAX)) {
      const began = session.clock.now();
      await call().catch((error: unknown) => session.logger.warn({ session: session.name, err: error }, 'the FIX counterparty cannot be reached'));
      if (session.clock.now() - began > CALL_AGAIN_MS_MAX) wait = CALL_AGAIN_MS;
      await pause(wait, ending.signal);
    }
  })();
  return {
    port: 0,
    async close() {
      ending.abort();
      await current?.leave();
      await calling;
    },
  };
}

const connected = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> => new Promise((resolve, reject) => {
  const late = setTimeout(() => socket.destroy(new Error(`no connection within ${CALL_MS_MAX} ms`)), CALL_MS_MAX);
  const failed = (error: Error): void => {
    clearTimeout(late);
    reject(error);
  };
  socket.once('error', failed);
  socket.once(event, () => {
    clearTimeout(late);
    socket.off('error', failed);
    resolve(socket);
  });
});

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (signal.aborted) return resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});
