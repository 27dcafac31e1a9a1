/**
 * Fetches more about objects already found: each distinct entity is asked for once, however often it occurs, and
 * what comes back is put at every place it occurs.
 */
import type { SubgraphError, SubgraphResult } from '../dial/transport.ts';
import type { EntityFetch, EntityGroup } from '../planner/plan.ts';
import { collectWithPath } from './collect.ts';
import { contextValues } from './context-arguments.ts';
import { add, type Asked, asking, type CompiledGroup, gather } from './gather.ts';
import { merge, mergeCopy } from './merge.ts';
import { replayed } from './replayed.ts';
import { compileRequired } from './represent.ts';
import { compileRewrites, renamedPath } from './rewrite.ts';
import type { Data, Environment, ResponsePath, Run, Step } from './run.ts';
import { ask, variablesFor } from './send.ts';

export function entityFetch(fetch: EntityFetch, environment: Environment, apart: boolean): Step {
  const step = fetching(fetch, environment, apart);
  return (run) => (run.replay === undefined ? step(run) : replayed(fetch, run.replay, run, environment));
}

function fetching(fetch: EntityFetch, environment: Environment, apart: boolean): Step {
  const groups = fetch.groups.map((group): CompiledGroup => ({
    group, represent: compileRequired(group.requires, environment.isA),
    rewriteInput: compileRewrites(group.inputRewrites, environment.isA),
    rewriteOutput: keepingType(compileRewrites(group.outputRewrites, environment.isA), environment.interfaceObjects),
    shareable: !apart && group.paths.length === 1, unified: !apart,
  }));
  if (groups.some(({ group }) => group.contextRewrites.length > 0)) return fetchByContext(fetch, groups, environment);

  return async (run) => {
    const asked = groups.map((compiled) => gather(compiled, run, environment));
    await askFor(fetch, asked, variablesFor(fetch, run), run, environment);
  };
}

/** A subgraph that knows only the interface says that the entity is one: it must not hide the type that another has found. */
function keepingType(rewrite: (value: unknown) => void, interfaceObjects: ReadonlySet<string>): (value: unknown) => void {
  if (interfaceObjects.size === 0) return rewrite;
  return (value) => {
    rewrite(value);
    const entity = value as Data;
    if (interfaceObjects.has(entity['__typename'] as string)) delete entity['__typename'];
  };
}

/** Arguments taken from around an entity are variables of the whole request, so each set of values is a request of its own. */
function fetchByContext(fetch: EntityFetch, groups: readonly CompiledGroup[], environment: Environment): Step {
  return async (run) => {
    const requests = new Map<string, { readonly variables: Data; readonly asked: readonly Asked[] }>();
    groups.forEach((compiled, position) => {
      for (const path of compiled.group.paths)
        collectWithPath(run.data, path, environment.isA, (object, at) => {
          const values = contextValues(run.data, at, compiled.group.contextRewrites, environment.isA);
          const key = JSON.stringify(values);
          let request = requests.get(key);
          if (request === undefined) requests.set(key, request = { variables: { ...variablesFor(fetch, run), ...values }, asked: groups.map(asking) });
          add(object, request.asked[position] as Asked, run);
        });
    });
    await Promise.all([...requests.values()].map(({ variables, asked }) => askFor(fetch, asked, variables, run, environment)));
  };
}

async function askFor(fetch: EntityFetch, asked: readonly Asked[], variables: Data, run: Run, environment: Environment): Promise<void> {
  if (asked.every(({ representations }) => representations.length === 0)) return;
  let text = JSON.stringify(variables).slice(0, -1);
  for (const { compiled: { group: { variable } }, representations, texts } of asked) {
    variables[variable] = representations;
    text += `${text.length === 1 ? '' : ','}"${variable}":[${texts.join(',')}]`;
  }
  const result = await ask(fetch, variables, run, environment, `${text}}`);
  if (result.errors !== undefined) for (const error of result.errors) reportEntity(error, fetch, asked, run, environment);
  accept(result, asked);
}

function accept({ data }: SubgraphResult, asked: readonly Asked[]): void {
  if (data == null) return;
  for (const { compiled, targets } of asked) {
    const entities = data[compiled.group.responseKey];
    if (!Array.isArray(entities)) continue;
    targets.forEach((objects, index) => {
      const entity: unknown = entities[index];
      if (entity === null || typeof entity !== 'object') return;
      compiled.rewriteOutput(entity);
      objects.forEach((object, position) => (position === 0 || compiled.shareable ? merge : mergeCopy)(object, entity as Data));
    });
  }
}

/** Points at every object that the failed entity stands for; without an index, at the place of the whole fetch. */
function reportEntity(error: SubgraphError, fetch: EntityFetch, asked: readonly Asked[], run: Run, environment: Environment): void {
  const [key, index, ...rest] = error.path ?? [];
  const concerned = asked.find(({ compiled }) => compiled.group.responseKey === key);
  const objects = typeof index === 'number' ? concerned?.targets[index] : undefined;
  if (concerned === undefined || objects === undefined) {
    const path = asked.find(({ representations }) => representations.length > 0)?.compiled.group.paths[0];
    run.errors.push(environment.report(error, fetch.service, path === undefined ? undefined : untilList(path), run.context));
    return;
  }
  const inEntity = renamedPath(rest, concerned.compiled.group.outputRewrites);
  const places: ResponsePath[] = [];
  for (const path of concerned.compiled.group.paths)
    collectWithPath(run.data, path, environment.isA, (object, at) => {
      if (objects.includes(object)) places.push([...at, ...inEntity]);
    });
  for (const place of places) run.errors.push(environment.report(error, fetch.service, place, run.context));
}

function untilList(path: EntityGroup['paths'][number]): ResponsePath {
  const names: string[] = [];
  for (const segment of path) {
    if (segment.kind === 'list') break;
    if (segment.kind === 'field') names.push(segment.name);
  }
  return names;
}
