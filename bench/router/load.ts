/**
 * A program: closed-loop load on one address. Told a job over IPC, it keeps `connections` requests under way for `seconds` and tells how many were
 * answered, how long they took and how many were not the expected answer. It reads answers no further than to know their length: what it does not
 * use of the machine is the gateway's.
 */
import { readFileSync } from 'node:fs';
import { type ResponseReader, responses } from './http-responses.ts';
import { connect, type Socket } from 'node:net';

export interface Target {
  /** JSON bodies of the operations. */
  readonly bodies: readonly string[];
  /** Lengths of the right answers in bytes; every answer is compared, unless it is 0. */
  readonly lengths: readonly number[];
  /** Positions in `bodies`, in the order in which they are asked; then again from the start. */
  readonly order: readonly number[];
  /** Each request takes the next one: limits are per client. Empty for a gateway without authentication. */
  readonly tokens: readonly string[];
}

export interface Job {
  readonly url: string;
  /** A file with a Target: it may be large. */
  readonly target: string;
  readonly connections: number;
  readonly seconds: number;
  /** It ends after so many requests, if that is sooner. */
  readonly requestsMax?: number;
  /** Not more than so many a second begin, at even intervals. */
  readonly perSecondMax?: number;
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Answers with another status than 200 or another length than expected, and connections that broke. */
  readonly wrong: number;
  /** The first wrong one, for people. */
  readonly example: string | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const EXAMPLE_CHARACTERS_MAX = 500;

export const percentile = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

interface Request { readonly request: Buffer; readonly length: number; /** `performance.now()`. */ readonly due: number }

interface Run {
  readonly took: number[];
  bytes: number;
  wrong: number;
  example: string | null;
  next: number;
}

async function run({ url, target: file, connections, seconds, requestsMax = Infinity, perSecondMax = Infinity }: Job): Promise<Measured> {
  const target = JSON.parse(readFileSync(file, 'utf8')) as Target;
  const { hostname, port, pathname } = new URL(url);
  const heads = target.tokens.length === 0 ? [''] : target.tokens.map((token) => `authorization: Bearer ${token}\r\n`);
  const line = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\naccept: application/json\r\n`;
  const tails = target.bodies.map((body) => Buffer.from(`content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`));
  const firsts = heads.map((head) => Buffer.from(line + head));
  const state: Run = { took: [], bytes: 0, wrong: 0, example: null, next: 0 };
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  const take = (): Request | null => {
    if (state.next >= requestsMax || performance.now() >= end) return null;
    const at = state.next++;
    const operation = target.order[at % target.order.length] ?? 0;
    return { request: Buffer.concat([firsts[at % firsts.length] ?? Buffer.alloc(0), tails[operation] ?? Buffer.alloc(0)]), length: target.lengths[operation] ?? 0, due: begun + (at * 1_000) / perSecondMax };
  };
  await Promise.all(Array.from({ length: connections }, () => client({ host: hostname, port: Number(port) }, take, state)));
  const elapsed = (performance.now() - begun) / 1_000;
  const sorted = state.took.toSorted((a, b) => a - b);
  return {
    requests: sorted.length, seconds: elapsed, bytes: state.bytes, wrong: state.wrong, example: state.example,
    p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), maxMs: sorted.at(-1) ?? 0,
  };
}

/** One connection: a request, its answer, the next. Resolves when `take` has no more. */
function client(address: { readonly host: string; readonly port: number }, take: () => Request | null, state: Run): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let expected = 0;
    let socket: Socket;
    let reader: ResponseReader;
    let waiting = false;
    const ask = (): void => {
      const job = take();
      waiting = job !== null;
      if (job === null) {
        socket.end();
        resolve();
        return;
      }
      expected = job.length;
      const early = job.due - performance.now();
      if (early > 1) setTimeout(() => send(job), early);
      else send(job);
    };
    const send = ({ request }: Request): void => {
      sent = performance.now();
      socket.write(request);
    };
    const wrong = (what: string): void => {
      state.wrong += 1;
      state.example ??= what.slice(0, EXAMPLE_CHARACTERS_MAX);
    };
    const open = (): void => {
      reader = responses(({ status, length, start }) => {
        state.took.push(performance.now() - sent);
        state.bytes += length;
        if (status !== 200 || (expected !== 0 && length !== expected)) wrong(`${String(status)}, ${String(length)} bytes instead of ${String(expected)}: ${start}`);
        ask();
      });
      socket = connect(address, ask);
      socket.setNoDelay(true);
      socket.on('data', (chunk: Buffer) => reader.push(chunk));
      socket.on('error', () => undefined); // `close` follows
      socket.on('close', () => {
        if (!waiting) return;
        wrong('the connection was closed before the answer was whole');
        setTimeout(open, 10); // not in a hurry: nobody may listen
      });
    };
    open();
  });
}

if (process.send !== undefined) {
  process.on('message', (job: Job) => {
    run(job).then((measured) => process.send?.(measured), (error: unknown) => process.send?.({ error: String(error) }));
  });
  process.on('disconnect', () => process.exit(0));
  console.log('load ready');
}
