/** Kept-alive connections against a server that answers by hand: when one is used again, and when it must not be. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Connections, connectionsTo } from '../src/wire/connections.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

interface Hand {
  readonly connections: Connections;
  /** Connections that were made, in their order. */
  readonly sockets: Socket[];
  readonly requests: string[];
  ask(text?: string): Promise<{ status: number; text: string }>;
}

/** `answer` is what the server writes for the n-th request, counted from 0. */
async function serverThat(answer: (socket: Socket, at: number) => void, connectMsMax = 5_000): Promise<Hand> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      requests.push(bytes.toString());
      answer(socket, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const connections = connectionsTo({ url, connectMsMax });
  closers.push(() => {
    connections.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const ask: Hand['ask'] = (text = 'POST / HTTP/1.1\r\n\r\n') => new Promise((resolve, reject) => {
    connections.send(text, { bytesMax: 1_000, answered: ({ status }, content) => resolve({ status, text: content.text() }), failed: reject });
  });
  return { connections, sockets, requests, ask };
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const closed = (socket: Socket | undefined): Promise<void> => new Promise((resolve) => void (socket?.destroyed === true ? resolve() : socket?.once('close', () => resolve())));

test('a connection is used again, one request at a time; requests at once have connections of their own', async () => {
  const { ask, sockets } = await serverThat((socket) => void socket.write(ok));
  await ask();
  await ask();
  expect(sockets).toHaveLength(1);
  await Promise.all([ask(), ask(), ask()]);
  expect(sockets).toHaveLength(3);
});

test('one that the server closes after its answer, or while it is idle, is not used again', async () => {
  const { ask, sockets } = await serverThat((socket, at) => void socket.write(at === 0 ? ok.replace('OK\r\n', 'OK\r\nconnection: close\r\n') : ok));
  await ask();
  await closed(sockets[0]);
  await ask();
  sockets[1]?.end();
  await closed(sockets[1]);
  expect(await ask()).toEqual({ status: 200, text: 'ok' });
  expect(sockets).toHaveLength(3);
});

test('bytes that nobody asked for end their connection: they are never the next request’s answer', async () => {
  const { ask, sockets } = await serverThat((socket) => void socket.write(ok));
  await ask();
  sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged');
  await closed(sockets[0]);
  expect(await ask()).toEqual({ status: 200, text: 'ok' });
});

test('an answer and more in one piece is refused, and so is what follows it', async () => {
  const { ask, sockets } = await serverThat((socket, at) => void socket.write(at === 0 ? `${ok}HTTP/1.1 200 OK` : ok));
  await expect(ask()).rejects.toThrow('more than its answer');
  await closed(sockets[0]);
  expect(await ask()).toEqual({ status: 200, text: 'ok' });
});

test('a connection that breaks in the middle of an answer is told, and an answer without a length ends with it', async () => {
  const { ask } = await serverThat((socket, at) => void socket.end(at === 0 ? ok.slice(0, -1) : 'HTTP/1.1 200 OK\r\n\r\nok'));
  await expect(ask()).rejects.toMatchObject({ name: 'ConnectionLost', code: 'ECONNRESET' });
  expect(await ask()).toEqual({ status: 200, text: 'ok' });
});

test('who gives a request up takes its connection with it, and hears no more of it', async () => {
  const { ask, connections, sockets, requests } = await serverThat((socket, at) => void (at > 0 && socket.write(ok)));
  const heard: unknown[] = [];
  const giveUp = connections.send('POST / HTTP/1.1\r\n\r\n', { bytesMax: 10, answered: (head) => heard.push(head), failed: (error) => heard.push(error) });
  await expect.poll(() => requests.length).toBe(1);
  giveUp();
  await closed(sockets[0]);
  expect(await ask()).toEqual({ status: 200, text: 'ok' });
  expect([heard, sockets.length]).toEqual([[], 2]);
});

test('closing tells those who wait', async () => {
  const { ask, connections, requests } = await serverThat(() => {});
  const waiting = ask();
  await expect.poll(() => requests.length).toBe(1);
  connections.close();
  await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
});
