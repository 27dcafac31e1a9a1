/** What the supergraph demands of who reads what: `@authenticated`, `@requiresScopes` and `@policy`, by type and by field, with what a field is made of. */
import type { Principal } from '@pms/identity/principal';
import {
  type ConstDirectiveNode, getNamedType, type GraphQLCompositeType, type GraphQLInterfaceType, type GraphQLSchema, isAbstractType, isCompositeType, isInterfaceType, isObjectType,
  Kind, parse, type SelectionSetNode,
} from 'graphql';
import { directiveArguments, directiveName, type Feature } from '../supergraph/features.ts';

/** A rule over the principal, named by `@policy`: pure, and asked once a request. One that is not known is not fulfilled. */
export type Policies = Readonly<Record<string, (principal: Principal) => boolean>>;

/** One demand; `alternatives` is a list of which one suffices, each a list of which all are needed. */
export type Demand =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly alternatives: readonly (readonly string[])[] };

export interface Requirements {
  readonly any: boolean;
  /** Every demand there is; its position is its name in decisions. */
  readonly demands: readonly Demand[];
  /**
   * Positions of the demands that a field makes: its own, those of its type and of the type that it returns, and those of what it is made of
   * (`@requires`, `@fromContext`), however far down. For a field of an interface those of every type that it may be.
   */
  ofField(typeName: string, fieldName: string): readonly number[];
  ofType(typeName: string): readonly number[];
}

export function requirementsOf(full: GraphQLSchema, features: ReadonlyMap<string, Feature>): Requirements {
  const demands: Demand[] = [];
  const declared = declarations(full, features, demands);
  if (demands.length === 0) return { any: false, demands, ofField: () => NONE, ofType: () => NONE };
  const ingredients = ingredientsOf(full, features);
  const kept = new Map<string, readonly number[]>();

  const ofSelection = (set: SelectionSetNode, type: GraphQLCompositeType, within: ReadonlySet<string>): readonly number[] => set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return NONE;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const named = selection.typeCondition === undefined ? type : full.getType(selection.typeCondition.name.value);
      return isCompositeType(named) ? ofSelection(selection.selectionSet, named, within) : NONE;
    }
    const field = 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
    if (field === undefined) return NONE;
    const returned = getNamedType(field.type);
    const below = selection.selectionSet === undefined || !isCompositeType(returned) ? NONE : ofSelection(selection.selectionSet, returned, within);
    return [...ofField(type.name, field.name, within), ...below];
  });
  const ofConcrete = (typeName: string, fieldName: string, within: ReadonlySet<string>): readonly number[] => {
    const coordinate = `${typeName}.${fieldName}`;
    if (within.has(coordinate)) return NONE;
    const type = full.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) return NONE;
    const inner = new Set(within).add(coordinate);
    return [
      ...declared.ofType(typeName), ...declared.ofField(coordinate), ...declared.ofType(getNamedType(field.type).name),
      ...(ingredients.get(coordinate) ?? []).flatMap(({ set, on }) => ofSelection(set, on, inner)),
    ];
  };
  const ofField = (typeName: string, fieldName: string, within: ReadonlySet<string> = new Set()): readonly number[] => {
    const coordinate = `${typeName}.${fieldName}`;
    const known = kept.get(coordinate);
    if (known !== undefined) return known;
    const type = full.getType(typeName);
    // The object behind an interface is not known before it is fetched, and what may not be read is not fetched.
    const names = isAbstractType(type) ? [typeName, ...full.getPossibleTypes(type).map(({ name }) => name)] : [typeName];
    const found = [...new Set(names.flatMap((name) => ofConcrete(name, fieldName, within)))];
    if (within.size === 0) kept.set(coordinate, found);
    return found;
  };
  return { any: true, demands, ofField: (typeName, fieldName) => ofField(typeName, fieldName), ofType: declared.ofType };
}

const NONE: readonly number[] = [];

interface Declared {
  ofType(name: string): readonly number[];
  ofField(coordinate: string): readonly number[];
}

/** What is written at types and fields. `demands` is filled with each demand once. */
function declarations(full: GraphQLSchema, features: ReadonlyMap<string, Feature>, demands: Demand[]): Declared {
  const positions = new Map<string, number>();
  const names = {
    authenticated: directiveName(features, 'authenticated', 'authenticated'),
    scopes: directiveName(features, 'requiresScopes', 'requiresScopes'),
    policies: directiveName(features, 'policy', 'policy'),
  };
  const read = (directives: readonly ConstDirectiveNode[] | undefined): number[] =>
    (directives ?? []).flatMap((directive) => {
      const demand = demandOf(directive, names);
      if (demand === null) return [];
      const key = JSON.stringify(demand);
      const known = positions.get(key);
      if (known !== undefined) return [known];
      positions.set(key, demands.length);
      return [demands.push(demand) - 1];
    });
  const types = new Map(Object.values(full.getTypeMap()).map((type) => [type.name, read(type.astNode?.directives)]));
  const fields = new Map<string, number[]>();
  for (const type of Object.values(full.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) fields.set(`${type.name}.${field.name}`, read(field.astNode?.directives));
  }
  for (const type of Object.values(full.getTypeMap())) if (isInterfaceType(type)) inherit(full, type, { types, fields, demands });
  return { ofType: (name) => types.get(name) ?? NONE, ofField: (coordinate) => fields.get(coordinate) ?? NONE };
}

interface Inheriting {
  readonly types: Map<string, number[]>;
  readonly fields: Map<string, number[]>;
  readonly demands: readonly Demand[];
}

/**
 * Composition gives an interface what its kinds demand, so that a demand of an interface whose kinds make none of its sort was written at the interface
 * itself (an `@interfaceObject`, or an older composition). It then holds for each kind: a client must not get round it with a fragment.
 */
function inherit(full: GraphQLSchema, type: GraphQLInterfaceType, { types, fields, demands }: Inheriting): void {
  const kinds = full.getPossibleTypes(type).map(({ name }) => name);
  const pass = (of: Map<string, number[]>, from: string, to: readonly string[]): void => {
    for (const position of of.get(from) ?? []) {
      const sort = demands[position]?.kind;
      if (to.some((name) => of.get(name)?.some((each) => demands[each]?.kind === sort) === true)) continue;
      for (const name of to) of.set(name, [...(of.get(name) ?? []), position]);
    }
  };
  pass(types, type.name, kinds);
  for (const field of Object.keys(type.getFields())) pass(fields, `${type.name}.${field}`, kinds.map((name) => `${name}.${field}`));
}

interface Ingredient { readonly set: SelectionSetNode; readonly on: GraphQLCompositeType }

/** By coordinate: what a subgraph is given to answer the field with. */
function ingredientsOf(full: GraphQLSchema, features: ReadonlyMap<string, Feature>): ReadonlyMap<string, readonly Ingredient[]> {
  const joinField = directiveName(features, 'join', 'field') ?? 'join__field';
  const contexts = contextsOf(full, features);
  const found = new Map<string, readonly Ingredient[]>();
  for (const type of Object.values(full.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const all = (field.astNode?.directives ?? []).filter(({ name }) => name.value === joinField).flatMap((directive): Ingredient[] => {
        const { requires, contextArguments } = directiveArguments(directive);
        const context = Array.isArray(contextArguments) ? contextArguments as { context: string; selection: string }[] : [];
        return [
          ...(typeof requires === 'string' ? [{ set: selectionOf(requires), on: type }] : []),
          ...context.flatMap((each) => (contexts.get(each.context) ?? []).map((on) => ({ set: selectionOf(each.selection), on }))),
        ];
      });
      if (all.length > 0) found.set(`${type.name}.${field.name}`, all);
    }
  }
  return found;
}

/** The types that a context is taken from, by its name. */
function contextsOf(full: GraphQLSchema, features: ReadonlyMap<string, Feature>): ReadonlyMap<string, readonly GraphQLCompositeType[]> {
  const contextName = directiveName(features, 'context', 'context');
  const found = new Map<string, GraphQLCompositeType[]>();
  for (const type of Object.values(full.getTypeMap())) {
    if (!isCompositeType(type)) continue;
    for (const directive of type.astNode?.directives ?? []) {
      if (directive.name.value !== contextName) continue;
      const name = String(directiveArguments(directive)['name']);
      found.set(name, [...(found.get(name) ?? []), type]);
    }
  }
  return found;
}

/** Written with or without its braces. */
function selectionOf(text: string): SelectionSetNode {
  const trimmed = text.trim();
  const [definition] = parse(trimmed.startsWith('{') ? trimmed : `{${trimmed}}`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`the supergraph holds a selection that is none: ${text}`);
  return definition.selectionSet;
}

function demandOf(directive: ConstDirectiveNode, names: { readonly authenticated: string | null; readonly scopes: string | null; readonly policies: string | null }): Demand | null {
  switch (directive.name.value) {
    case names.authenticated: return { kind: 'authenticated' };
    case names.scopes: return { kind: 'scopes', alternatives: directiveArguments(directive)['scopes'] as string[][] };
    case names.policies: return { kind: 'policies', alternatives: directiveArguments(directive)['policies'] as string[][] };
    default: return null;
  }
}

/** One character a demand, `1` where it is met: principals with equal decisions may do the same, and share a plan. */
export function decide({ demands }: Requirements, principal: Principal | null, policies: Policies): string {
  let decision = '';
  for (const demand of demands) decision += principal !== null && met(demand, principal, policies) ? '1' : '0';
  return decision;
}

function met(demand: Demand, principal: Principal, policies: Policies): boolean {
  if (demand.kind === 'authenticated') return true;
  const holds = demand.kind === 'scopes'
    ? (name: string) => principal.scopes.has(name)
    : (name: string) => Object.hasOwn(policies, name) && policies[name]?.(principal) === true;
  return demand.alternatives.some((all) => all.every(holds));
}
