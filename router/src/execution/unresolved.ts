/**
 * Whether what is selected depends on an object's own type. Where a subgraph knows an entity only by its interface and
 * nobody has said what it is, such an object cannot be written.
 */
import {
  type FragmentSpreadNode, type GraphQLCompositeType, type GraphQLInterfaceType, type GraphQLSchema, type InlineFragmentNode, isAbstractType, isCompositeType, Kind, type SelectionSetNode,
} from 'graphql';
import { type ConditionalSet, type Conditions, type Fragments, withConditions } from './selections.ts';

/** The conditions of each place that does; empty when none does. */
export function typeNeeded(schema: GraphQLSchema, type: GraphQLInterfaceType, sets: readonly ConditionalSet[], fragments: Fragments): readonly Conditions[] {
  const found: Conditions[] = [];
  const kinds = schema.getPossibleTypes(type);
  const canBe = (condition: GraphQLCompositeType): boolean => kinds.some((kind) => (isAbstractType(condition) ? schema.isSubType(condition, kind) : condition === kind));

  const lookInto = (selection: FragmentSpreadNode | InlineFragmentNode, conditions: Conditions): void => {
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    const condition = fragment?.typeCondition === undefined ? type : schema.getType(fragment.typeCondition.name.value);
    if (fragment === undefined || !isCompositeType(condition)) return;
    if (condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))) look(fragment.selectionSet, conditions);
    else if (canBe(condition)) found.push(conditions);
  };
  const look = (set: SelectionSetNode, outer: Conditions): void => {
    for (const selection of set.selections) {
      const conditions = withConditions(outer, selection.directives ?? []);
      if (conditions === 'never') continue;
      if (selection.kind !== Kind.FIELD) lookInto(selection, conditions);
      else if (selection.name.value === '__typename') found.push(conditions);
    }
  };
  for (const { set, conditions } of sets) look(set, conditions);
  return found;
}
