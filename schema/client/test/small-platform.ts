/** A small server that speaks as the platform does: token endpoint, GraphQL over HTTP, graphql-ws. Tokens are words, valid while listed. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, GraphQLError, parse, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const schema = buildSchema(`
  type Query { greeting(name: String!): String!  limited: String  slow: String }
  type Subscription { count(to: Int!): Int!  forever: Int!  failing: Int! }
`);

export interface SmallPlatform {
  readonly url: string;
  readonly valid: Set<string>;
  /** How many tokens were issued. */
  issued: number;
  /** Seconds of life of the next ones. */
  lifetimeS: number;
  /** Subscriptions that are open now. */
  open: number;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const bytes of request) text += String(bytes);
  return text;
}

const bearer = (header: unknown): string => (typeof header === 'string' ? header.replace('Bearer ', '') : '');

function roots(platform: SmallPlatform): Record<string, unknown> {
  return {
    greeting: ({ name }: { name: string }) => `hello ${name}`,
    limited: () => {
      throw new GraphQLError('slow down', { extensions: { code: 'RATE_LIMITED', retryAfterMs: 1500, correlationId: 'cor-1' } });
    },
    slow: () => new Promise(() => undefined),
    count: async function* ({ to }: { to: number }) {
      for (let at = 1; at <= to; at += 1) yield { count: at };
    },
    forever: async function* () {
      platform.open += 1;
      try {
        for (let at = 1; ; at += 1) {
          yield { forever: at };
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        platform.open -= 1;
      }
    },
    failing: async function* () {
      yield { failing: 1 };
      yield { failing: new GraphQLError('gone', { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }) };
    },
  };
}

export async function smallPlatform(): Promise<SmallPlatform> {
  const http = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json', 'x-correlation-id': 'cor-http' }).end(JSON.stringify(body));
    void (async () => {
      const body = await bodyOf(request);
      if (request.url === '/oauth2/token') {
        const [id, secret] = atob((request.headers.authorization ?? '').replace('Basic ', '')).split(':');
        if (id !== 'demo' || secret !== 'secret' || !body.includes('grant_type=client_credentials')) return answer(401, { error: 'invalid_client' });
        platform.issued += 1;
        platform.valid.add(`token-${platform.issued}`);
        return answer(200, { access_token: `token-${platform.issued}`, expires_in: platform.lifetimeS });
      }
      if (!platform.valid.has(bearer(request.headers.authorization))) return answer(401, { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] });
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      return answer(200, await execute({ schema, document: parse(query), variableValues: variables, rootValue: roots(platform) }));
    })();
  });
  const sockets = new WebSocketServer({ server: http, path: '/graphql', handleProtocols: () => 'graphql-transport-ws' });
  const graphqlWs = useServer({ schema, execute, subscribe, roots: { subscription: {} }, onConnect: ({ connectionParams }) => platform.valid.has(bearer(connectionParams?.['authorization'])), context: {},
    onSubscribe: (_, __, { query, variables }) => ({ schema, document: parse(query), variableValues: variables ?? {}, rootValue: roots(platform) }) }, sockets);
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const platform: SmallPlatform = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, valid: new Set(['given']), issued: 0, lifetimeS: 3600, open: 0,
    async close() {
      await graphqlWs.dispose();
      http.closeAllConnections();
      await new Promise((resolve) => void http.close(resolve));
    },
  };
  return platform;
}
