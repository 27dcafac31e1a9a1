/** Sends operations through an Apollo Server, so that its plugins see each: those that run, and those that are not valid. */
import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { federatedGateway, type RouterContext } from '../gateway.ts';
import type { RouterLogger } from '../observe.ts';
import { documentOf } from '../operation/prepare.ts';
import type { GraphQLParams, Service } from '../operation/serve.ts';
import type { EngineHolder } from '../supergraph/holder.ts';
import type { Delegate } from './graphql.ts';

export interface PluginOptions {
  readonly engines: EngineHolder;
  readonly plugins: readonly ApolloServerPlugin<RouterContext>[];
  readonly service: Service;
  readonly logger: RouterLogger;
  /** What clients may learn of the schema, as the engine has it. */
  readonly introspection: boolean;
  readonly suggestions: boolean;
}

export async function throughPlugins({ engines, plugins, service, logger, introspection, suggestions }: PluginOptions): Promise<{ readonly delegate: Delegate; stop(): Promise<void> }> {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown): void => logger[level]({}, String(message));
  const server = new ApolloServer<RouterContext>({
    gateway: federatedGateway(engines, logger), plugins: [...plugins], introspection, hideSchemaDetailsFromClientErrors: !suggestions,
    csrfPrevention: false, // what could be forged does not come this far
    stopOnTerminationSignals: false, logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  });
  await server.start();
  return { delegate: delegateTo(server, service), stop: () => server.stop() };
}

const delegateTo = (server: ApolloServer<RouterContext>, service: Service): Delegate => async ({ request, accepted }, { ready, params, caller }, signal) => {
  const asked = ready === null ? {} : { asked: { ready, run: () => service.execute(ready, caller, signal) } };
  const resolved = ready === null ? params : { ...params, query: documentOf(ready.operation).source }; // a persisted query may be known here alone
  const { status, headers, body } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: requestFor(request, resolved, accepted.single?.split(';')[0] ?? 'application/json'),
    context: async () => ({ caller, signal, ...asked }),
  });
  if (body.kind !== 'complete') throw new Error('Apollo Server answered in parts');
  headers.delete('content-length'); // of what is not compressed yet
  return { status, headers: Object.fromEntries(headers), body: body.string.trimEnd() }; // a line break would end an event
};

/** As it came, but for what the router has decided already: the type of the answer, and that the body is JSON. */
function requestFor(request: FastifyRequest, params: GraphQLParams, type: string): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined && !name.startsWith(':')) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  headers.set('accept', type);
  if (request.method !== 'POST') return { method: 'GET', headers, search: `?${searchOf(params).toString()}`, body: undefined };
  headers.set('content-type', 'application/json');
  return { method: 'POST', headers, search: '', body: params };
}

function searchOf({ query, operationName, variables, extensions }: GraphQLParams): URLSearchParams {
  const search = new URLSearchParams();
  if (query !== undefined) search.set('query', query);
  if (operationName !== undefined) search.set('operationName', operationName);
  if (variables !== undefined) search.set('variables', JSON.stringify(variables));
  if (extensions !== undefined) search.set('extensions', JSON.stringify(extensions));
  return search;
}
