/**
 * Kept-alive connections to one origin. How many there may be is decided by who asks. Not a library's: on the way to the subgraphs the router's time goes
 * into connections, and one write and one read for a request is half of what a general client takes.
 */
import { type Connection, ConnectionLost, type Encoding, openConnection, type Origin, type Receiver } from './connection.ts';

const SWEEP_MS = 5_000;

export interface Connections {
  /** Sends `request`, head and body as they go onto the wire; what it returns gives it up, and its connection with it. */
  send(request: string, receiver: Receiver, encoding?: Encoding): () => void;
  close(): void;
}

export function connectionsTo(origin: Origin): Connections {
  const open = new Set<Connection>();
  /** The one that was used last is used first: the others may then be let go. */
  const free: Connection[] = [];
  const events = {
    free: (connection: Connection): void => void free.push(connection),
    closed(connection: Connection): void {
      open.delete(connection);
      const at = free.indexOf(connection);
      if (at >= 0) free.splice(at, 1);
    },
  };
  const unneeded = new ConnectionLost('the connection is not needed any longer', 'CLOSED');
  const usable = (): Connection | undefined => {
    for (let one = free.pop(); one !== undefined; one = free.pop()) {
      if (one.usable()) return one;
      one.close(unneeded);
    }
    return undefined;
  };
  const opened = (): Connection => {
    const one = openConnection(origin, events);
    open.add(one);
    return one;
  };
  const sweep = setInterval(() => {
    for (const one of free) if (!one.usable()) one.close(unneeded);
  }, SWEEP_MS);
  sweep.unref();
  return {
    send: (request, receiver, encoding = 'utf8') => (usable() ?? opened()).send(request, receiver, encoding),
    close() {
      clearInterval(sweep);
      for (const one of open) one.close(new ConnectionLost('the router closes', 'CLOSED'));
    },
  };
}
