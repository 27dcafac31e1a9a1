/**
 * `@skip` and `@include`, decided before an operation is planned: a plan without conditions is simpler, fetches no more
 * than is asked for, and meets none of what planners get wrong where conditions meet.
 */
import { type ASTNode, type DirectiveNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** Each doubles the plans that an operation can have; with more, the plan keeps its conditions. */
const SWITCHES_MAX = 6;

export type Switches = Readonly<Record<string, boolean>>;

const isSwitch = ({ name }: DirectiveNode): boolean => name.value === 'skip' || name.value === 'include';

const conditionOf = ({ arguments: given }: DirectiveNode) => given?.find(({ name }) => name.value === 'if')?.value;

/** The variables that decide what is selected; none where they are too many. */
export function switchesOf(nodes: readonly ASTNode[]): readonly string[] {
  const names = new Set<string>();
  for (const node of nodes) visit(node, {
    Directive(directive) {
      const condition = isSwitch(directive) ? conditionOf(directive) : undefined;
      if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
    },
  });
  return names.size > SWITCHES_MAX ? [] : [...names];
}

export const switchesIn = (names: readonly string[], variables: Readonly<Record<string, unknown>>): Switches =>
  Object.fromEntries(names.map((name) => [name, variables[name] === true]));

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** The same for these values, and for every literal condition. */
export function decided<T extends ASTNode>(node: T, switches: Switches): T {
  const valueOf = (directive: DirectiveNode): boolean | null => {
    const condition = conditionOf(directive);
    if (condition?.kind === Kind.BOOLEAN) return condition.value;
    return condition?.kind === Kind.VARIABLE ? switches[condition.name.value] ?? null : null;
  };
  const selection = <N extends { readonly directives?: readonly DirectiveNode[] | undefined }>(one: N): N | null | undefined => {
    const conditions = (one.directives ?? []).filter(isSwitch);
    if (conditions.length === 0) return undefined;
    if (conditions.some((directive) => valueOf(directive) === (directive.name.value === 'skip'))) return null;
    return { ...one, directives: one.directives?.filter((directive) => !isSwitch(directive) || valueOf(directive) === null) };
  };
  return visit<T>(node, {
    Field: selection, InlineFragment: selection, FragmentSpread: selection,
    SelectionSet: { leave: (set): SelectionSetNode | undefined => (set.selections.length === 0 ? { ...set, selections: [TYPENAME] } : undefined) },
  });
}
