/**
 * Planners ask for keys and required fields under their own names, beside what the client asks for. Where a client
 * calls something else by such a name, or gives the field other arguments, both cannot stand at one place of the
 * data: the client's is kept under another name, and gets its own back in the response.
 */
import {
  type ASTNode, type ConstDirectiveNode, type DocumentNode, type FieldNode, type GraphQLSchema, Kind, type OperationDefinitionNode, TypeInfo, visit, visitWithTypeInfo,
} from 'graphql';
import { directiveArguments } from '../supergraph/features.ts';
import type { Fragments } from './selections.ts';

export interface Naming {
  /** The key in the data, for a response key of the client. */
  keyOf(typeName: string, node: FieldNode): string;
  /** The other way round; any other key stays as it is. */
  clientKey<T extends string | number>(key: T): T | string;
}

const SUFFIX = '__asked';

export function namingFor(supergraph: DocumentNode, api: GraphQLSchema): Naming {
  const reserved = plannersNames(supergraph);
  const withArguments = new Set<string>();
  for (const type of Object.values(api.getTypeMap()))
    if ('getFields' in type) for (const field of Object.values(type.getFields())) if ('args' in field && field.args.length > 0) withArguments.add(field.name);
  const roots = new Set([api.getQueryType()?.name, api.getMutationType()?.name, api.getSubscriptionType()?.name]);
  const renamed = new Map([...reserved].map((name) => [name + SUFFIX, name]));
  return {
    keyOf(typeName, node) {
      const name = node.name.value;
      const key = node.alias?.value ?? name;
      if (!reserved.has(key) || roots.has(typeName) || (key === name && !withArguments.has(name))) return key;
      return key + SUFFIX;
    },
    clientKey: (key) => (typeof key === 'string' ? renamed.get(key) ?? key : key),
  };
}

/** The operation as it is planned. */
export function named(api: GraphQLSchema, naming: Naming, operation: OperationDefinitionNode, fragments: Fragments): readonly ASTNode[] {
  const types = new TypeInfo(api);
  return [operation, ...Object.values(fragments)].map((node): ASTNode => visit(node, visitWithTypeInfo(types, {
    Field(field): FieldNode | undefined {
      const key = (field.alias ?? field.name).value;
      const planned = naming.keyOf(types.getParentType()?.name ?? '', field);
      return planned === key ? undefined : { ...field, alias: { kind: Kind.NAME, value: planned } };
    },
  })));
}

function plannersNames(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set(['__typename']);
  const take = (selection: unknown): void => {
    if (typeof selection === 'string') for (const [name] of selection.replaceAll(/\([^)]*\)|\.\.\.\s*on\s+\w+/g, ' ').matchAll(/[_A-Za-z]\w*/g)) names.add(name);
  };
  const read = (directive: ConstDirectiveNode): void => {
    if (directive.name.value !== 'join__type' && directive.name.value !== 'join__field') return;
    const { key, requires, contextArguments } = directiveArguments(directive);
    take(key);
    take(requires);
    if (Array.isArray(contextArguments)) for (const { selection } of contextArguments as readonly { readonly selection?: unknown }[]) take(selection);
  };
  visit(supergraph, { Directive: (node) => read(node as ConstDirectiveNode) });
  return names;
}
