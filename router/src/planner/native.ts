/** Plans with the Rust planner from npm; only ever in a process of its own. Importing this file fails where there is no binary. */
import {
  type FetchNode, type FetchNodePathSegment, type FetchRewrite, type FlattenNodePathSegment, type PlanNode as NativeNode,
  QueryPlanner, type RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';
import type { EntityGroup, PathSegment, PlanNode, PlanOperation, QueryPlan, Required, RewriteSegment, Rewrite, RootFetch } from './plan.ts';
import { percentOf } from './override.ts';


export function nativePlanner(sdl: string): PlanOperation {
  const planner = new QueryPlanner(sdl);
  const known = new Set(planner.overrideLabels);
  return async (operation, { labels, defer }) => {
    if (defer) throw new Error('the native planner does not support @defer');
    const { node } = planner.plan(operation, null, new Set(labels.filter((label) => known.has(label))), percentageFor(planner.overridePercentages, labels));
    const plan = isStep(node) ? planOf(node) : {};
    checkOperations(plan);
    return plan;
  };
}

/** The planner holds `percent(n)` for active where its one number is below n: this is the number for which the active ones are. */
function percentageFor(percentages: readonly number[], labels: readonly string[]): number {
  const active = new Set(labels.map(percentOf));
  return Math.max(0, ...percentages.filter((percentage) => !active.has(percentage)));
}

/** The planner can leave an empty selection set where conditions meet; such a plan is no plan. Throws GraphQLError. */
function checkOperations({ subscription, node }: QueryPlan): void {
  if (subscription !== undefined) parse(subscription.operation, { noLocation: true });
  if (node !== undefined) checkNode(node);
}

function checkNode(node: PlanNode): void {
  switch (node.kind) {
    case 'root':
    case 'entities': parse(node.operation, { noLocation: true }); return;
    case 'sequence':
    case 'parallel': node.nodes.forEach(checkNode); return;
    case 'condition': for (const child of [node.then, node.otherwise]) if (child !== undefined) checkNode(child); return;
    case 'defer': throw new Error('the native planner made a step that it does not know');
  }
}

/** Where there is no step the planner says null, whatever its types say. */
const isStep = (node: NativeNode | null | undefined): node is NativeNode => node != null;

function planOf(node: NativeNode): QueryPlan {
  if (node.kind === 'Subscription') return { subscription: rootOf(node.primary) };
  const first = node.kind === 'Sequence' ? node.nodes[0] : undefined;
  if (node.kind !== 'Sequence' || first?.kind !== 'Subscription') return { node: nodeOf(node) };
  return { subscription: rootOf(first.primary), node: { kind: 'sequence', nodes: node.nodes.slice(1).map(nodeOf) } };
}

function nodeOf(node: NativeNode): PlanNode {
  switch (node.kind) {
    case 'Sequence': return { kind: 'sequence', nodes: node.nodes.map(nodeOf) };
    case 'Parallel': return { kind: 'parallel', nodes: node.nodes.map(nodeOf) };
    case 'Condition': return {
      kind: 'condition', variable: node.condition,
      ...(isStep(node.ifClause) ? { then: nodeOf(node.ifClause) } : {}),
      ...(isStep(node.elseClause) ? { otherwise: nodeOf(node.elseClause) } : {}),
    };
    case 'Fetch': return rootOf(node);
    case 'Flatten': return flattened(node.path, node.node);
    case 'BatchFetch': return {
      ...operationOf(node), kind: 'entities',
      groups: node.entityBatch.aliases.map((alias) => groupOf(alias.alias, alias.representationsVariableName, alias.paths, alias)),
    };
    default: throw new Error(`the native planner made a step that is not supported: ${node.kind}`);
  }
}

/** The planner may put several steps under one path; the path then belongs to each fetch in it. */
function flattened(path: readonly FlattenNodePathSegment[], node: NativeNode): PlanNode {
  if (node.kind === 'Fetch') return { ...operationOf(node), kind: 'entities', groups: [groupOf('_entities', 'representations', [path], node)] };
  if (node.kind === 'Sequence' || node.kind === 'Parallel')
    return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', nodes: node.nodes.map((child) => flattened(path, child)) };
  if (node.kind === 'Condition') return {
    kind: 'condition', variable: node.condition,
    ...(isStep(node.ifClause) ? { then: flattened(path, node.ifClause) } : {}),
    ...(isStep(node.elseClause) ? { otherwise: flattened(path, node.elseClause) } : {}),
  };
  if (node.kind === 'Flatten') return flattened([...path, ...node.path], node.node);
  throw new Error(`the native planner put a step under a path that is not supported: ${node.kind}`);
}

type NativeOperation = Pick<FetchNode, 'serviceName' | 'operation' | 'operationName' | 'operationKind' | 'variableUsages'>;

const operationOf = (fetch: NativeOperation): Omit<RootFetch, 'kind' | 'outputRewrites'> => ({
  service: fetch.serviceName, operation: fetch.operation, operationKind: fetch.operationKind ?? 'query', variables: fetch.variableUsages ?? [],
  ...(fetch.operationName === undefined ? {} : { operationName: fetch.operationName }),
});

const rootOf = (fetch: FetchNode): RootFetch =>
  ({ ...operationOf(fetch), kind: 'root', outputRewrites: (fetch.outputRewrites ?? []).map(rewriteOf) });

function groupOf(
  responseKey: string, variable: string, paths: readonly (readonly FlattenNodePathSegment[])[],
  { requires, inputRewrites, outputRewrites }: Pick<FetchNode, 'requires' | 'inputRewrites' | 'outputRewrites'>,
): EntityGroup {
  return {
    responseKey, variable, paths: paths.map((path) => path.map(segmentOf)), requires: (requires ?? []).map(requiredOf),
    inputRewrites: (inputRewrites ?? []).map(rewriteOf), outputRewrites: (outputRewrites ?? []).map(rewriteOf), contextRewrites: [],
  };
}

function segmentOf(segment: FlattenNodePathSegment): PathSegment {
  if (segment === '@') return { kind: 'list' };
  return 'Field' in segment ? { kind: 'field', name: segment.Field } : { kind: 'type', names: segment.TypeCondition };
}

function requiredOf(selection: RequiresSelection): Required {
  switch (selection.kind) {
    case 'Field': return {
      kind: 'field', from: selection.name, to: selection.alias ?? selection.name,
      ...(selection.selections === undefined ? {} : { selections: selection.selections.map(requiredOf) }),
    };
    case 'InlineFragment': return {
      kind: 'fragment', typeCondition: selection.typeCondition, selections: selection.selections.map(requiredOf),
      ...(selection.skipIf === undefined ? {} : { skipIf: selection.skipIf }),
      ...(selection.includeIf === undefined ? {} : { includeIf: selection.includeIf }),
    };
    case 'FragmentSpread': throw new Error('the native planner required a named fragment');
  }
}

function rewriteOf(rewrite: FetchRewrite): Rewrite {
  if ('KeyRenamer' in rewrite)
    return { kind: 'rename', path: rewrite.KeyRenamer.path.map(rewriteSegmentOf), to: rewrite.KeyRenamer.renameKeyTo };
  const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite; // it says it either way
  return { kind: 'set', path: setter.path.map(rewriteSegmentOf), value: setter.setValueTo };
}

const rewriteSegmentOf = (segment: FetchNodePathSegment): RewriteSegment =>
  'Key' in segment ? { kind: 'key', name: segment.Key } : { kind: 'type', names: segment.TypenameEquals };
