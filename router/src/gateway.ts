/**
 * The router as an Apollo gateway: what `new ApolloServer({ gateway })` takes, so that Apollo Server's plugins see
 * every operation. Authorisation, limits, planning and execution are the router's own.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { ClientError, Data } from './execution/run.ts';
import type { Answer } from './operation/answer.ts';
import type { RouterLogger } from './observe.ts';
import { requestErrors } from './operation/errors.ts';
import { type Caller, contextOf, NothingAllowed, type ReadyOperation } from './operation/serve.ts';
import { noteErrors } from './telemetry/seen.ts';
import { documentOf } from './operation/prepare.ts';
import { explained } from './telemetry/shown-plan.ts';
import type { EngineHolder } from './supergraph/holder.ts';

export type GatewayInterface = NonNullable<Extract<ApolloServerOptions<BaseContext>, { gateway?: unknown }>['gateway']>;

/** What operations run with under Apollo Server. */
export interface RouterContext extends BaseContext {
  readonly caller: Caller;
  /** Aborts when the client goes away, or when the request has taken too long. */
  readonly signal?: AbortSignal;
  /** What the router made ready before Apollo Server saw it, and what runs it with all that the router keeps and shares. */
  readonly asked?: { readonly ready: ReadyOperation; run(): Promise<Answer> };
}

type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type Asked = Parameters<Executor>[0];
type Result = Awaited<ReturnType<Executor>>;

export function federatedGateway(engines: EngineHolder, logger: RouterLogger): GatewayInterface {
  const stops = new Set<() => void>();
  const run = async ({ source, operationName, request, context }: Asked): Promise<Result> => {
    const { caller, signal, asked } = context as RouterContext;
    const given = request.variables ?? {};
    if (asked !== undefined && isSame(asked.ready, source, operationName, given)) return resultOf((await asked.run()).text);
    caller.seen.ran = true;
    const engine = engines.current();
    const operation = engine.prepare(source, operationName ?? undefined);
    const variables = engine.variables(operation, given);
    engine.cost(operation, variables);
    const variant = await engine.variant(operation, caller.principal, false, variables);
    if (variant.refused) return resultOf(JSON.stringify({ data: null, errors: variant.denied }));
    return resultOf(explained(await engine.execute(variant, variables, contextOf(caller, signal)), variant, caller.seen));
  };
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
        async executor(asked) {
          try {
            return await run(asked);
          } catch (error) {
            return { errors: errorsOf(error, asked, logger).map(asGraphQLError) };
          }
        },
      };
    },
    async stop() {
      for (const stop of stops) stop();
    },
  };
}

/** As a client is told of them where no plugin is between. */
function errorsOf(error: unknown, { context }: Asked, logger: RouterLogger): readonly ClientError[] {
  const { caller } = context as RouterContext;
  const errors = error instanceof NothingAllowed ? error.errors : requestErrors(error, caller.correlationId, logger);
  noteErrors(caller.seen, errors);
  return errors;
}

/** Whether no plugin has put another operation, or other variables, in the place of those that came. */
function isSame({ operation, given }: ReadyOperation, source: string, operationName: string | null | undefined, variables: Readonly<Record<string, unknown>>): boolean {
  const document = documentOf(operation);
  return source === document.source && (operationName ?? null) === (document.operationName ?? operation.name) && (variables === given || isDeepStrictEqual(variables, given));
}

interface Written { readonly data: Data | null; readonly extensions?: Record<string, unknown>; readonly errors?: readonly ClientError[] }

function resultOf(text: string): { data: Data | null; errors?: GraphQLError[]; extensions?: Record<string, unknown> } {
  const { errors, ...rest } = JSON.parse(text) as Written;
  if (errors === undefined) return rest;
  return { ...rest, errors: errors.map(asGraphQLError) };
}

const asGraphQLError = ({ message, path, extensions }: ClientError): GraphQLError => new GraphQLError(message, { ...(path === undefined ? {} : { path }), extensions });
