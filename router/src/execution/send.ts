/** One request to a subgraph. A subgraph that does not answer is an error in the result, never a thrown one; a client that went away is thrown. */
import { DomainError } from '@pms/errors';
import type { SubgraphRequest, SubgraphResult } from '../dial/transport.ts';
import type { EntityFetch, RootFetch } from '../planner/plan.ts';
import { endFetch, noteFetch, underFetch } from '../telemetry/fetch.ts';
import { noteToken } from '../telemetry/written.ts';
import { type Exchanged, record, takeSent } from './recall.ts';
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

export interface Written {
  /** The variables as JSON, where somebody has written them already. */
  readonly variablesText: string | undefined;
  /** What the answer is compared with. */
  readonly expected?: Exchanged;
}

function requestOf(fetch: RootFetch | EntityFetch, variables: Data, { variablesText, expected }: Written, keepBytes: boolean): SubgraphRequest {
  const request = requestFor(fetch, variables, variablesText);
  if (expected !== undefined) return { ...request, expected };
  return keepBytes ? { ...request, keepBytes } : request;
}

/** Sends it, unless a repetition has done so; and records it, where that is wanted. */
export async function ask(fetch: RootFetch | EntityFetch, variables: Data, run: Run, environment: Environment, variablesText?: string): Promise<SubgraphResult> {
  if (run.recorder === undefined && run.sent === undefined) return send(fetch, variables, run, environment, { variablesText });
  const text = variablesText ?? JSON.stringify(variables);
  const sent = run.sent === undefined ? undefined : takeSent(run.sent, fetch, text);
  const result = sent === undefined ? await send(fetch, variables, run, environment, { variablesText: text }) : readNow(await sent);
  if (run.recorder !== undefined) record(run.recorder, fetch, text, result);
  return result;
}

/** An answer that was not read, because it was the same as before. */
const readNow = (result: SubgraphResult): SubgraphResult =>
  (result.same === true && result.bytes !== undefined ? JSON.parse(result.bytes.toString()) as SubgraphResult : result);

export async function send(fetch: RootFetch | EntityFetch, variables: Data, run: Run, { transport, fetched }: Environment, written: Written): Promise<SubgraphResult> {
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
    const result = await transport(fetch.service).execute(requestOf(fetch, variables, written, run.recorder !== undefined), context);
    done(result.errors === undefined ? 'ok' : 'errors');
    if (seen !== undefined && fetch.operationKind === 'mutation') noteToken(seen, result.extensions);
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
