/** One kept-alive connection, with one request at a time. */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { Content } from './response-body.ts';
import { type ResponseHead, type ResponseReader, responseReader } from './response-reader.ts';

/** The connection could not be made, or ended before the answer was whole; `code` is the system's, where there is one. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export interface Origin {
  readonly url: URL;
  /** Asked for each connection; the system's certificates without it, and none of our own. */
  readonly certificates?: (() => { readonly ca?: string; readonly cert?: string; readonly key?: string }) | undefined;
  readonly connectMsMax: number;
}

export interface Receiver {
  readonly bytesMax: number;
  answered(head: ResponseHead, content: Content): void;
  failed(error: Error): void;
}

/** `latin1` where every character is ASCII, which need not be looked at again. */
export type Encoding = 'utf8' | 'latin1';

export interface Connection {
  /** Whether another request may be sent on it now. */
  usable(): boolean;
  /** What it returns gives the request up, and the connection with it. */
  send(request: string, receiver: Receiver, encoding: Encoding): () => void;
  close(error: Error): void;
}

export interface ConnectionEvents {
  /** The answer is there, and the connection may be used again. */
  free(connection: Connection): void;
  closed(connection: Connection): void;
}

export function openConnection(origin: Origin, events: ConnectionEvents): Connection {
  const socket = socketTo(origin);
  let receiver: Receiver | null = null;
  let reader: ResponseReader | null = null;
  let keptUntil = 0;
  let failure: NodeJS.ErrnoException | null = null;
  let open = true;

  const fail = (error: Error): void => {
    const told = receiver;
    receiver = null;
    socket.destroy();
    told?.failed(error);
  };
  const answer = (to: Receiver, { head, content }: ResponseReader): void => {
    receiver = reader = null;
    if (head === null) return;
    if (head.keepMs === 0 || !open) socket.destroy();
    else {
      keptUntil = performance.now() + head.keepMs;
      events.free(connection);
    }
    to.answered(head, content);
  };
  const received = (bytes: Buffer): void => {
    if (receiver === null || reader === null) return void socket.destroy(); // nobody asked for that
    try {
      if (reader.take(bytes)) answer(receiver, reader);
    } catch (error) {
      fail(error as Error);
    }
  };
  const closed = (): void => {
    open = false;
    events.closed(connection);
    if (receiver === null) return;
    if (failure === null && reader?.ended() === true) answer(receiver, reader);
    else fail(failure === null ? new ConnectionLost('the other side closed the connection', 'ECONNRESET') : new ConnectionLost(failure.message, failure.code ?? ''));
  };
  socket.setTimeout(origin.connectMsMax, () => socket.destroy(new ConnectionLost(`no connection within ${origin.connectMsMax} ms`, 'CONNECT_TIMEOUT')));
  socket.once(origin.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => socket.setTimeout(0));
  socket.on('data', received).on('end', () => socket.destroy()).on('close', closed);
  socket.on('error', (error) => {
    failure = error;
  });
  const connection: Connection = {
    usable: () => open && !socket.destroyed && keptUntil > performance.now(),
    close: fail,
    send(request, to, encoding) {
      receiver = to;
      reader = responseReader(to.bytesMax);
      socket.write(request, encoding);
      return () => {
        if (receiver !== to) return;
        receiver = null;
        socket.destroy();
      };
    },
  };
  return connection;
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function socketTo({ url, certificates }: Origin): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? PORTS[url.protocol] ?? 0 : Number(url.port);
  const socket = url.protocol === 'https:'
    ? connectSecure({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...certificates?.() })
    : connectPlain({ host, port });
  return socket.setNoDelay(true);
}
