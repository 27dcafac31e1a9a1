/** Derives what a client may see of a supergraph: no federation types or directives, nothing `@inaccessible`. */
import {
  type ASTNode, type ConstDirectiveNode, type DefinitionNode, type DirectiveDefinitionNode, type DocumentNode, Kind, type NamedTypeNode, parse, visit,
} from 'graphql';
import { directiveName, isOfFeature, linkedFeatures } from './features.ts';

/** Directives on definitions that a client may see; all others say how the platform is built. */
const SHOWN = new Set(['deprecated', 'specifiedBy', 'oneOf']);
const EXECUTABLE = new Set(['QUERY', 'MUTATION', 'SUBSCRIPTION', 'FIELD', 'FRAGMENT_DEFINITION', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION']);

const DEFER = parse('directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT', { noLocation: true }).definitions;

/** `defer` says whether parts of an answer can be deferred: clients are told of `@defer` only then. */
export function apiDocument(document: DocumentNode, defer: boolean): DocumentNode {
  const features = linkedFeatures(document);
  const inaccessible = directiveName(features, 'inaccessible', 'inaccessible');
  const hidden = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): boolean =>
    inaccessible !== null && (node.directives?.some(({ name }) => name.value === inaccessible) ?? false);
  const definitions = document.definitions.filter((definition) => kept(definition, features) && !('directives' in definition && hidden(definition as never)));
  const gone = new Set(document.definitions.flatMap((definition) =>
    'name' in definition && definition.name !== undefined && !definitions.includes(definition) ? [definition.name.value] : []));
  const known = (type: NamedTypeNode): boolean => !gone.has(type.name.value);

  const offered = defer ? DEFER : [];
  return visit({ kind: Kind.DOCUMENT, definitions: [...definitions, ...offered] } satisfies DocumentNode, {
    Directive: (node) => (SHOWN.has(node.name.value) ? undefined : null),
    DirectiveDefinition: executableOnly,
    FieldDefinition: (node) => (hidden(node) ? null : undefined),
    InputValueDefinition: (node) => (hidden(node) ? null : undefined),
    EnumValueDefinition: (node) => (hidden(node) ? null : undefined),
    ObjectTypeDefinition: (node) => ({ ...node, interfaces: node.interfaces?.filter(known) ?? [] }),
    InterfaceTypeDefinition: (node) => ({ ...node, interfaces: node.interfaces?.filter(known) ?? [] }),
    UnionTypeDefinition: (node) => ({ ...node, types: node.types?.filter(known) ?? [] }),
  });
}

function kept(definition: DefinitionNode, features: ReturnType<typeof linkedFeatures>): boolean {
  if (!('name' in definition) || definition.name === undefined) return true;
  const name = definition.name.value;
  if (definition.kind !== Kind.DIRECTIVE_DEFINITION) return !isOfFeature(features, name);
  if (name === 'defer' || name === 'stream' || isOfFeature(features, name) || [...features.values()].some(({ prefix }) => prefix === name)) return false;
  return definition.locations.some((location) => EXECUTABLE.has(location.value));
}

/** A directive may be allowed on operations and on definitions; the client is concerned with the former. */
function executableOnly(node: DirectiveDefinitionNode): ASTNode {
  return { ...node, locations: node.locations.filter((location) => EXECUTABLE.has(location.value)) };
}
