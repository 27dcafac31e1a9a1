/** Reaches subgraphs that live in this process: a call of graphql-js on their schema, no network, the same answers. */
import { DomainError } from '@pms/errors';
import { isPassing, PASSING_MESSAGE } from '@pms/errors/passing';
import type { Principal } from '@pms/identity/principal';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLError, type GraphQLSchema, parse, subscribe } from 'graphql';
import { LRUCache } from 'lru-cache';
import { underSubgraph } from '../telemetry/subgraph.ts';
import { abortable } from './abortable.ts';
import { standardSubgraph, type SubgraphSettings } from './settings.ts';
import { type Dial, NoAnswer, type RequestContext, SourceLost, type SubgraphError, type SubgraphRequest, type SubgraphResult, type Transport } from './transport.ts';

const DOCUMENTS_MAX = 2_000;

/** What of a subgraph the dial needs; a `@pms/subgraph` Subgraph is one. */
export interface LocalSubgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  contextFor(request: LocalRequest, kind?: SubgraphRequest['kind']): object | Promise<object>;
  /** Called before a change; what it returns is called after it, for the change's consistency token, or null. */
  readonly gatherToken?: (request: Pick<LocalRequest, 'principal' | 'correlationId'>) => () => string | null;
}

export interface LocalRequest {
  readonly principal: Principal | null;
  readonly token: string | null;
  readonly correlationId: string;
  /** Those that the subgraph is passed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts when nobody waits for the answer any longer: graphql-js goes on, and a resolver that looks at it need not. */
  readonly signal?: AbortSignal;
}

export function inProcess(subgraphs: readonly LocalSubgraph[]): Dial {
  const byName = new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  return ({ name }, settings = standardSubgraph) => {
    const subgraph = byName.get(name);
    if (subgraph === undefined) throw new Error(`the supergraph names the subgraph "${name}", and it does not run here`);
    return transportTo(subgraph, settings);
  };
}

function transportTo(subgraph: LocalSubgraph, settings: SubgraphSettings): Transport {
  const documents = new LRUCache<string, DocumentNode>({ max: DOCUMENTS_MAX });
  const parsed = (query: string): DocumentNode => {
    let document = documents.get(query);
    if (document === undefined) documents.set(query, document = parse(query, { noLocation: true }));
    return document;
  };
  const callOf = async (request: SubgraphRequest, context: RequestContext) => ({
    schema: subgraph.schema, document: parsed(request.query), variableValues: request.variables ?? {}, operationName: request.operationName ?? null,
    contextValue: await subgraph.contextFor(requestOf(context, settings), request.kind),
  });
  const late = (ms: number) => ({ ms, late: () => new NoAnswer(`no answer within ${ms} ms`) });
  const patience = { read: late(settings.timeoutMs), change: late(settings.mutationTimeoutMs) };

  const executed = async (request: SubgraphRequest, context: RequestContext): Promise<SubgraphResult> => {
    context.signal?.throwIfAborted();
    const call = await callOf(request, context);
    const work = execute(call);
    if (!(work instanceof Promise)) return resultOf(work);
    return resultOf(await abortable(work, context.signal, request.kind === 'query' ? patience.read : patience.change));
  };
  const changed = async (request: SubgraphRequest, context: RequestContext, token: () => string | null): Promise<SubgraphResult> => {
    const [outcome] = await Promise.allSettled([executed(request, context)]);
    const written = token(); // also of a change that failed: it was gathered under a name that others may use
    if (outcome.status === 'rejected') throw outcome.reason;
    return written === null ? outcome.value : { ...outcome.value, extensions: { consistencyToken: written } };
  };
  const answer = (request: SubgraphRequest, context: RequestContext): Promise<SubgraphResult> => {
    const gathered = request.kind === 'mutation' ? subgraph.gatherToken?.(context) : undefined;
    return gathered === undefined ? executed(request, context) : changed(request, context, gathered);
  };
  const open = async (request: SubgraphRequest, context: RequestContext) => subscribe(await callOf(request, context));

  return {
    execute: (request, context) => (context.trace === undefined ? answer(request, context) : underSubgraph(subgraph.name, context.trace, () => answer(request, context))),
    async subscribe(request, context) {
      const source = await (context.trace === undefined ? open(request, context) : underSubgraph(subgraph.name, context.trace, () => open(request, context)));
      if (!(Symbol.asyncIterator in source)) return only(resultOf(source));
      return results(subgraph.name, source);
    },
  };
}

const resultOf = ({ data, errors }: ExecutionResult): SubgraphResult => ({
  ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors: errors.map(errorOf) }),
});

/** A thrown DomainError carries its code beside the message; over HTTP the subgraph's server puts it where this does. */
function errorOf({ message, path, extensions, originalError }: GraphQLError): SubgraphError {
  if (isPassing(originalError)) return { message: PASSING_MESSAGE, ...(path === undefined ? {} : { path }), extensions: { code: 'SUBGRAPH_UNAVAILABLE', cause: message } };
  const known = originalError instanceof DomainError ? { code: originalError.code, ...originalError.details } : {};
  return { message, ...(path === undefined ? {} : { path }), extensions: { ...known, ...extensions } };
}

function requestOf({ principal, token, correlationId, passed, signal }: RequestContext, { headers: { pass } }: SubgraphSettings): LocalRequest {
  const headers = passed === undefined ? [] : pass.flatMap((name) => (passed[name] === undefined ? [] : [[name, passed[name]] as const]));
  return { principal, token, correlationId, ...(signal === undefined ? {} : { signal }), ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }) };
}

/** What a source throws on purpose is said; with anything else it has broken off. */
const lost = (name: string) => (error: unknown): never => {
  if (error instanceof DomainError) throw error;
  throw new SourceLost(`${name} ended the subscription: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
};

async function* only(result: SubgraphResult): AsyncGenerator<SubgraphResult, void, void> {
  yield result;
}

/** Not a generator: `return` must reach the source even while its next event is awaited. */
function results(name: string, source: AsyncIterable<ExecutionResult>): AsyncIterable<SubgraphResult> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        async next() {
          const { done, value } = await iterator.next().catch(lost(name)) as IteratorResult<ExecutionResult, void>;
          return done === true ? { done, value: undefined } : { done: false, value: resultOf(value) };
        },
        async return() {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
