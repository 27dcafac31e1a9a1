/** Subgraphs as servers of their own, for the dial over HTTP: GraphQL by POST, graphql-ws on the same path. */
import { execute, parse, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { LocalSubgraph } from '../src/dial/in-process.ts';

export interface Remote {
  readonly url: string;
  /** Requests that arrived, with their headers. */
  readonly requests: { readonly query: string; readonly variables: Readonly<Record<string, unknown>>; readonly headers: IncomingMessage['headers'] }[];
  /** Parameters of websocket connections. */
  readonly connections: unknown[];
  /** Extensions of the operations that came over websockets. */
  readonly extensions: unknown[];
  /** Answers requests instead of the schema while it returns true. */
  interfere: (request: IncomingMessage, response: ServerResponse, query: string) => boolean;
  dropConnections(): void;
  close(): Promise<void>;
}

export async function serveRemotely({ schema }: LocalSubgraph): Promise<Remote> {
  const requests: Remote['requests'] = [];
  const connections: unknown[] = [];
  const extensions: unknown[] = [];
  const open = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string; variables: Record<string, unknown> };
      requests.push({ query, variables, headers: request.headers });
      if (remote.interfere(request, response, query)) return;
      void Promise.resolve(execute({ schema, document: parse(query), variableValues: variables, contextValue: {} }))
        .then((result) => response.setHeader('content-type', 'application/json').end(JSON.stringify(result)));
    });
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const websockets = useServer({ schema, execute, subscribe, onConnect: ({ connectionParams }) => void connections.push(connectionParams), onSubscribe: (_, __, payload) => void extensions.push(payload.extensions) }, sockets);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const dropConnections = (): void => {
    for (const socket of open) socket.destroy();
  };
  const remote: Remote = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, requests, connections, extensions, interfere: () => false, dropConnections,
    async close() {
      dropConnections();
      await websockets.dispose();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return remote;
}
