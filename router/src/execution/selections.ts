/** Reads a client's selections as the specification's CollectFields does, once per type, with `@skip` and `@include` kept as conditions. */
import {
  type DirectiveNode, type FieldNode, type FragmentDefinitionNode, type GraphQLCompositeType, type GraphQLSchema,
  isAbstractType, isInterfaceType, isObjectType, Kind, type SelectionSetNode,
} from 'graphql';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** All of these must hold: the variable has the wanted value. */
export type Conditions = readonly { readonly variable: string; readonly wanted: boolean }[];

/** One place where a field is selected; the field is in the response if any of its places holds. */
export interface Occurrence {
  readonly node: FieldNode;
  readonly conditions: Conditions;
}

/** A selection set that only counts where its conditions hold. */
export interface ConditionalSet {
  readonly set: SelectionSetNode;
  readonly conditions: Conditions;
}

/** By response key, in the order of the response. */
export function collectFields(
  schema: GraphQLSchema, type: GraphQLCompositeType, sets: readonly ConditionalSet[], fragments: Fragments,
): Map<string, Occurrence[]> {
  const fields = new Map<string, Occurrence[]>();
  for (const { set, conditions } of sets) collectSet(set, conditions, { schema, type, fragments, fields });
  return fields;
}

/** What is selected below a field. A place that does not hold must not add to what is selected at one that does. */
export function setsBelow(occurrences: readonly Occurrence[]): ConditionalSet[] {
  const alone = occurrences.length === 1;
  return occurrences.flatMap(({ node, conditions }) => (node.selectionSet === undefined ? [] : [{ set: node.selectionSet, conditions: alone ? [] : conditions }]));
}

interface Collecting {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLCompositeType;
  readonly fragments: Fragments;
  readonly fields: Map<string, Occurrence[]>;
}

function collectSet(set: SelectionSetNode, outer: Conditions, collecting: Collecting): void {
  for (const selection of set.selections) {
    const conditions = withConditions(outer, selection.directives ?? []);
    if (conditions === 'never') continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const known = collecting.fields.get(key);
      if (known === undefined) collecting.fields.set(key, [{ node: selection, conditions }]);
      else known.push({ node: selection, conditions });
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? collecting.fragments[selection.name.value] : selection;
    if (fragment !== undefined && applies(collecting, fragment.typeCondition?.name.value)) collectSet(fragment.selectionSet, conditions, collecting);
  }
}

/** Directives are looked at one by one: all may be there, and all must agree. What is deferred is not here but in its own part. */
export function withConditions(outer: Conditions, directives: readonly DirectiveNode[]): Conditions | 'never' {
  let conditions = outer;
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include' && name.value !== 'defer') continue;
    const wanted = name.value === 'include';
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (value === undefined) return 'never';
    if (value.kind === Kind.BOOLEAN && value.value !== wanted) return 'never';
    if (value.kind === Kind.VARIABLE) conditions = [...conditions, { variable: value.name.value, wanted }];
  }
  return conditions;
}

function applies({ schema, type }: Collecting, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditional, type);
}
