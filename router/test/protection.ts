/** Random protection of a supergraph, and the rules of who may read what in few words: what the router is held against. */
import {
  getNamedType, type GraphQLNamedType, type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, Kind, parse, print, TypeInfo, visit, visitWithTypeInfo,
} from 'graphql';
import type { Dial } from '../src/dial/transport.ts';
import type { Federation } from './federation.ts';
import { monolith } from './library.ts';

const TYPE = 'zz'; // under this alias every object says what it is

export const whole = monolith();

/** What a place demands: a scope, or the policy of that name. */
interface Demand { readonly kind: 'scope' | 'policy'; readonly name: string }
type Protection = ReadonlyMap<string, Demand>;

/** Composition would demand much of this to be repeated; a supergraph may come from elsewhere. */
export function protect(sdl: string, random: () => number): { readonly sdl: string; readonly protection: Protection } {
  const protection = new Map<string, Demand>();
  const maybe = (coordinate: string, kind: Demand['kind'], chance: number): void => {
    if (random() < chance) protection.set(coordinate, { kind, name: `s${Math.floor(random() * 4)}` });
  };
  for (const type of Object.values(whole.getTypeMap()).filter(protectable)) {
    const kind = isInterfaceType(type) ? 'policy' : 'scope';
    const isRoot = type === whole.getQueryType();
    if (!isRoot) maybe(type.name, kind, 0.12);
    if (isObjectType(type) || isInterfaceType(type)) for (const field of Object.keys(type.getFields())) if (field !== 'id') maybe(`${type.name}.${field}`, kind, isRoot ? 0.08 : 0.12);
  }
  let within = '';
  const marked = visit(parse(sdl), {
    enter(node) {
      if (!('directives' in node) || !('name' in node) || node.name === undefined) return undefined;
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) within = node.name.value;
      const isField = node.kind === Kind.FIELD_DEFINITION;
      const demand = isField || node.kind.endsWith('TypeDefinition') ? protection.get(isField ? `${within}.${node.name.value}` : node.name.value) : undefined;
      return demand === undefined ? undefined : { ...node, directives: [...(node.directives ?? []), ...directivesOf(demand)] };
    },
  });
  return { sdl: `${print(marked).replace(/schema(\s+@link)/, `schema ${LINKS}$1`)}\n${DEFINITIONS}`, protection };
}

/** Types of the domain that a directive may stand at. */
const protectable = (type: GraphQLNamedType): boolean => !type.name.startsWith('__') && !['Int', 'Float', 'String', 'Boolean', 'ID'].includes(type.name) && (!isAbstractType(type) || isInterfaceType(type));

const LINKS = '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)';
const DEFINITIONS = `directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM scalar requiresScopes__Scope scalar policy__Policy`;

const directivesOf = ({ kind, name }: Demand) => {
  const [definition] = parse(`scalar X ${kind === 'scope' ? `@requiresScopes(scopes: [["${name}"]])` : `@policy(policies: [["${name}"]])`}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? definition.directives ?? [] : [];
};

export interface Hidden { field(typeName: string, fieldName: string): boolean; type(typeName: string): boolean }

/** The rules again, in few words. */
export function hiddenFrom(protection: Protection, held: ReadonlySet<string>): Hidden {
  const unmet = (coordinate: string): boolean => protection.has(coordinate) && !held.has(protection.get(coordinate)?.name ?? '');
  const interfacesOf = (name: string): string[] => {
    const type = whole.getType(name);
    return isObjectType(type) ? type.getInterfaces().map((each) => each.name) : [];
  };
  const type = (name: string): boolean => unmet(name) || interfacesOf(name).some(unmet);
  const field = (typeName: string, fieldName: string): boolean => {
    const parent = whole.getType(typeName);
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[fieldName] : undefined;
    if (definition === undefined) return false;
    const written = [typeName, ...interfacesOf(typeName)].some((name) => unmet(`${name}.${fieldName}`));
    if (written || type(typeName) || type(getNamedType(definition.type).name)) return true;
    if (isInterfaceType(parent)) return whole.getPossibleTypes(parent).some(({ name }) => field(name, fieldName));
    return fieldName === 'shipping' && (field(typeName, 'price') || field(typeName, 'weight'));
  };
  return { field, type };
}

/** Fields of subgraphs that were asked for and may not be, keys aside, and such values in representations. */
export function asked(schema: GraphQLSchema, query: string, variables: unknown, hidden: Hidden): string[] {
  const info = new TypeInfo(schema);
  const found: string[] = [];
  visit(parse(query), visitWithTypeInfo(info, {
    Field({ name }) {
      const parent = info.getParentType();
      if (parent != null && name.value !== 'id' && hidden.field(parent.name, name.value)) found.push(`${parent.name}.${name.value}`);
    },
  }));
  JSON.stringify(variables, (_, value: unknown) => {
    const { __typename } = (value ?? {}) as { __typename?: unknown };
    if (typeof __typename === 'string') for (const key of Object.keys(value as object)) if (key !== 'id' && hidden.field(__typename, key)) found.push(`${__typename}.${key} in a representation`);
    return value;
  });
  return found;
}

export const watching = (of: Federation, see: (subgraph: string, query: string, variables: unknown) => void): Dial => (subgraph) => {
  const transport = of.dial(subgraph);
  return {
    ...transport,
    execute(request, context) {
      see(subgraph.name, request.query, request.variables);
      return transport.execute(request, context);
    },
  };
};

interface Compared {
  readonly hidden: Hidden;
  /** Paths that the client was told of. */
  readonly told: readonly (readonly (string | number)[])[];
  readonly faults: string[];
}
type Answer = Record<string, unknown>;
type Path = readonly (string | number)[];

/** An answer to a query that went through `naming`, without protection and with it. */
export function compare(open: unknown, ours: unknown, path: Path, compared: Compared): void {
  const fault = (what: string): void => void compared.faults.push(`${path.join('.')} ${what}`);
  if (ours === null || ours === undefined) {
    if (open !== null && open !== undefined && !compared.told.some((told) => related(told, path))) fault('is lost');
  } else if (Array.isArray(open)) open.forEach((each, index) => compare(each, (ours as unknown[])[index], [...path, index], compared));
  else if (open !== null && typeof open === 'object') compareObjects(open as Answer, ours as Answer, path, compared);
  else if (open !== ours) fault('is another value');
}

function compareObjects(open: Answer, ours: Answer, path: Path, compared: Compared): void {
  const said = open[TYPE];
  const typeName = typeof said === 'string' ? said : 'Query';
  if (compared.hidden.type(typeName)) compared.faults.push(`${path.join('.')} is a ${typeName}`);
  for (const key of Object.keys(ours)) if (!(key in open)) compared.faults.push(`${path.join('.')}.${key} is too much`);
  for (const [key, value] of Object.entries(open)) {
    const shown = ours[key] !== null && ours[key] !== undefined;
    if (shown && compared.hidden.field(typeName, nameOf(key))) compared.faults.push(`${path.join('.')}.${key} is of ${typeName}`);
    compare(value, ours[key], [...path, key], compared);
  }
}

const related = (told: Path, path: Path): boolean => told.every((key, index) => index >= path.length || key === path[index] || key === '@' || path[index] === '@');

const BETWEEN = '_is_';
const nameOf = (key: string): string => key.split(BETWEEN).at(-1) ?? key;

/** Every object says what it is, and every alias what it is of. */
export function naming(query: string): string {
  const name = (value: string) => ({ kind: Kind.NAME as const, value });
  return print(visit(parse(query), {
    Field: (node) => (node.alias === undefined ? undefined : { ...node, alias: name(`${node.alias.value}${BETWEEN}${node.name.value}`) }),
    SelectionSet: (node, _, parent) => (parent !== undefined && !Array.isArray(parent) && 'operation' in parent ? undefined
      : { ...node, selections: [...node.selections, { kind: Kind.FIELD as const, alias: name(TYPE), name: name('__typename') }] }),
  }));
}
