/**
 * A program: the four subgraphs on one server, each at /<name>. An answer is computed once and then sent again from memory for the same body,
 * so that the subgraphs cost next to nothing beside the gateways. GET /requests answers what was asked since the last time, and from then on
 * each answer is held back so long that requests under way together are seen to be; GET /counts ends that. After GET /changing no answer is, byte for
 * byte, what it was before: each ends with a number of its own among the extensions, where no client looks; GET /steady ends that.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { resolvers } from './data.ts';
import { sdls } from './schemas.ts';

type Resolvers = NonNullable<Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown; resolvers?: unknown }>['resolvers']>;

/** Varied operations have some thousands of bodies together. */
const ANSWERS_MAX = 50_000;
const HELD_BACK_MS = 25;

export interface Seen {
  readonly path: string;
  readonly body: string;
  /** Requests of one wave began before any of them was answered. */
  readonly wave: number;
}

const schemas = new Map(Object.entries(sdls).map(([name, sdl]) => [`/${name}`, buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers[name] as Resolvers })]));
const documents = new Map<string, DocumentNode>();
const answers = new Map<string, Buffer>();
/** Of the same length for every answer. */
const NUMBER_DIGITS = 12;
const NUMBER_END = '"}}';
const EXTENSIONS = `,"extensions":{"number":"${'0'.repeat(NUMBER_DIGITS)}${NUMBER_END}`;
let changing = false;
let number = 0;
let seen: Seen[] = [];
let recording = false;
let wave = 0;
let waveAnswered = false;
let count = 0;

function parsed(schema: GraphQLSchema, query: string): DocumentNode {
  const known = documents.get(query);
  if (known !== undefined) return known;
  const document = parse(query);
  const [error] = validate(schema, document);
  if (error !== undefined) throw error;
  documents.set(query, document);
  return document;
}

async function answer(path: string, body: string): Promise<Buffer> {
  const known = answers.get(path + body);
  if (known !== undefined) return known;
  const schema = schemas.get(path);
  if (schema === undefined) throw new Error(`there is no subgraph at ${path}`);
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const text = JSON.stringify(await execute({ schema, document: parsed(schema, query), variableValues: variables }));
  const found = Buffer.from(changing ? text.slice(0, -1) + EXTENSIONS : text);
  if (answers.size >= ANSWERS_MAX) answers.clear();
  answers.set(path + body, found);
  return found;
}

/** The next number, in its place: what was written before has left, or is another request's to send. */
function numbered(bytes: Buffer): Buffer {
  if (changing) bytes.write(String(number += 1).padStart(NUMBER_DIGITS, '0'), bytes.length - NUMBER_DIGITS - NUMBER_END.length, 'latin1');
  return bytes;
}

function respond(response: ServerResponse, status: number, bytes: Buffer | string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) });
  response.end(bytes);
}

function record(path: string, body: string): number {
  if (waveAnswered) wave += 1;
  waveAnswered = false;
  seen.push({ path, body, wave });
  return wave;
}

async function post(path: string, body: string, response: ServerResponse): Promise<void> {
  count += 1;
  if (!recording) {
    const known = answers.get(path + body);
    respond(response, 200, numbered(known ?? await answer(path, body)));
    return;
  }
  const mine = record(path, body);
  const found = await answer(path, body);
  await new Promise((resolve) => void setTimeout(resolve, HELD_BACK_MS));
  if (mine === wave) waveAnswered = true;
  respond(response, 200, found);
}

function get(path: string, response: ServerResponse): void {
  if (path === '/changing' || path === '/steady') {
    changing = path === '/changing';
    answers.clear();
  }
  recording = path === '/requests';
  respond(response, 200, JSON.stringify(recording ? seen : { count }));
  if (recording) {
    seen = [];
    waveAnswered = true;
  } else count = 0;
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const path = request.url ?? '';
  if (request.method === 'GET') {
    get(path, response);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString();
    post(path, body, response).catch((error: unknown) => respond(response, 500, JSON.stringify({ errors: [{ message: String(error) }] })));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`subgraphs at http://127.0.0.1:${String((server.address() as AddressInfo).port)}`));
process.on('SIGTERM', () => process.exit(0)).on('disconnect', () => process.exit(0));
