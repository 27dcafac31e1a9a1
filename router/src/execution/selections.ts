/** Reads a client's selections as the specification's CollectFields does, once per type, with `@skip` and `@include` kept as conditions. */
import {
  type DirectiveNode, type FieldNode, type FragmentDefinitionNode, type GraphQLCompositeType, type GraphQLSchema,
  isAbstractType, isInterfaceType, isObjectType, Kind, type SelectionSetNode,
} from 'graphql';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** All of these must hold: the variable has the wanted value. */
export type Conditions = readonly { readonly variable: string; readonly wanted: boolean }[];

export interface CollectedField {
  readonly nodes: FieldNode[];
  /** Any of these suffices; an empty one always holds. */
  readonly conditions: Conditions[];
}

export function collectFields(
  schema: GraphQLSchema, type: GraphQLCompositeType, sets: readonly SelectionSetNode[], fragments: Fragments,
): Map<string, CollectedField> {
  const fields = new Map<string, CollectedField>();
  for (const set of sets) collectSet(set, [], { schema, type, fragments, fields });
  return fields;
}

interface Collecting {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLCompositeType;
  readonly fragments: Fragments;
  readonly fields: Map<string, CollectedField>;
}

function collectSet(set: SelectionSetNode, outer: Conditions, collecting: Collecting): void {
  for (const selection of set.selections) {
    const conditions = withConditions(outer, selection.directives ?? []);
    if (conditions === 'never') continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const field = collecting.fields.get(key);
      if (field === undefined) collecting.fields.set(key, { nodes: [selection], conditions: [conditions] });
      else {
        field.nodes.push(selection);
        field.conditions.push(conditions);
      }
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? collecting.fragments[selection.name.value] : selection;
    if (fragment !== undefined && applies(collecting, fragment.typeCondition?.name.value)) collectSet(fragment.selectionSet, conditions, collecting);
  }
}

/** Directives are looked at one by one: both may be there, and both must agree. */
export function withConditions(outer: Conditions, directives: readonly DirectiveNode[]): Conditions | 'never' {
  let conditions = outer;
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = given?.[0]?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return 'never';
    if (value?.kind === Kind.VARIABLE) conditions = [...conditions, { variable: value.name.value, wanted }];
  }
  return conditions;
}

function applies({ schema, type }: Collecting, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditional, type);
}
