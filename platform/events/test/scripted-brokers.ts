/**
 * Brokers that do what a test says: they speak as much of Kafka's protocol as a producer needs, keep what they are sent as brokers do for an idempotent
 * producer (by its sequence numbers), and share one log for each partition, as if replicas were always in sync. What a real cluster does once in an hour of faults, they do at once.
 */
import { once } from 'node:events';
import net from 'node:net';

const API = { produce: 0, metadata: 3, versions: 18, initProducerId: 22 } as const;
const NOT_LEADER = 6;
const OUT_OF_ORDER = 45;
/** Of each producer a broker knows its last batches, and takes one of them that comes again for written. */
const REMEMBERED = 5;

interface Batch { readonly partition: number; readonly producer: bigint; readonly sequence: number; readonly values: readonly string[] }
interface Asked { readonly node: number; readonly partitions: readonly number[] }

export interface ScriptedBrokers {
  readonly addresses: readonly string[];
  /** The values of a partition, in order. */
  log(partition: number): readonly string[];
  lead(partition: number, node: number): void;
  /** Resolves when a producer's batch for that partition has been answered, whichever broker did. */
  answered(partition: number): Promise<void>;
  close(): Promise<void>;
}

export interface Script {
  readonly topic: string;
  /** Which node leads each partition, at first. Nodes are numbered from 1. */
  readonly leaders: readonly number[];
  /** What happens before a broker looks at a batch: it may wait, or change who leads. */
  readonly beforeTaking?: (asked: Asked) => Promise<void>;
  /** Whether what was written is answered; where not, the connection ends. */
  readonly afterTaking?: () => boolean;
}

export async function scriptedBrokers({ topic, leaders: first, beforeTaking = () => Promise.resolve(), afterTaking = () => true }: Script): Promise<ScriptedBrokers> {
  const leaders = [...first];
  const logs = first.map(() => ({ values: [] as string[], batches: new Map<bigint, { from: number; to: number }[]>() }));
  const waiting = first.map(() => Promise.withResolvers<void>());
  const sockets = new Set<net.Socket>();
  let producers = 0n;

  const taken = (node: number, { partition, producer, sequence, values }: Batch): number => {
    const log = logs[partition];
    if (log === undefined || leaders[partition] !== node) return NOT_LEADER;
    const known = log.batches.get(producer) ?? [];
    const to = sequence + values.length - 1;
    if (known.some((one) => one.from === sequence && one.to === to)) return 0;
    const last = known.at(-1);
    if (last !== undefined && sequence !== last.to + 1) return OUT_OF_ORDER;
    log.values.push(...values);
    log.batches.set(producer, [...known, { from: sequence, to }].slice(-REMEMBERED));
    return 0;
  };
  const produced = async (node: number, request: Reader): Promise<Buffer | null> => {
    const batches = batchesIn(request);
    await beforeTaking({ node, partitions: batches.map(({ partition }) => partition) });
    const answers = batches.map((batch) => ({ partition: batch.partition, code: taken(node, batch) }));
    if (!afterTaking()) return null;
    for (const { partition, code } of answers) if (code === 0) waiting[partition]?.resolve();
    return join(array(answers.length === 0 ? [] : [join(text(topic), array(answers.map(({ partition, code }) => join(int32(partition), int16(code), int64(0n), int64(-1n)))))]), int32(0));
  };
  const cluster = (): Buffer => join(
    array(servers.map((server, at) => join(int32(at + 1), text('127.0.0.1'), int32(portOf(server)), int16(-1)))), int32(1),
    array([join(int16(0), text(topic), int8(0), array(leaders.map((leader, at) => join(int16(0), int32(at), int32(leader), array([int32(leader)]), array([int32(leader)])))))]));
  const answer = async (node: number, api: number, version: number, request: Reader): Promise<Buffer | null> => {
    if (api === API.versions) return join(int16(0), array([[API.produce, 3, 3], [API.metadata, 1, 1], [API.versions, 0, 2], [API.initProducerId, 0, 0]].map((row) => join(...row.map(int16)))), ...(version > 0 ? [int32(0)] : []));
    if (api === API.metadata) return cluster();
    if (api === API.initProducerId) return join(int32(0), int16(0), int64((producers += 1n)), int16(0));
    if (api === API.produce) return produced(node, request);
    throw new Error(`no script for API ${String(api)}`);
  };
  const servers = await Promise.all([...new Set([1, ...leaders])].toSorted((a, b) => a - b).map(async (node) => {
    const server = net.createServer((socket) => {
      sockets.add(socket.on('error', () => undefined).on('close', () => void sockets.delete(socket)));
      eachRequest(socket, (api, version, request) => answer(node, api, version, request));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  return {
    addresses: servers.map((server) => `127.0.0.1:${String(portOf(server))}`),
    log: (partition) => logs[partition]?.values ?? [],
    lead: (partition, node) => void (leaders[partition] = node),
    answered: (partition) => waiting[partition]?.promise ?? Promise.resolve(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}

const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port;

/** Requests of a connection one after another, as a broker answers them. */
function eachRequest(socket: net.Socket, answer: (api: number, version: number, request: Reader) => Promise<Buffer | null>): void {
  let bytes = Buffer.alloc(0);
  let before = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
      const request = reader(bytes.subarray(4, 4 + bytes.readInt32BE(0)));
      bytes = bytes.subarray(4 + bytes.readInt32BE(0));
      const [api, version, correlation] = [request.int16(), request.int16(), request.int32()];
      request.text(); // the client's name
      before = inTurn(before, async () => {
        const body = await answer(api, version, request);
        if (body === null) socket.destroy();
        else if (!socket.destroyed) socket.write(join(int32(4 + body.length), int32(correlation), body));
      });
    }
  });
}

async function inTurn(before: Promise<void>, work: () => Promise<void>): Promise<void> {
  await before;
  await work();
}

const [int8, int16, int32] = [number(1), number(2), number(4)];
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const array = (items: readonly Buffer[]): Buffer => join(int32(items.length), ...items);
const text = (value: string): Buffer => join(int16(Buffer.byteLength(value)), Buffer.from(value));

function number(size: 1 | 2 | 4): (value: number) => Buffer {
  return (value) => {
    const bytes = Buffer.alloc(size);
    bytes.writeIntBE(value, 0, size);
    return bytes;
  };
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

type Reader = ReturnType<typeof reader>;

function reader(bytes: Buffer) {
  let at = 0;
  const skip = (count: number): number => (at += count) - count;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(skip(1));
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return Number((value >> 1n) ^ -(value & 1n));
    }
  };
  const string = (length: number): string | null => (length < 0 ? null : bytes.toString('utf8', skip(length), at));
  return {
    skip, varint, string,
    int16: () => bytes.readInt16BE(skip(2)), int32: () => bytes.readInt32BE(skip(4)), int64: () => bytes.readBigInt64BE(skip(8)),
    text: () => string(bytes.readInt16BE(skip(2))),
  };
}

/** Of a Produce request, version 3, with one record batch (magic 2) for each partition. */
function batchesIn(request: Reader): Batch[] {
  request.text(); // the transaction
  request.skip(6); // how many acknowledge, and within which time
  return Array.from({ length: request.int32() }, () => {
    request.text(); // the topic: there is one
    return Array.from({ length: request.int32() }, (): Batch => {
      const partition = request.int32();
      request.skip(4 + 8 + 4 + 4 + 1 + 4 + 2 + 4 + 8 + 8); // size; then of the batch all up to its producer
      const producer = request.int64();
      request.skip(2); // its epoch
      const sequence = request.int32();
      return { partition, producer, sequence, values: Array.from({ length: request.int32() }, () => recordIn(request)) };
    });
  }).flat();
}

function recordIn(request: Reader): string {
  request.varint(); // its size
  request.skip(1);
  request.varint();
  request.varint();
  request.string(request.varint()); // the key
  const value = request.string(request.varint()) ?? '';
  for (let left = request.varint() * 2; left > 0; left -= 1) request.string(request.varint()); // names and values of headers
  return value;
}
