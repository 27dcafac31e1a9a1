/**
 * A program, the limit of this runtime: a bare Node HTTP server that knows what each operation leads to. It makes the same subgraph requests, those
 * that our router made under way together, together; and returns the right answer's bytes from memory. It parses, plans, merges and checks nothing.
 * The first argument is a file of Script; with BENCH_SHARE=1 identical subgraph requests under way are one.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

export interface Script {
  readonly subgraphs: string;
  /** By the request's body. */
  readonly operations: Readonly<Record<string, { readonly waves: readonly (readonly { readonly path: string; readonly body: string }[])[]; readonly answer: string }>>;
}

const CONNECTIONS_MAX = 128;
const { subgraphs, operations } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Script;
const share = process.env['BENCH_SHARE'] === '1';
const pool = new Pool(subgraphs, { connections: CONNECTIONS_MAX, pipelining: 1 });
const known = new Map(Object.entries(operations).map(([body, { waves, answer }]) => [body, { waves, answer: Buffer.from(answer) }]));
const headers = { 'content-type': 'application/json', accept: 'application/json' };
const underWay = new Map<string, Promise<unknown>>();

async function fetched(path: string, body: string): Promise<unknown> {
  const { body: answer } = await pool.request({ method: 'POST', path, body, headers });
  return answer.arrayBuffer();
}

function shared(path: string, body: string): Promise<unknown> {
  const key = path + body;
  let answer = underWay.get(key);
  if (answer === undefined) underWay.set(key, answer = fetched(path, body).finally(() => underWay.delete(key)));
  return answer;
}

const one = share ? shared : fetched;

async function answered(body: string): Promise<Buffer> {
  const operation = known.get(body);
  if (operation === undefined) throw new Error('this operation is not in the script');
  for (const wave of operation.waves) await Promise.all(wave.map((request) => one(request.path, request.body)));
  return operation.answer;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    answered(Buffer.concat(chunks).toString()).then(
      (answer) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`bare server at http://127.0.0.1:${String((server.address() as AddressInfo).port)}`));
process.on('SIGTERM', () => process.exit(0)).on('disconnect', () => process.exit(0));
