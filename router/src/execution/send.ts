/** One request to a subgraph. A subgraph that does not answer is an error in the result, never a thrown one; a client that went away is thrown. */
import { DomainError } from '@pms/errors';
import type { SubgraphRequest, SubgraphResult } from '../dial/transport.ts';
import type { EntityFetch, RootFetch } from '../planner/plan.ts';
import { endFetch, noteFetch, underFetch } from '../telemetry/fetch.ts';
import type { Data, Environment, FetchOutcome, Run } from './run.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/** Only what the operation declares and the client (or a default) gave. */
export function variablesFor(fetch: RootFetch | EntityFetch, run: Pick<Run, 'variables'>): Data {
  const variables: Data = {};
  for (const name of fetch.variables) if (run.variables[name] !== undefined) variables[name] = run.variables[name];
  return variables;
}

export const requestFor = (fetch: RootFetch | EntityFetch, variables: Data, variablesText?: string): SubgraphRequest => ({
  query: fetch.operation, variables, kind: fetch.operationKind,
  ...(fetch.kind === 'entities' ? { entities: fetch.groups } : {}),
  ...(variablesText === undefined ? {} : { variablesText }),
  ...(fetch.operationName === undefined ? {} : { operationName: fetch.operationName }),
});

export async function send(fetch: RootFetch | EntityFetch, variables: Data, run: Run, { transport, fetched }: Environment, variablesText?: string): Promise<SubgraphResult> {
  const started = performance.now();
  const { seen } = run.context;
  const context = run.context.trace === undefined ? run.context : underFetch(run.context, run.context.trace, fetch);
  const done = (outcome: FetchOutcome): void => {
    const ms = performance.now() - started;
    fetched(fetch.service, ms / MILLISECONDS_PER_SECOND, outcome);
    if (seen !== undefined) noteFetch(seen, fetch, { started, ms, outcome });
    if (context !== run.context) endFetch(context, outcome);
  };
  try {
    const result = await transport(fetch.service).execute(requestFor(fetch, variables, variablesText), context);
    done(result.errors === undefined ? 'ok' : 'errors');
    return result;
  } catch (error) {
    if (run.context.signal?.aborted === true) {
      if (context !== run.context) endFetch(context, 'cancelled');
      throw run.context.signal.reason;
    }
    done('unavailable');
    return { errors: [unavailable(fetch.service, error)] };
  }
}

export function unavailable(service: string, error: unknown): { message: string; extensions: Record<string, unknown> } {
  if (error instanceof DomainError) return { message: error.message, extensions: { code: error.code, ...error.details } };
  return { message: `${service} did not answer`, extensions: { code: 'SUBGRAPH_UNAVAILABLE', cause: String(error) } };
}
