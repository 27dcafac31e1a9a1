/**
 * Reads the `@defer` of an operation. Its fragments are written out and each `@defer` gets a label of its own, so
 * that one fragment used in two places is two parts, each with its own place in the response.
 */
import {
  type FieldNode, type FragmentSpreadNode, getNamedType, type GraphQLCompositeType, type GraphQLSchema, type InlineFragmentNode, isCompositeType, Kind,
  type OperationDefinitionNode, type SelectionNode, type SelectionSetNode, visit, type ASTNode,
} from 'graphql';
import type { Naming } from './naming.ts';
import { type Conditions, type Fragments, withConditions } from './selections.ts';

/** One step of the way to a deferred part: the object must be of all these types, then the key is followed. */
export interface PartStep {
  readonly types: readonly string[];
  readonly key: string;
  /** The key in the data. */
  readonly from: string;
}

/** One `@defer` in one place. */
export interface DeferredPart {
  readonly id: string;
  /** What the client calls it. */
  readonly label: string | undefined;
  /** The parts it lies in; it is sent after them. */
  readonly parents: readonly string[];
  readonly path: readonly PartStep[];
  /** The object at the end of the path must be of all these types. */
  readonly types: readonly string[];
  /** The type that the fragment's place has. */
  readonly type: GraphQLCompositeType;
  readonly set: SelectionSetNode;
  readonly conditions: Conditions;
}

export interface Deferral {
  readonly operation: OperationDefinitionNode;
  readonly parts: readonly DeferredPart[];
}

interface Place {
  readonly type: GraphQLCompositeType;
  readonly path: readonly PartStep[];
  readonly types: readonly string[];
  readonly conditions: Conditions;
  readonly parents: readonly string[];
}

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly naming: Naming;
  readonly parts: DeferredPart[];
}

const DEFER = 'defer';

/** `null` when nothing is deferred. A subscription's events are whole. */
export function deferralOf(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments, naming: Naming): Deferral | null {
  const root = schema.getRootType(operation.operation);
  if (root == null || operation.operation === 'subscription' || ![operation, ...Object.values(fragments)].some(defers)) return null;
  const reading: Reading = { schema, fragments, naming, parts: [] };
  const selectionSet = readSet(operation.selectionSet, { type: root, path: [], types: [], conditions: [], parents: [] }, reading);
  return reading.parts.length === 0 ? null : { operation: { ...operation, selectionSet }, parts: reading.parts };
}

function defers(node: ASTNode): boolean {
  let found = false;
  visit(node, {
    Directive({ name }) {
      found ||= name.value === DEFER;
    },
  });
  return found;
}

/** The same, with everything told at once. */
export const withoutDefer = <T extends ASTNode>(node: T): T => visit<T>(node, { Directive: ({ name }) => (name.value === DEFER ? null : undefined) });

const readSet = (set: SelectionSetNode, place: Place, reading: Reading): SelectionSetNode =>
  ({ kind: Kind.SELECTION_SET, selections: set.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [readField(selection, place, reading)] : readFragment(selection, place, reading))) });

function readField(field: FieldNode, place: Place, reading: Reading): FieldNode {
  const definition = 'getFields' in place.type ? place.type.getFields()[field.name.value] : undefined;
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  if (field.selectionSet === undefined || !isCompositeType(type)) return field;
  const path = [...place.path, { types: place.types, key: (field.alias ?? field.name).value, from: reading.naming.keyOf(place.type.name, field) }];
  return { ...field, selectionSet: readSet(field.selectionSet, { ...place, type, path, types: [], conditions: and(place.conditions, field) }, reading) };
}

/** What never holds is never a part: its conditions can be anything then. */
function and(conditions: Conditions, { directives }: SelectionNode): Conditions {
  const all = withConditions(conditions, (directives ?? []).filter(({ name }) => name.value !== DEFER));
  return all === 'never' ? NEVER : all;
}

const NEVER: Conditions = [{ variable: '', wanted: true }];

function readFragment(selection: FragmentSpreadNode | InlineFragmentNode, place: Place, reading: Reading): SelectionNode[] {
  const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? reading.fragments[selection.name.value] : selection;
  const condition = fragment?.typeCondition;
  const type = condition === undefined ? place.type : reading.schema.getType(condition.name.value);
  if (fragment === undefined || !isCompositeType(type)) return [];
  const types = condition === undefined ? place.types : [...place.types, condition.name.value];
  const inside: Place = { ...place, type, types, conditions: and(place.conditions, selection) };
  const written = (set: SelectionSetNode, directives: SelectionNode['directives'] = []): InlineFragmentNode =>
    ({ kind: Kind.INLINE_FRAGMENT, selectionSet: set, directives, ...(condition === undefined ? {} : { typeCondition: condition }) });

  const when = deferredWhen(selection);
  const directives = selection.directives?.filter(({ name }) => name.value !== DEFER);
  if (when === NOT) return [written(readSet(fragment.selectionSet, inside, reading), directives)];

  const id = `p${reading.parts.length}`;
  const conditions = when === ALWAYS ? inside.conditions : [...inside.conditions, { variable: when, wanted: true }];
  const position = reading.parts.push({ ...inside, id, label: labelOf(selection), conditions, set: fragment.selectionSet }) - 1;
  const set = readSet(fragment.selectionSet, { ...inside, parents: [...place.parents, id] }, reading);
  reading.parts[position] = { ...reading.parts[position] as DeferredPart, set };
  return [written(set, [...directives ?? [], deferAs(id, when)])];
}

const ALWAYS = ' always'; // no variable has such a name
const NOT = ' never';

/** The variable that decides, or what is decided. */
function deferredWhen({ directives }: SelectionNode): string {
  const directive = directives?.find(({ name }) => name.value === DEFER);
  if (directive === undefined) return NOT;
  const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
  if (value?.kind === Kind.VARIABLE) return value.name.value;
  return value?.kind === Kind.BOOLEAN && !value.value ? NOT : ALWAYS;
}

function labelOf({ directives }: SelectionNode): string | undefined {
  const value = directives?.find(({ name }) => name.value === DEFER)?.arguments?.find(({ name }) => name.value === 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function deferAs(id: string, when: string): NonNullable<SelectionNode['directives']>[number] {
  const argument = (name: string, value: object): never => ({ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value }) as never;
  return {
    kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: DEFER },
    arguments: [
      argument('label', { kind: Kind.STRING, value: id }),
      ...(when === ALWAYS ? [] : [argument('if', { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: when } })]),
    ],
  };
}
