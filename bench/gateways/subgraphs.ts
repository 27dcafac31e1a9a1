/** A program: the four subgraphs on one server, each at /<name>. Documents are parsed and validated once, so that they cost the gateways before them the same. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { resolvers, sdls } from './schemas.ts';

type Resolvers = NonNullable<Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown; resolvers?: unknown }>['resolvers']>;

const schemas = new Map(Object.entries(sdls).map(([name, sdl]) => [`/${name}`, buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers[name] as Resolvers })]));
const documents = new Map<string, DocumentNode>();

function parsed(schema: GraphQLSchema, query: string): DocumentNode {
  const known = documents.get(query);
  if (known !== undefined) return known;
  const document = parse(query);
  const [error] = validate(schema, document);
  if (error !== undefined) throw error;
  documents.set(query, document);
  return document;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function answer(path: string, request: IncomingMessage): Promise<unknown> {
  const schema = schemas.get(path);
  if (schema === undefined) throw new Error(`there is no subgraph at ${path}`);
  const { query, variables } = JSON.parse(await textOf(request)) as { query: string; variables?: Record<string, unknown> };
  return execute({ schema, document: parsed(schema, query), variableValues: variables });
}

const server = createServer((request, response) => {
  answer(request.url ?? '', request).then(
    (result) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result)),
    (error: unknown) => response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ message: String(error) }] })),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`subgraphs at http://127.0.0.1:${String((server.address() as AddressInfo).port)}`));
process.on('SIGTERM', () => process.exit(0)).on('disconnect', () => process.exit(0));
