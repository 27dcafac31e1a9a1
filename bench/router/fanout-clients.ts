/**
 * A program: many websocket clients of one subscription, as small as they can be, so that what is measured is the router. It speaks the protocol over
 * plain sockets, reads the moment of sending out of each message, and tells how long they were on their way.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface ClientsJob {
  readonly url: string;
  readonly query: string;
  /** Each client takes the next one. */
  readonly tokens: readonly string[];
  readonly clients: number;
  /** The loopback address that these come from: an address has some 28,000 ports. Absent: any. */
  readonly from?: string;
}

export type FromClients =
  | { readonly kind: 'open'; readonly clients: number }
  /** By tenths of a millisecond: how many messages took so long. */
  | { readonly kind: 'heard'; readonly messages: number; readonly tenths: readonly (readonly [number, number])[]; readonly lost: number; readonly why: string | null };

const OPENING_MAX = 40;
const HEAD_END = '\r\n\r\n';
const NS_PER_TENTH = 100_000;
const SMALL = 126;
const MEDIUM = 127;
const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

const tenths = new Map<number, number>();
let messages = 0;
let lost = 0;
let why: string | null = null;

/** Frames of a client are masked; with zeroes the bytes stay what they are. */
function frame(opcode: number, payload: Buffer): Buffer {
  const small = payload.length < SMALL;
  const head = small ? Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]) : Buffer.from([0x80 | opcode, 0x80 | SMALL, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}
const text = (message: object): Buffer => frame(OPCODE.text, Buffer.from(JSON.stringify(message)));

interface Frame { readonly opcode: number; readonly payload: Buffer; readonly next: number }

/** null while it is not whole. */
function frameAt(bytes: Buffer, at: number): Frame | null {
  if (bytes.length < at + 2) return null;
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  const extra = short === SMALL ? 2 : short === MEDIUM ? 8 : 0;
  if (bytes.length < at + 2 + extra) return null;
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  const start = at + 2 + extra;
  return bytes.length < start + length ? null : { opcode: (bytes[at] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length), next: start + length };
}

function heard(payload: Buffer): void {
  const now = process.hrtime.bigint();
  const mark = payload.indexOf('"at":"') + 6;
  const sent = BigInt(payload.toString('latin1', mark, payload.indexOf('"', mark)));
  const tenth = Math.round(Number(now - sent) / NS_PER_TENTH);
  tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  messages += 1;
}

/** Resolves when it has subscribed; what happens later is counted. */
function client({ url, query, from }: ClientsJob, token: string | undefined): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: hostname, port: Number(port), ...(from === undefined ? {} : { localAddress: from }) });
    let rest: Buffer | null = null;
    let upgraded = false;
    const ended = (reason: string): void => {
      lost += 1;
      why ??= reason;
      reject(new Error(reason));
    };
    const take = ({ opcode, payload }: Frame): void => {
      if (opcode === OPCODE.ping) socket.write(frame(OPCODE.pong, payload));
      else if (opcode === OPCODE.close) ended(`closed with ${String(payload.length > 1 ? payload.readUInt16BE(0) : 0)} ${payload.toString('utf8', 2)}`);
      else if (payload.includes('"type":"next"')) heard(payload);
      else if (payload.includes('"connection_ack"')) {
        socket.write(text({ id: '1', type: 'subscribe', payload: { query } }));
        resolve();
      } else ended(payload.toString('utf8', 0, 300));
    };
    socket.on('data', (chunk: Buffer) => {
      let bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
      rest = null;
      if (!upgraded) {
        const end = bytes.indexOf(HEAD_END);
        if (end === -1) {
          rest = bytes;
          return;
        }
        const head = bytes.toString('latin1', 0, end);
        if (!head.startsWith('HTTP/1.1 101')) return ended(head.split('\r\n')[0] ?? '');
        upgraded = true;
        bytes = bytes.subarray(end + HEAD_END.length);
        socket.write(text({ type: 'connection_init', payload: token === undefined ? {} : { authorization: `Bearer ${token}` } }));
      }
      let at = 0;
      for (let found = frameAt(bytes, at); found !== null; found = frameAt(bytes, at)) {
        take(found);
        at = found.next;
      }
      if (at < bytes.length) rest = bytes.subarray(at);
    });
    socket.on('error', (error) => ended(error.message));
    socket.on('close', () => ended('the connection was closed'));
    socket.on('connect', () => socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`));
  });
}

async function open(job: ClientsJob): Promise<void> {
  let next = 0;
  let opened = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < job.clients; at = next++)
      await client(job, job.tokens[at % Math.max(1, job.tokens.length)]).then(() => void (opened += 1), () => undefined);
  };
  await Promise.all(Array.from({ length: OPENING_MAX }, worker));
  process.send?.({ kind: 'open', clients: opened } satisfies FromClients);
}

process.on('message', (job: ClientsJob | 'tell') => {
  if (job !== 'tell') {
    void open(job);
    return;
  }
  process.send?.({ kind: 'heard', messages, tenths: [...tenths], lost, why } satisfies FromClients);
  tenths.clear();
  messages = 0;
});
process.on('disconnect', () => process.exit(0));
console.log('clients ready');
