/** A fetch of root fields. An error of it points at what the client named, even where the plan used another name. */
import { parse, Kind } from 'graphql';
import type { SubgraphError, SubgraphResult } from '../dial/transport.ts';
import type { RootFetch } from '../planner/plan.ts';
import { merge } from './merge.ts';
import { replayed } from './replayed.ts';
import { compileRewrites, renamedPath } from './rewrite.ts';
import type { Environment, Run, Step } from './run.ts';
import { ask, variablesFor } from './send.ts';

export function rootFetch(fetch: RootFetch, environment: Environment): Step {
  const accept = acceptRoot(fetch, environment);
  return async (run) => (run.replay === undefined ? accept(await ask(fetch, variablesFor(fetch, run), run, environment), run) : replayed(fetch, run.replay, run, environment));
}

/** Takes a root result into the data: also what each event of a subscription goes through. */
export function acceptRoot(fetch: RootFetch, environment: Environment): (result: SubgraphResult, run: Run) => void {
  const rewrite = compileRewrites(fetch.outputRewrites, environment.isA);
  return (result, run) => {
    if (result.errors !== undefined)
      for (const error of result.errors) reportRoot(error, fetch, environment, run);
    if (result.data == null) return;
    rewrite(result.data);
    merge(run.data, result.data);
  };
}

function reportRoot(error: SubgraphError, fetch: RootFetch, { report }: Environment, run: Run): void {
  if (error.path !== undefined) {
    run.errors.push(report(error, fetch.service, renamedPath(error.path, fetch.outputRewrites), run.context));
    return;
  }
  // An error without a path concerns the whole fetch, so each of its root fields is named.
  for (const key of rootKeys(fetch)) run.errors.push(report(error, fetch.service, renamedPath([key], fetch.outputRewrites), run.context));
}

function rootKeys(fetch: RootFetch): string[] {
  const operation = parse(fetch.operation, { noLocation: true }).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : []));
}
