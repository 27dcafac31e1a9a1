/** A TCP proxy that misbehaves on demand: refuses, cuts, delays, or holds connections half open, between a process and what it depends on. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a server keeps a session whose client is gone without a word: what the keep-alive probes that the platform asks for would take. */
const GHOST_MS = 30_000;

export interface TcpProxy {
  readonly port: number;
  /** New connections go there. */
  target(port: number): void;
  /** Ends every connection now, with a reset. */
  cut(): void;
  /** While true new connections are reset at once. */
  refuse(refusing: boolean): void;
  /** Each chunk takes so much longer, in either direction; order is kept. */
  delay(ms: number): void;
  /** From now on nothing passes on the connections that there are, and neither end is told; new ones work. */
  freeze(): void;
  close(): Promise<void>;
}

interface Connection {
  frozen: boolean;
  readonly client: net.Socket;
  readonly server: net.Socket;
}

export async function tcpProxy(first: number): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  let to = first;
  let delayMs = 0;
  let refusing = false;

  const listener = net.createServer({ noDelay: true }, (client) => {
    client.on('error', () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ host: '127.0.0.1', port: to, noDelay: true });
    const connection: Connection = { frozen: false, client, server };
    connections.add(connection);
    pass(client, server, connection, () => delayMs);
    pass(server, client, connection, () => delayMs);
    for (const socket of [client, server]) socket.once('close', () => void connections.delete(connection));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as net.AddressInfo).port,
    target: (port) => void (to = port),
    refuse: (now) => void (refusing = now),
    delay: (ms) => void (delayMs = ms),
    cut() {
      for (const { client, server, frozen } of connections) {
        if (frozen) continue;
        client.resetAndDestroy();
        server.resetAndDestroy();
      }
    },
    freeze() {
      for (const connection of connections) connection.frozen = true;
    },
    async close() {
      for (const { client, server } of connections) for (const socket of [client, server]) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** One direction. What is late is written in the order in which it came. */
function pass(from: net.Socket, to: net.Socket, connection: Connection, delayMs: () => number): void {
  let last: Promise<void> = Promise.resolve();
  const inTurn = async (before: Promise<void>, waitMs: number, work: () => void): Promise<void> => {
    const due = waitMs === 0 ? Promise.resolve() : delay(waitMs);
    await before;
    await due;
    if (!connection.frozen && !to.destroyed) work();
  };
  const afterThat = (work: () => void): void => void (last = inTurn(last, delayMs(), work));
  from.on('data', (chunk: Buffer) => {
    if (!connection.frozen) afterThat(() => { if (!to.write(chunk)) { from.pause(); to.once('drain', () => from.resume()); } });
  });
  from.on('end', () => afterThat(() => to.end()));
  from.on('error', () => afterThat(() => to.resetAndDestroy()));
  from.on('close', () => {
    if (!connection.frozen) afterThat(() => to.destroy());
    else setTimeout(() => to.destroy(), GHOST_MS).unref();
  });
}
