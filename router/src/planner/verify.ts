/**
 * Reads a plan before it is used: a fetch that asks for a field with `@requires` must send what it requires, and no
 * entity is asked for what is external where it is asked. Planners do both in rare combinations, and the subgraph would
 * answer with something wrong instead of an error.
 */
import {
  type ConstDirectiveNode, type DocumentNode, type FieldNode, getNamedType, type GraphQLSchema, type InlineFragmentNode, Kind, parse, type SelectionNode, type SelectionSetNode,
} from 'graphql';
import { directiveArguments, interfaceObjects } from '../supergraph/features.ts';
import type { SupergraphDocument } from '../supergraph/document.ts';
import type { EntityFetch, PlanNode, QueryPlan, Required, RootFetch } from './plan.ts';

/** What one subgraph's field stands on. */
interface Join {
  /** Names at the top of what it requires. */
  readonly requires: readonly string[];
  readonly external: boolean;
  /** All names in what it provides. */
  readonly provides: readonly string[];
}

/** By subgraph, type and field; only fields of which there is something to say. */
type Joins = ReadonlyMap<string, Join>;

/** Throws for a plan that leaves something out. */
export type Verify = (plan: QueryPlan) => void;

export function verifier({ document, full }: SupergraphDocument): Verify {
  const joins = joinsIn(document);
  if (![...joins.values()].some(({ external, requires }) => external || requires.length > 0)) return () => {};
  const check = (node: PlanNode | undefined): void => {
    switch (node?.kind) {
      case undefined: return;
      case 'root':
      case 'entities': return checkFetch(node, { joins, full });
      case 'sequence':
      case 'parallel': return node.nodes.forEach(check);
      case 'condition': return [node.then, node.otherwise].forEach(check);
      case 'defer': return [node.primary, ...node.parts.map((part) => part.node)].forEach(check);
    }
  };
  return ({ subscription, node }) => [subscription, node].forEach(check);
}

interface Place {
  readonly type: string;
  /** What is sent for the objects here; `null` below what was sent. */
  readonly sent: readonly Required[] | null;
  /** What fields above bring along. */
  readonly provided: readonly string[];
}

function checkFetch(fetch: RootFetch | EntityFetch, { joins, full }: { readonly joins: Joins; readonly full: GraphQLSchema }): void {
  const { service } = fetch;
  const { definitions } = parse(fetch.operation, { noLocation: true });
  const fragments = new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])));
  const [root] = definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? [one.selectionSet] : []));

  const walk = (set: SelectionSetNode | undefined, place: Place): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) visitField(selection, place);
      else {
        const fragment = fragmentOf(selection, fragments);
        walk(fragment?.selectionSet, { ...place, type: fragment?.typeCondition?.name.value ?? place.type });
      }
    }
  };
  const visitField = ({ name: { value: name }, selectionSet }: FieldNode, { type, sent, provided }: Place): void => {
    const join = joins.get(`${service} ${type}.${name}`);
    const missing = join === undefined ? null : lacking(name, join, { type, sent, provided });
    if (missing !== null) throw new Error(`the plan asks ${service} for ${type}.${name}${missing}`);
    if (selectionSet === undefined) return;
    const definition = full.getType(type);
    const field = definition !== undefined && 'getFields' in definition ? definition.getFields()[name] : undefined;
    if (field !== undefined) walk(selectionSet, { type: getNamedType(field.type).name, sent: null, provided: [...provided, ...join?.provides ?? []] });
  };

  if (fetch.kind === 'root') return walk(root, { type: rootName(full, fetch.operationKind), sent: null, provided: [] });
  for (const { responseKey, requires } of fetch.groups) {
    const entities = root?.selections.find((one): one is FieldNode => one.kind === Kind.FIELD && (one.alias ?? one.name).value === responseKey);
    walk(entities?.selectionSet, { type: '', sent: requires, provided: [] });
  }
}

function rootName(full: GraphQLSchema, kind: RootFetch['operationKind']): string {
  const types = { query: full.getQueryType(), mutation: full.getMutationType(), subscription: full.getSubscriptionType() };
  return types[kind]?.name ?? '';
}

/** What is wrong with asking for a field here. */
function lacking(name: string, { external, requires }: Join, { type, sent, provided }: Place): string | null {
  if (external && !provided.includes(name)) return ', which is external there';
  const required = requires.find((one) => !provided.includes(one) && (sent === null || !sends(sent, type, one)));
  return required === undefined ? null : ` without the ${required} that it requires`;
}

const fragmentOf = (selection: Exclude<SelectionNode, FieldNode>, fragments: ReadonlyMap<string, Pick<InlineFragmentNode, 'selectionSet' | 'typeCondition'>>) =>
  selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;

/** A fragment on another type may be on an interface of this one. */
const sends = (requires: readonly Required[], type: string, name: string): boolean => {
  const exact = requires.filter((one) => one.kind === 'fragment' && one.typeCondition === type);
  return (exact.length > 0 ? exact : requires).some((one) => (one.kind === 'field' ? one.to === name : sends(one.selections, type, name)));
};

/** Whether a plan asks a subgraph for entities of which that one knows only the interface. */
export function leadingToInterfaceObject({ document }: SupergraphDocument): (plan: QueryPlan) => boolean {
  const names = interfaceObjects(document);
  if (names.size === 0) return () => false;
  const leads = (node: PlanNode | undefined): boolean => {
    switch (node?.kind) {
      case undefined:
      case 'root': return false;
      case 'entities': return node.groups.some(({ inputRewrites }) => inputRewrites.some((one) => one.kind === 'set' && names.has(String(one.value))));
      case 'sequence':
      case 'parallel': return node.nodes.some(leads);
      case 'condition': return leads(node.then) || leads(node.otherwise);
      case 'defer': return leads(node.primary) || node.parts.some((part) => leads(part.node));
    }
  };
  return ({ node }) => leads(node);
}

function joinsIn(document: DocumentNode): Joins {
  const services = servicesIn(document);
  const joins = new Map<string, Join>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const keys = new Set((definition.directives ?? []).flatMap((directive) => (directive.name.value === 'join__type' ? namesIn(directiveArguments(directive)['key'], false) : [])));
    for (const { name, directives } of definition.fields ?? [])
      for (const directive of directives ?? []) {
        const join = directive.name.value === 'join__field' ? joinOf(directive, keys.has(name.value)) : null;
        if (join !== null) joins.set(`${services.get(join.graph) ?? ''} ${definition.name.value}.${name.value}`, join);
      }
  }
  return joins;
}

function joinOf(directive: ConstDirectiveNode, isKey: boolean): Join & { readonly graph: string } | null {
  const { graph, requires, provides, external } = directiveArguments(directive);
  const join = { graph: String(graph), requires: namesIn(requires, false), provides: namesIn(provides, true), external: external === true && !isKey };
  return join.external || join.requires.length > 0 || join.provides.length > 0 ? join : null;
}

function servicesIn(document: DocumentNode): ReadonlyMap<string, string> {
  const graphs = document.definitions.find((one) => one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === 'join__Graph');
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return new Map();
  return new Map((graphs.values ?? []).flatMap(({ name, directives }) => (directives ?? []).map((directive) => [name.value, String(directiveArguments(directive)['name'])])));
}

function namesIn(selection: unknown, deep: boolean): readonly string[] {
  if (typeof selection !== 'string') return [];
  const names: string[] = [];
  const take = (set: SelectionSetNode | undefined): void => {
    for (const one of set?.selections ?? []) {
      if (one.kind === Kind.FIELD) names.push(one.name.value);
      if (one.kind === Kind.INLINE_FRAGMENT || (deep && one.kind === Kind.FIELD)) take(one.selectionSet);
    }
  };
  const [definition] = parse(`{ ${selection} }`, { noLocation: true }).definitions;
  if (definition?.kind === Kind.OPERATION_DEFINITION) take(definition.selectionSet);
  return names;
}
