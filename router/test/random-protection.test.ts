/**
 * Random protection of random types and fields, random principals, random operations, replayable by the printed seed: no subgraph is asked for what may
 * not be read, nothing of it is answered under any name, and everything else is as without protection, or lies where the client was told.
 */
import {
  getNamedType, type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, Kind, parse, print, type SelectionSetNode, TypeInfo, visit, visitWithTypeInfo,
} from 'graphql';
import { expect, test } from 'vitest';
import type { Dial } from '../src/dial/transport.ts';
import { standardLimits } from '../src/security/limits.ts';
import { ask, engineOf, federate, type Federation, type Reply, someone } from './federation.ts';
import { monolith, parts, withFaults } from './library.ts';
import { randomFrom, randomOperation } from './random-operations.ts';

const SEED = Number(process.env['PROTECTION_SEED'] ?? 4_100);
const SCHEMAS = Number(process.env['PROTECTION_SCHEMAS'] ?? 8);
const OPERATIONS = Number(process.env['PROTECTION_OPERATIONS'] ?? 20);
const TYPE = 'zz'; // under this alias every object says what it is

const federation = federate(parts);
const whole = monolith();
const unlimited = { ...standardLimits, depthMax: 100, heightMax: 1e6, aliasesMax: 1e6, rootFieldsMax: 1e6, directivesMax: 1e6, costMax: Infinity };

/** What each place demands: a scope, or the policy that stands for its name. */
type Protection = ReadonlyMap<string, { readonly kind: 'scope' | 'policy'; readonly name: string }>;

/** Composition would demand much of this to be repeated; a supergraph may come from elsewhere. */
function protect(sdl: string, random: () => number): { readonly sdl: string; readonly protection: Protection } {
  const protection = new Map<string, { kind: 'scope' | 'policy'; name: string }>();
  const name = (): string => `s${Math.floor(random() * 4)}`;
  for (const type of Object.values(whole.getTypeMap())) {
    if (type.name.startsWith('__') || type === whole.getQueryType() || ['Int', 'Float', 'String', 'Boolean', 'ID'].includes(type.name)) continue;
    const kind = isInterfaceType(type) ? 'policy' : 'scope';
    if (random() < 0.12 && !(isAbstractType(type) && !isInterfaceType(type))) protection.set(type.name, { kind, name: name() });
    if (isObjectType(type) || isInterfaceType(type)) for (const field of Object.keys(type.getFields())) if (field !== 'id' && random() < 0.12) protection.set(`${type.name}.${field}`, { kind, name: name() });
  }
  for (const field of Object.keys(whole.getQueryType()?.getFields() ?? {})) if (random() < 0.08) protection.set(`Query.${field}`, { kind: 'scope', name: name() });
  const mark = (coordinate: string): string => {
    const demand = protection.get(coordinate);
    if (demand === undefined) return '';
    return demand.kind === 'scope' ? `@requiresScopes(scopes: [["${demand.name}"]])` : `@policy(policies: [["${demand.name}"]])`;
  };
  let within = '';
  const marked = visit(parse(sdl), {
    enter(node) {
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) within = node.name.value;
      if (!('directives' in node) || !('name' in node) || node.name === undefined) return undefined;
      const coordinate = node.kind === Kind.FIELD_DEFINITION ? `${within}.${node.name.value}` : node.name.value;
      const added = node.kind.endsWith('TypeDefinition') || node.kind === Kind.FIELD_DEFINITION ? mark(coordinate) : '';
      return added === '' ? undefined : { ...node, directives: [...(node.directives ?? []), ...directivesOf(added)] };
    },
  });
  const links = '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)';
  const definitions = `directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
    directive @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM scalar requiresScopes__Scope scalar policy__Policy`;
  return { sdl: `${print(marked).replace(/schema(\s+@link)/, `schema ${links}$1`)}\n${definitions}`, protection };
}

const directivesOf = (text: string) => {
  const [definition] = parse(`scalar X ${text}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? definition.directives ?? [] : [];
};

interface Hidden { field(typeName: string, fieldName: string): boolean; type(typeName: string): boolean }

/** The rules again, in few words. */
function hiddenFrom(protection: Protection, held: ReadonlySet<string>): Hidden {
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
    const own = type(typeName) || unmet(`${typeName}.${fieldName}`) || interfacesOf(typeName).some((name) => unmet(`${name}.${fieldName}`)) || type(getNamedType(definition.type).name);
    const made = fieldName === 'shipping' && isObjectType(parent) && (field(typeName, 'price') || field(typeName, 'weight'));
    return own || made || (isInterfaceType(parent) && whole.getPossibleTypes(parent).some(({ name }) => field(name, fieldName)));
  };
  return { field, type };
}

/** Fields of subgraphs that were asked for and may not be, keys aside, and such values in representations. */
function asked(schema: GraphQLSchema, query: string, variables: unknown, hidden: Hidden): string[] {
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

const watching = (of: Federation, see: (subgraph: string, query: string, variables: unknown) => void): Dial => (subgraph) => {
  const transport = of.dial(subgraph);
  return {
    ...transport,
    execute(request, context) {
      see(subgraph.name, request.query, request.variables);
      return transport.execute(request, context);
    },
  };
};

interface Compared { readonly hidden: Hidden; readonly told: readonly (readonly (string | number)[])[]; readonly fragments: ReadonlyMap<string, SelectionSetNode & { readonly on?: string }>; readonly faults: string[] }
type Answer = Record<string, unknown>;

function compare(open: unknown, ours: unknown, at: { readonly sets: readonly SelectionSetNode[]; readonly path: readonly (string | number)[] }, compared: Compared): void {
  const explained = compared.told.some((path) => path.every((key, index) => index >= at.path.length || key === at.path[index] || key === '@' || at.path[index] === '@'));
  if (ours === null || ours === undefined) {
    if (open !== null && open !== undefined && !explained) compared.faults.push(`${at.path.join('.')} is lost`);
    return;
  }
  if (Array.isArray(open)) return open.forEach((each, index) => compare(each, (ours as unknown[])[index], { ...at, path: [...at.path, index] }, compared));
  if (open === null || typeof open !== 'object') return void (open !== ours && compared.faults.push(`${at.path.join('.')} is another value`));
  const typeName = String((open as Answer)[TYPE]);
  if (compared.hidden.type(typeName)) compared.faults.push(`${at.path.join('.')} is a ${typeName}`);
  for (const key of Object.keys(ours)) if (!(key in open)) compared.faults.push(`${at.path.join('.')}.${key} is too much`);
  for (const [key, value] of Object.entries(open as Answer)) {
    const selected = at.sets.flatMap((set) => occurrences(set, key, typeName, compared.fragments));
    const name = selected[0]?.name ?? '';
    const answer = (ours as Answer)[key];
    if (compared.hidden.field(typeName, name) && answer !== null && answer !== undefined) compared.faults.push(`${at.path.join('.')}.${key} is ${typeName}.${name}`);
    compare(value, answer, { sets: selected.flatMap(({ set }) => set ?? []), path: [...at.path, key] }, compared);
  }
}

function occurrences(set: SelectionSetNode, key: string, typeName: string, fragments: Compared['fragments']): { readonly name: string; readonly set: SelectionSetNode | undefined }[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === key ? [{ name: selection.name.value, set: selection.selectionSet }] : [];
    const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection.selectionSet;
    const on = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)?.on : selection.typeCondition?.name.value;
    const condition = whole.getType(on ?? typeName);
    const type = whole.getType(typeName);
    const applies = on === undefined || on === typeName || (isAbstractType(condition) && isObjectType(type) && whole.isSubType(condition, type));
    return inner !== undefined && applies ? occurrences(inner, key, typeName, fragments) : [];
  });
}

/** Every object says what it is. */
function typed(query: string): string {
  return print(visit(parse(query), {
    SelectionSet: (node, _, parent) => (parent !== undefined && !Array.isArray(parent) && 'operation' in parent ? undefined
      : { ...node, selections: [...node.selections, { kind: Kind.FIELD as const, alias: { kind: Kind.NAME as const, value: TYPE }, name: { kind: Kind.NAME as const, value: '__typename' } }] }),
  }));
}

test(`what may not be read is neither fetched nor answered, and the rest is as ever (seed ${SEED})`, async () => {
  withFaults(false);
  const open = await engineOf(federation, { authorization: false, limits: unlimited });
  let removals = 0;
  for (let seed = SEED; seed < SEED + SCHEMAS; seed += 1) {
    const random = randomFrom(seed);
    const { sdl, protection } = protect(federation.sdl, random);
    let see = (_: string, __: string, ___: unknown): void => {};
    const policies = Object.fromEntries(['s0', 's1', 's2', 's3'].map((name) => [name, ({ scopes }: { scopes: ReadonlySet<string> }) => scopes.has(name)]));
    const guarded = await engineOf({ ...federation, sdl }, { limits: unlimited, policies, dial: watching(federation, (...seen) => see(...seen)) });
    for (let turn = 0; turn < OPERATIONS; turn += 1) {
      const held = ['s0', 's1', 's2', 's3'].filter(() => random() < 0.5);
      const hidden = hiddenFrom(protection, new Set(held));
      const made = randomOperation(whole, random);
      const query = typed(made.query);
      const about = `seed ${seed}, turn ${turn}, holding ${held.join()}, ${JSON.stringify([...protection])}: ${query} ${JSON.stringify(made.variables)}`;
      const wrong: string[] = [];
      see = (name, text, variables) => void wrong.push(...asked(federation.subgraphs.find((each) => each.name === name)?.schema ?? whole, text, variables, hidden));
      const expected = await ask(open, query, made.variables);
      const actual: Reply = await ask(guarded, query, made.variables, someone(...held));
      expect(wrong, about).toEqual([]);
      const document = parse(query);
      const fragments = new Map(document.definitions.flatMap((definition): [string, SelectionSetNode & { on: string }][] =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, { ...definition.selectionSet, on: definition.typeCondition.name.value }]] : []));
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
      const told = (actual.errors ?? []).map(({ path }) => path ?? []);
      expect(actual.errors?.filter(({ extensions }) => extensions['code'] !== 'FORBIDDEN') ?? [], about).toEqual([]);
      const faults: string[] = [];
      compare({ ...(expected.data as object), [TYPE]: 'Query' }, actual.data === null ? null : { ...(actual.data as object), [TYPE]: 'Query' }, { sets: [operation.selectionSet], path: [] }, { hidden, told, fragments, faults });
      expect(faults, about).toEqual([]);
      removals += told.length;
      const all = await ask(guarded, query, made.variables, someone('s0', 's1', 's2', 's3'));
      expect(all, about).toEqual(expected);
    }
  }
  expect(removals).toBeGreaterThan(SCHEMAS * OPERATIONS / 4);
}, 120_000);
