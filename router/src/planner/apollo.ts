/**
 * Plans with the planner of `@apollo/gateway`: slower, pure JavaScript, and knows `@context` and `@defer`. It is the public
 * `QueryPlanner` of the packages the gateway stands on, which take the security and cost directives it refuses itself.
 */
import { createRequire } from 'node:module';
import type { DeferredPlan, EntityGroup, PathSegment, PlanNode, PlanOperation, QueryPlan, Required, Rewrite, RewriteSegment, RootFetch } from './plan.ts';

interface ApolloRewrite { readonly kind: 'ValueSetter' | 'KeyRenamer'; readonly path: readonly string[]; readonly setValueTo?: unknown; readonly renameKeyTo?: string }
type ApolloSelection =
  | { readonly kind: 'Field'; readonly name: string; readonly alias?: string; readonly selections?: readonly ApolloSelection[] }
  | { readonly kind: 'InlineFragment'; readonly typeCondition?: string; readonly selections: readonly ApolloSelection[] };
interface ApolloFetch {
  readonly kind: 'Fetch'; readonly id?: string; readonly serviceName: string; readonly operation: string; readonly operationName?: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription'; readonly variableUsages?: readonly string[];
  readonly requires?: readonly ApolloSelection[]; readonly inputRewrites?: readonly ApolloRewrite[];
  readonly outputRewrites?: readonly ApolloRewrite[]; readonly contextRewrites?: readonly ApolloRewrite[];
}
type ApolloNode =
  | ApolloFetch
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly ApolloNode[] }
  | { readonly kind: 'Flatten'; readonly path: readonly (string | number)[]; readonly node: ApolloNode }
  | { readonly kind: 'Condition'; readonly condition: string; readonly ifClause?: ApolloNode; readonly elseClause?: ApolloNode }
  | { readonly kind: 'Defer'; readonly primary: { readonly node?: ApolloNode }; readonly deferred: readonly ApolloDeferred[] }
  | { readonly kind: 'Subscription'; readonly primary: ApolloFetch; readonly rest?: ApolloNode };

interface ApolloDeferred { readonly depends: readonly { readonly id: string }[]; readonly label?: string; readonly node?: ApolloNode }

interface Internals {
  readonly ROUTER_SUPPORTED_SUPERGRAPH_FEATURES: ReadonlySet<string>;
  readonly Supergraph: { build(sdl: string, options: { supportedFeatures: ReadonlySet<string> }): { apiSchema(): object } };
  operationFromDocument(schema: object, document: object): object;
}
interface PlannerPackage {
  readonly QueryPlanner: new (supergraph: object, config: object) => {
    buildQueryPlan(operation: object, options: { overrideConditions: ReadonlyMap<string, boolean> }): { readonly node?: ApolloNode };
  };
}

export function apolloPlanner(sdl: string): PlanOperation {
  // The two packages are the gateway's own dependencies: resolved through it, so that versions always agree.
  const fromGateway = createRequire(import.meta.resolve('@apollo/gateway'));
  const { Supergraph, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, operationFromDocument } = fromGateway('@apollo/federation-internals') as Internals;
  const { QueryPlanner } = fromGateway('@apollo/query-planner') as PlannerPackage;
  const { parse } = fromGateway('graphql') as { parse(text: string): object };
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const api = supergraph.apiSchema();
  const planner = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: true } });
  return async (operation, { labels }) => {
    const overrideConditions = new Map(labels.map((label) => [label, true]));
    return planOf(planner.buildQueryPlan(operationFromDocument(api, parse(operation)), { overrideConditions }).node);
  };
}

function planOf(node: ApolloNode | undefined): QueryPlan {
  if (node === undefined) return {};
  if (node.kind !== 'Subscription') return { node: nodeOf(node, []) };
  return { subscription: rootOf(node.primary), ...(node.rest === undefined ? {} : { node: nodeOf(node.rest, []) }) };
}

function nodeOf(node: ApolloNode, path: readonly PathSegment[]): PlanNode {
  switch (node.kind) {
    case 'Sequence': return { kind: 'sequence', nodes: node.nodes.map((child) => nodeOf(child, path)) };
    case 'Parallel': return { kind: 'parallel', nodes: node.nodes.map((child) => nodeOf(child, path)) };
    case 'Flatten': return nodeOf(node.node, [...path, ...node.path.map(segmentOf)]);
    case 'Condition': return {
      kind: 'condition', variable: node.condition,
      ...(node.ifClause === undefined ? {} : { then: nodeOf(node.ifClause, path) }),
      ...(node.elseClause === undefined ? {} : { otherwise: nodeOf(node.elseClause, path) }),
    };
    case 'Fetch': return node.requires === undefined ? rootOf(node) : { ...operationOf(node), kind: 'entities', groups: [groupOf(node, path)] };
    case 'Defer': return {
      kind: 'defer', parts: node.deferred.map((part) => deferredOf(part, path)),
      ...(node.primary.node === undefined ? {} : { primary: nodeOf(node.primary.node, path) }),
    };
    default: throw new Error(`the Apollo planner made a step that is not supported: ${node.kind}`);
  }
}

const deferredOf = ({ label, depends, node }: ApolloDeferred, path: readonly PathSegment[]): DeferredPlan => ({
  label: label ?? '', depends: depends.map(({ id }) => id), ...(node === undefined ? {} : { node: nodeOf(node, path) }),
});

const operationOf = (fetch: ApolloFetch): Omit<RootFetch, 'kind' | 'outputRewrites'> => ({
  service: fetch.serviceName, operation: fetch.operation, operationKind: fetch.operationKind, variables: fetch.variableUsages ?? [],
  ...(fetch.operationName === undefined ? {} : { operationName: fetch.operationName }),
  ...(fetch.id === undefined ? {} : { id: fetch.id }),
});

const rootOf = (fetch: ApolloFetch): RootFetch =>
  ({ ...operationOf(fetch), kind: 'root', outputRewrites: (fetch.outputRewrites ?? []).map(rewriteOf) });

const groupOf = (fetch: ApolloFetch, path: readonly PathSegment[]): EntityGroup => ({
  responseKey: '_entities', variable: 'representations', paths: [path], requires: (fetch.requires ?? []).map(requiredOf),
  inputRewrites: (fetch.inputRewrites ?? []).map(rewriteOf), outputRewrites: (fetch.outputRewrites ?? []).map(rewriteOf),
  contextRewrites: (fetch.contextRewrites ?? []).map(rewriteOf).filter((rewrite) => rewrite.kind === 'rename'),
});

const segmentOf = (segment: string | number): PathSegment =>
  segment === '@' ? { kind: 'list' } : { kind: 'field', name: String(segment) };

function requiredOf(selection: ApolloSelection): Required {
  if (selection.kind === 'InlineFragment') return {
    kind: 'fragment', selections: selection.selections.map(requiredOf),
    ...(selection.typeCondition === undefined ? {} : { typeCondition: selection.typeCondition }),
  };
  const key = selection.alias ?? selection.name;
  return { kind: 'field', from: key, to: key, ...(selection.selections === undefined ? {} : { selections: selection.selections.map(requiredOf) }) };
}

const rewriteOf = (rewrite: ApolloRewrite): Rewrite => rewrite.kind === 'KeyRenamer'
  ? { kind: 'rename', path: rewrite.path.map(rewriteSegmentOf), to: rewrite.renameKeyTo ?? '' }
  : { kind: 'set', path: rewrite.path.map(rewriteSegmentOf), value: rewrite.setValueTo };

const FRAGMENT = '... on ';

function rewriteSegmentOf(segment: string): RewriteSegment {
  if (segment === '..') return { kind: 'parent' };
  return segment.startsWith(FRAGMENT) ? { kind: 'type', names: [segment.slice(FRAGMENT.length)] } : { kind: 'key', name: segment };
}
