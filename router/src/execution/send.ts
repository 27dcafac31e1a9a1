/** One request to a subgraph. A subgraph that does not answer is an error in the result, never a thrown one; a client that went away is thrown. */
import { DomainError } from '@pms/errors';
import type { SubgraphRequest, SubgraphResult } from '../dial/transport.ts';
import type { EntityFetch, RootFetch } from '../planner/plan.ts';
import type { Data, Environment, Run } from './run.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/** Only what the operation declares and the client (or a default) gave. */
export function variablesFor(fetch: RootFetch | EntityFetch, run: Run): Data {
  const variables: Data = {};
  for (const name of fetch.variables) if (run.variables[name] !== undefined) variables[name] = run.variables[name];
  return variables;
}

export const requestFor = (fetch: RootFetch | EntityFetch, variables: Data): SubgraphRequest => ({
  query: fetch.operation, variables, kind: fetch.operationKind,
  ...(fetch.operationName === undefined ? {} : { operationName: fetch.operationName }),
});

export async function send(fetch: RootFetch | EntityFetch, variables: Data, run: Run, { transport, fetched }: Environment): Promise<SubgraphResult> {
  const started = performance.now();
  try {
    const result = await transport(fetch.service).execute(requestFor(fetch, variables), run.context);
    fetched(fetch.service, (performance.now() - started) / MILLISECONDS_PER_SECOND, result.errors === undefined ? 'ok' : 'errors');
    return result;
  } catch (error) {
    run.context.signal?.throwIfAborted();
    fetched(fetch.service, (performance.now() - started) / MILLISECONDS_PER_SECOND, 'unavailable');
    return { errors: [unavailable(fetch.service, error)] };
  }
}

export function unavailable(service: string, error: unknown): { message: string; extensions: Record<string, unknown> } {
  if (error instanceof DomainError) return { message: error.message, extensions: { code: error.code, ...error.details } };
  return { message: `${service} did not answer`, extensions: { code: 'SUBGRAPH_UNAVAILABLE', cause: String(error) } };
}
