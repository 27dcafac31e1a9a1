/** Answers `__schema` and `__type` from the API schema, without a subgraph. */
import { type DocumentNode, execute, type GraphQLSchema, Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { Data } from './run.ts';
import type { Fragments } from './selections.ts';

export type Introspect = (variables: Readonly<Record<string, unknown>>) => Promise<Data>;

/** `null` when the operation asks nothing about the schema. */
export function introspection(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments): Introspect | null {
  const selectionSet = onlyIntrospection(operation.selectionSet, fragments);
  if (selectionSet.selections.length === 0) return null;
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...Object.values(fragments)] };
  return async (variableValues) => {
    const { data } = await execute({ schema, document, variableValues, rootValue: {} });
    return data ?? {};
  };
}

function onlyIntrospection(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__schema' || selection.name.value === '__type' ? [selection] : [];
    const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    if (inner === undefined) return [];
    const selectionSet = onlyIntrospection(inner.selectionSet, fragments);
    if (selectionSet.selections.length === 0) return [];
    return [{ kind: Kind.INLINE_FRAGMENT, selectionSet, ...(selection.directives === undefined ? {} : { directives: selection.directives }) }];
  });
  return { kind: Kind.SELECTION_SET, selections };
}
