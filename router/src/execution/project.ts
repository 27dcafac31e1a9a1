/**
 * Writes the response: what the client selected, in its order, straight to JSON text. Compiled once per operation.
 * A null where the schema allows none takes its parent with it, as the specification says; where that happens is
 * found by a second pass, so that the first one keeps no paths.
 */
import {
  getNamedType, type GraphQLCompositeType, type GraphQLInterfaceType, type GraphQLLeafType, type GraphQLOutputType, type GraphQLSchema, isAbstractType, isEnumType,
  isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, type SelectionSetNode,
} from 'graphql';
import type { Naming } from './naming.ts';
import type { Data } from './run.ts';
import { typeNeeded } from './unresolved.ts';
import { collectFields, type ConditionalSet, type Conditions, type Fragments, setsBelow } from './selections.ts';

/** A null that its place does not allow; the nearest nullable parent becomes null. */
const MISSING = Symbol('missing');
type Written = string | typeof MISSING;

export interface Problem {
  readonly kind: 'missing' | 'hidden';
  readonly path: (string | number)[];
  /** `Type.field` for a missing value, the type's name for an object that may not be seen. */
  readonly coordinate: string;
}

export interface Projection {
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** `shared` are objects that stand in several places of the data: they are written once. */
export type Project = (data: Data, variables: Readonly<Record<string, unknown>>, shared?: ReadonlySet<object>) => Projection;

/** What the principal may not see; both answer false when nothing is protected. */
export interface Visibility {
  fieldHidden(typeName: string, fieldName: string): boolean;
  typeHidden(typeName: string): boolean;
}

const PROBLEMS_MAX = 20;

interface Pass {
  readonly variables: Readonly<Record<string, unknown>>;
  path: (string | number)[] | null;
  readonly shared: ReadonlySet<object> | undefined;
  readonly texts: Map<ObjectWriter, Map<object, string>>;
  readonly problems: Problem[];
  /** Counts nulls that need no further explanation. */
  reasons: number;
  troubled: boolean;
}

type Writer = (value: unknown, pass: Pass) => Written;
type ObjectWriter = (value: Data, pass: Pass) => Written;

/** How the data is read. */
export interface Reading { readonly naming: Naming; readonly visibility: Visibility }

export function compileProjection(
  schema: GraphQLSchema, root: GraphQLCompositeType, selectionSet: SelectionSetNode, fragments: Fragments, { naming, visibility }: Reading,
): Project {
  const write = objectWriter({ schema, fragments, naming, visibility }, root, [{ set: selectionSet, conditions: [] }]);
  return (data, variables, shared) => {
    const pass: Pass = { variables, path: null, shared, texts: new Map(), problems: [], reasons: 0, troubled: false };
    const written = write(data, pass);
    const text = written === MISSING ? 'null' : written;
    if (!pass.troubled) return { text, problems: [] };
    pass.path = [];
    write(data, pass);
    return { text, problems: pass.problems };
  };
}

interface Compiling {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly naming: Naming;
  readonly visibility: Visibility;
}

interface FieldWriter {
  readonly key: string;
  /** The key in the data. */
  readonly from: string;
  /** `"key":` */
  readonly head: string;
  readonly conditions: readonly Conditions[] | null;
  readonly write: (value: unknown, pass: Pass, parent: Data) => Written;
}

function objectWriter(compiling: Compiling, type: GraphQLCompositeType, sets: readonly ConditionalSet[]): ObjectWriter {
  const fields = fieldWriters(compiling, type, sets);
  return (value, pass) => {
    let text = '{';
    for (const { key, from, head, conditions, write } of fields) {
      if (conditions !== null && !conditions.some((all) => all.every(({ variable, wanted }) => (pass.variables[variable] === true) === wanted))) continue;
      pass.path?.push(key);
      const written = write(value[from], pass, value);
      pass.path?.pop();
      if (written === MISSING) return MISSING;
      text += text.length === 1 ? head + written : `,${head}${written}`;
    }
    return `${text}}`;
  };
}

function fieldWriters(compiling: Compiling, type: GraphQLCompositeType, sets: readonly ConditionalSet[]): FieldWriter[] {
  return [...collectFields(compiling.schema, type, sets, compiling.fragments)].flatMap(([key, occurrences]) => {
    const name = occurrences[0]?.node.name.value ?? '';
    const conditions = occurrences.map((occurrence) => occurrence.conditions);
    const from = occurrences[0] === undefined ? key : compiling.naming.keyOf(type.name, occurrences[0].node);
    const common = { key, from, head: `${JSON.stringify(key)}:`, conditions: conditions.some((all) => all.length === 0) ? null : conditions };
    if (name === '__typename') return [{ ...common, write: typenameWriter(type) }];
    if (name.startsWith('__')) return [{ ...common, write: jsonWriter }];
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    if (field === undefined) return [];
    const hidden = compiling.visibility.fieldHidden(type.name, name);
    return [{ ...common, write: hidden ? hiddenWriter(field.type) : outputWriter(compiling, field.type, setsBelow(occurrences), `${type.name}.${name}`) }];
  });
}

const typenameWriter = (type: GraphQLCompositeType) => (value: unknown, _: Pass, parent: Data): Written =>
  JSON.stringify(isObjectType(type) ? type.name : (value ?? parent['__typename'] ?? null));

const jsonWriter: Writer = (value) => JSON.stringify(value ?? null);

/** The client has been told already; only the null has to be put where it may be. */
const hiddenWriter = (type: GraphQLOutputType): Writer => (_, pass) => {
  pass.reasons += 1;
  return isNonNullType(type) ? MISSING : 'null';
};

function note(pass: Pass, kind: Problem['kind'], coordinate: string): void {
  pass.reasons += 1;
  if (pass.path === null) pass.troubled = true;
  else if (pass.problems.length < PROBLEMS_MAX) pass.problems.push({ kind, path: [...pass.path], coordinate });
}

function outputWriter(compiling: Compiling, type: GraphQLOutputType, sets: readonly ConditionalSet[], coordinate: string): Writer {
  if (!isNonNullType(type)) return nullableWriter(compiling, type, sets, coordinate);
  const write = nullableWriter(compiling, type.ofType, sets, coordinate);
  return (value, pass) => {
    const reasons = pass.reasons;
    const written = write(value, pass);
    if (written !== 'null') return written;
    // A null that came from below has its reason there.
    if (pass.reasons === reasons) note(pass, 'missing', coordinate);
    return MISSING;
  };
}

function nullableWriter(compiling: Compiling, type: GraphQLOutputType, sets: readonly ConditionalSet[], coordinate: string): Writer {
  if (isListType(type)) return listWriter(outputWriter(compiling, type.ofType, sets, coordinate));
  const named = getNamedType(type);
  if (isLeafType(named)) return leafWriter(named);
  const write = isObjectType(named) ? concreteWriter(compiling, named, sets) : abstractWriter(compiling, named as GraphQLCompositeType, sets);
  return (value, pass) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'null';
    const written = pass.shared?.has(value) === true && pass.path === null ? once(write, value as Data, pass) : write(value as Data, pass);
    return written === MISSING ? 'null' : written;
  };
}

/** A text that leaves something to explain is written at each of its places, because the explanation names the place. */
function once(write: ObjectWriter, value: Data, pass: Pass): Written {
  let texts = pass.texts.get(write);
  if (texts === undefined) pass.texts.set(write, texts = new Map());
  const known = texts.get(value);
  if (known !== undefined) return known;
  const { reasons } = pass;
  const written = write(value, pass);
  if (written !== MISSING && pass.reasons === reasons) texts.set(value, written);
  return written;
}

function listWriter(write: Writer): Writer {
  return (value, pass) => {
    if (!Array.isArray(value)) return 'null';
    let text = '[';
    for (let index = 0; index < value.length; index += 1) {
      pass.path?.push(index);
      const written = write(value[index], pass);
      pass.path?.pop();
      if (written === MISSING) return 'null';
      text += index === 0 ? written : `,${written}`;
    }
    return `${text}]`;
  };
}

function leafWriter(type: GraphQLLeafType): Writer {
  if (isEnumType(type)) {
    // A subgraph may know values that the API does not have.
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (value) => texts.get(value as string) ?? 'null';
  }
  return (value) => {
    switch (typeof value) {
      case 'string': return JSON.stringify(value);
      case 'number':
      case 'boolean': return String(value);
      case 'object': return value === null ? 'null' : JSON.stringify(value);
      default: return 'null';
    }
  };
}

/** Compiled at the first value: recursive selections would have no end otherwise, and many types never occur. */
function concreteWriter(compiling: Compiling, type: GraphQLCompositeType, sets: readonly ConditionalSet[]): ObjectWriter {
  let write: ObjectWriter | undefined;
  if (compiling.visibility.typeHidden(type.name)) return hiddenObject(type.name);
  return (value, pass) => (write ??= objectWriter(compiling, type, sets))(value, pass);
}

function hiddenObject(coordinate: string): ObjectWriter {
  return (_, pass) => {
    note(pass, 'hidden', coordinate);
    return MISSING;
  };
}

function abstractWriter(compiling: Compiling, type: GraphQLCompositeType, sets: readonly ConditionalSet[]): ObjectWriter {
  const writers = new Map<unknown, ObjectWriter | null>();
  return (value, pass) => {
    const typename = value['__typename'];
    let write = writers.get(typename);
    if (write === undefined) writers.set(typename, write = writerOf(compiling, type, typename, sets));
    return write === null ? MISSING : write(value, pass);
  };
}

/**
 * Without a type name, or with the interface's own (an `@interfaceObject` knows no other), only what is selected on the
 * abstract type itself can apply. `null` for a type that cannot stand here.
 */
function writerOf(compiling: Compiling, type: GraphQLCompositeType, typename: unknown, sets: readonly ConditionalSet[]): ObjectWriter | null {
  if (typename === undefined) return unnamedWriter(compiling, type, sets);
  const actual = typeof typename === 'string' ? compiling.schema.getType(typename) : undefined;
  if (isInterfaceType(actual)) return interfaceWriter(compiling, actual, sets);
  const possible = isObjectType(actual) && compiling.schema.getPossibleTypes(type as never).includes(actual);
  return possible ? concreteWriter(compiling, actual, sets) : null;
}

/** Nobody has said of what kind it is: it can be written only where that makes no difference. */
function interfaceWriter(compiling: Compiling, type: GraphQLInterfaceType, sets: readonly ConditionalSet[]): ObjectWriter {
  const write = unnamedWriter(compiling, type, sets);
  const needed = typeNeeded(compiling.schema, type, sets, compiling.fragments);
  if (needed.length === 0) return write;
  return (value, pass) => {
    if (!needed.some((all) => all.every(({ variable, wanted }) => (pass.variables[variable] === true) === wanted))) return write(value, pass);
    note(pass, 'missing', type.name);
    return MISSING;
  };
}

/** It could be of a kind that may not be seen. */
function unnamedWriter(compiling: Compiling, type: GraphQLCompositeType, sets: readonly ConditionalSet[]): ObjectWriter {
  const kinds = isAbstractType(type) ? compiling.schema.getPossibleTypes(type) : [];
  return kinds.some(({ name }) => compiling.visibility.typeHidden(name)) ? hiddenObject(type.name) : concreteWriter(compiling, type, sets);
}
