/** Validates `@defer`: labels are literal and unique, and nothing is deferred that must happen, or arrive, in order. */
import { type ASTVisitor, type DirectiveNode, GraphQLError, Kind, type ValidationContext } from 'graphql';

export function deferRule(context: ValidationContext): ASTVisitor {
  const labels = new Set<string>();
  const schema = context.getSchema();
  let subscription = false;
  const refuse = (message: string, node: DirectiveNode): void => context.reportError(new GraphQLError(message, { nodes: node }));

  const checkLabel = (node: DirectiveNode): void => {
    const label = argumentOf(node, 'label');
    if (label?.kind === Kind.VARIABLE) refuse('The label of @defer must be a literal text.', node);
    if (label?.kind !== Kind.STRING) return;
    if (labels.has(label.value)) refuse(`There can be only one @defer with the label "${label.value}".`, node);
    labels.add(label.value);
  };
  const checkPlace = (node: DirectiveNode): void => {
    const type = context.getParentType();
    if (type != null && (type === schema.getMutationType() || type === schema.getSubscriptionType()))
      refuse(`@defer cannot be used on fields of the root type "${type.name}".`, node);
    const condition = argumentOf(node, 'if');
    const never = condition?.kind === Kind.BOOLEAN && !condition.value;
    if (subscription && !never) refuse('@defer cannot be used in a subscription.', node);
  };
  return {
    OperationDefinition({ operation }) {
      subscription = operation === 'subscription';
    },
    FragmentDefinition() {
      subscription = false;
    },
    Directive(node) {
      if (node.name.value !== 'defer') return;
      checkLabel(node);
      checkPlace(node);
    },
  };
}

const argumentOf = (node: DirectiveNode, name: string) => node.arguments?.find((argument) => argument.name.value === name)?.value;
