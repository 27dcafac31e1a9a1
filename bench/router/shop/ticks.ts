/**
 * A program: a subgraph with one subscription, over graphql-ws at /ticks. It ticks when it is told to over IPC, to all who listen; each tick carries the
 * moment at which it was sent, by the clock that all processes of a machine share.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import { WebSocketServer } from 'ws';
import { ticksField } from './tick-schema.ts';

export interface TickOrder {
  readonly seconds: number;
  readonly perSecond: number;
}

const FRAME_BYTES_MAX = 1_048_576;
/** What ends one subscriber's stream, by socket and operation. */
const listeners = new Set<(text: string) => void>();

const server = createServer((_, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server, path: '/ticks', handleProtocols: () => 'graphql-transport-ws', perMessageDeflate: false, maxPayload: FRAME_BYTES_MAX });

sockets.on('connection', (socket) => {
  const mine = new Map<string, (text: string) => void>();
  const end = (id: string): void => {
    const listener = mine.get(id);
    if (listener !== undefined) listeners.delete(listener);
    mine.delete(id);
  };
  socket.on('message', (data: Buffer) => {
    const { type, id = '', payload } = JSON.parse(data.toString()) as { type: string; id?: string; payload?: { query: string } };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (type === 'complete') end(id);
    else if (type === 'subscribe') {
      const { key, fields } = ticksField(parse(payload?.query ?? ''));
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":{"data":{${JSON.stringify(key)}:`;
      const listener = (at: string): void => socket.send(`${head}${fields(at)}}}}`);
      mine.set(id, listener);
      listeners.add(listener);
    }
  });
  socket.on('close', () => [...mine.keys()].forEach(end));
  socket.on('error', () => socket.terminate());
});

async function tick({ seconds, perSecond }: TickOrder): Promise<number> {
  const count = Math.round(seconds * perSecond);
  const begun = performance.now();
  for (let at = 0; at < count; at += 1) {
    await new Promise((resolve) => void setTimeout(resolve, Math.max(0, begun + (at * 1_000) / perSecond - performance.now())));
    for (const listener of listeners) listener(String(process.hrtime.bigint()));
  }
  return count;
}

process.on('message', (order: TickOrder) => void tick(order).then((count) => process.send?.({ count, listeners: listeners.size })));
process.on('SIGTERM', () => process.exit(0)).on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => console.log(`ticks at http://127.0.0.1:${String((server.address() as AddressInfo).port)}`));
