/**
 * The router as an Apollo gateway: what `new ApolloServer({ gateway })` takes, so that Apollo Server's plugins see
 * every operation. Authorisation, limits, planning and execution are the router's own.
 */
import { HeaderMap, type ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Data } from './execution/run.ts';
import type { Delegate } from './http/graphql.ts';
import { type Caller, contextOf } from './operation/serve.ts';
import { explained } from './telemetry/shown-plan.ts';
import type { EngineHolder } from './supergraph/holder.ts';

export type GatewayInterface = NonNullable<Extract<ApolloServerOptions<BaseContext>, { gateway?: unknown }>['gateway']>;

/** What operations run with under Apollo Server. */
export interface RouterContext extends BaseContext {
  readonly caller: Caller;
  /** Aborts when the client goes away, or when the request has taken too long. */
  readonly signal?: AbortSignal;
}

export function federatedGateway(engines: EngineHolder): GatewayInterface {
  const stops = new Set<() => void>();
  return {
    onSchemaLoadOrUpdate(listener) {
      const tell = (): void => listener({ apiSchema: engines.current().api, coreSupergraphSdl: engines.current().sdl });
      tell();
      const stop = engines.onChange(tell);
      stops.add(stop);
      return stop;
    },
    async load() {
      return {
        async executor({ source, operationName, request, context }) {
          const { caller, signal } = context as RouterContext;
          caller.seen.ran = true;
          const engine = engines.current();
          const operation = engine.prepare(source, operationName ?? undefined);
          const variables = engine.variables(operation, request.variables ?? {});
          const variant = await engine.variant(operation, caller.principal);
          const { text } = await engine.execute(variant, variables, contextOf(caller, signal));
          return resultOf(explained(text, variant, caller.seen));
        },
      };
    },
    async stop() {
      for (const stop of stops) stop();
    },
  };
}

interface Written { readonly data: Data | null; readonly extensions?: Record<string, unknown>; readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[] }

function resultOf(text: string): { data: Data | null; errors?: GraphQLError[]; extensions?: Record<string, unknown> } {
  const { errors, ...rest } = JSON.parse(text) as Written;
  if (errors === undefined) return rest;
  return { ...rest, errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { ...(path === undefined ? {} : { path }), extensions })) };
}

/** Sends an HTTP request through an Apollo Server, with all its plugins. */
export function throughApollo(server: ApolloServer<RouterContext>): Delegate {
  return async (request, params, caller, signal) => {
    const { status, headers, body } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headersOf(request), search: '', body: params },
      context: async () => ({ caller, signal }),
    });
    if (body.kind !== 'complete') throw new Error('Apollo Server answered in parts');
    return { status: status ?? 200, headers: Object.fromEntries(headers), body: body.string };
  };
}

function headersOf(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  headers.set('content-type', 'application/json'); // a GET has become a body on its way here
  return headers;
}
