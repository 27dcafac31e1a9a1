/** A websocket spoken by hand: what is said goes out as it is, what is heard comes in order. */
import { WebSocket } from 'ws';
import { type Shop, until } from './shop.ts';

export interface Talk {
  readonly socket: WebSocket;
  /** Text goes out as it is, anything else as JSON. */
  say(message: unknown): void;
  /** The next message; fails when none comes. */
  heard(): Promise<Record<string, unknown>>;
  readonly closed: Promise<[code: number, reason: string]>;
}

export interface TalkOptions {
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
  readonly compression?: boolean;
}

export async function talk({ router }: Pick<Shop, 'router'>, { headers = {}, protocols = ['graphql-transport-ws'], compression = false }: TalkOptions = {}): Promise<Talk> {
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, protocols, { headers, perMessageDeflate: compression, rejectUnauthorized: false });
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => void messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>));
  const closed = new Promise<[number, string]>((resolve) => void socket.once('close', (code, reason) => resolve([code, String(reason)])));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {}); // the test sees it closed
  return {
    socket, closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async heard() {
      await until(() => messages.length > 0);
      return messages.shift() as Record<string, unknown>;
    },
  };
}

/** After connection_ack. */
export async function welcomed(shop: Pick<Shop, 'router'>, payload?: object, options: TalkOptions = {}): Promise<Talk> {
  const one = await talk(shop, options);
  one.say({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
  const { type } = await one.heard();
  if (type !== 'connection_ack') throw new Error(`${String(type)} instead of connection_ack`);
  return one;
}
