/** Reaches subgraphs that live in this process: a call of graphql-js on their schema, no network, the same answers. */
import { DomainError } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLError, type GraphQLSchema, parse, subscribe } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Dial, RequestContext, SubgraphError, SubgraphRequest, SubgraphResult, Transport } from './transport.ts';

const DOCUMENTS_MAX = 2_000;

/** What of a subgraph the dial needs; a `@pms/subgraph` Subgraph is one. */
export interface LocalSubgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  contextFor(request: { readonly principal: Principal | null; readonly token: string | null; readonly correlationId: string }): object | Promise<object>;
}

export function inProcess(subgraphs: readonly LocalSubgraph[]): Dial {
  const byName = new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  return ({ name }) => {
    const subgraph = byName.get(name);
    if (subgraph === undefined) throw new Error(`the supergraph names the subgraph "${name}", and it does not run here`);
    return transportTo(subgraph);
  };
}

function transportTo(subgraph: LocalSubgraph): Transport {
  const documents = new LRUCache<string, DocumentNode>({ max: DOCUMENTS_MAX });
  const parsed = (query: string): DocumentNode => {
    let document = documents.get(query);
    if (document === undefined) documents.set(query, document = parse(query, { noLocation: true }));
    return document;
  };
  const callOf = async (request: SubgraphRequest, { principal, token, correlationId }: RequestContext) => ({
    schema: subgraph.schema, document: parsed(request.query), variableValues: request.variables ?? {}, operationName: request.operationName ?? null,
    contextValue: await subgraph.contextFor({ principal, token, correlationId }),
  });

  return {
    async execute(request, context) {
      const call = await callOf(request, context);
      return resultOf(await abortable(execute(call), context.signal));
    },
    async subscribe(request, context) {
      const source = await subscribe(await callOf(request, context));
      if (!(Symbol.asyncIterator in source)) return only(resultOf(source));
      return results(source);
    },
  };
}

/** graphql-js cannot be stopped; its caller can stop waiting. */
async function abortable<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!(work instanceof Promise) || signal === undefined) return work;
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const resultOf = ({ data, errors }: ExecutionResult): SubgraphResult => ({
  ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors: errors.map(errorOf) }),
});

/** A thrown DomainError carries its code beside the message; over HTTP the subgraph's server puts it where this does. */
function errorOf({ message, path, extensions, originalError }: GraphQLError): SubgraphError {
  const known = originalError instanceof DomainError ? { code: originalError.code, ...originalError.details } : {};
  return { message, ...(path === undefined ? {} : { path }), extensions: { ...known, ...extensions } };
}

async function* only(result: SubgraphResult): AsyncGenerator<SubgraphResult, void, void> {
  yield result;
}

/** Not a generator: `return` must reach the source even while its next event is awaited. */
function results(source: AsyncIterable<ExecutionResult>): AsyncIterable<SubgraphResult> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        async next() {
          const { done, value } = await iterator.next() as IteratorResult<ExecutionResult, void>;
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
