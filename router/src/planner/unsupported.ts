/** What no planner here can do is refused by its name when the supergraph is loaded: never a part of it silently left out. */
import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import { directiveArguments, linkedFeatures } from '../supergraph/features.ts';

/** Specifications whose meaning for execution or security is known here, whatever their version. */
const KNOWN = new Set(['core', 'link', 'join', 'tag', 'inaccessible', 'authenticated', 'requiresScopes', 'policy', 'context', 'cost', 'cacheTag']);

/** Directives of `join__directive` that stand for data from elsewhere than a subgraph. */
const CONNECTORS = new Set(['connect', 'source']);

/** Throws. A specification that says it is needed for execution or security must be understood by whoever executes. */
export function refuseUnsupported(document: DocumentNode): void {
  const refuse = (directive: ConstDirectiveNode): void => {
    const reason = unsupported(directive);
    if (reason !== null) throw new Error(reason);
  };
  visit(document, { Directive: (node) => refuse(node as ConstDirectiveNode) });
}

function unsupported(directive: ConstDirectiveNode): string | null {
  if (directive.name.value === 'join__directive') return connector(directive);
  return directive.name.value === 'link' || directive.name.value === 'core' ? specification(directive) : null;
}

function connector(directive: ConstDirectiveNode): string | null {
  const said = directive.arguments?.find(({ name }) => name.value === 'name')?.value;
  if (said?.kind !== Kind.STRING || !CONNECTORS.has(said.value)) return null;
  return `the supergraph uses @${said.value}: connectors to REST services are not supported`;
}

function specification(directive: ConstDirectiveNode): string | null {
  const { url, feature, for: purpose } = directiveArguments(directive);
  const address = url ?? feature;
  if (typeof purpose !== 'string' || typeof address !== 'string') return null;
  const name = /\/([^/]+)\/v\d+\.\d+\/?$/.exec(address)?.[1] ?? address;
  return KNOWN.has(name) ? null : `the supergraph needs ${address} for ${purpose}, and that is not supported`;
}

const OLD_JOIN = /\/join\/v0\.[12]\/?$/;

/** What of a supergraph the native planner would miss, or cannot read; null when there is nothing. */
export function beyondNative(document: DocumentNode): string | null {
  if (linkedFeatures(document).has('context')) return '@context';
  const addresses = document.definitions.flatMap((definition) => (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION ? definition.directives ?? [] : []))
    .flatMap((directive) => Object.values(directiveArguments(directive)));
  return addresses.some((address) => typeof address === 'string' && OLD_JOIN.test(address)) ? 'supergraphs of Federation 1 (join v0.1 and v0.2)' : null;
}
