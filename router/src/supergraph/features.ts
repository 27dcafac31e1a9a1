/** Which specifications a supergraph links, and what their directives are called in it. */
import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

export interface Feature {
  /** What the specification calls itself: `join`, `authenticated`, `cost`. */
  readonly name: string;
  /** The prefix of its names in this document. */
  readonly prefix: string;
  /** Imported elements: their own name to their name here, with `@` where they are directives. */
  readonly imports: ReadonlyMap<string, string>;
}

/** By specification name. */
export function linkedFeatures(document: DocumentNode): ReadonlyMap<string, Feature> {
  const features = new Map<string, Feature>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const feature = featureOf(directive);
      if (feature !== null) features.set(feature.name, feature);
    }
  }
  return features;
}

function featureOf(directive: ConstDirectiveNode): Feature | null {
  const { url: linked, feature, as, import: imports } = directiveArguments(directive);
  const url = linked ?? feature; // `@core(feature:)` is how supergraphs of Federation 1 say it
  const name = typeof url === 'string' ? /\/([^/]+)\/v\d+\.\d+\/?$/.exec(url)?.[1] : undefined;
  if (name === undefined) return null;
  return { name, prefix: typeof as === 'string' ? as : name, imports: new Map((Array.isArray(imports) ? imports : []).map(importOf)) };
}

function importOf(entry: unknown): [string, string] {
  if (typeof entry === 'string') return [entry, entry];
  const { name, as } = entry as { name: string; as?: string };
  return [name, as ?? name];
}

/** The local name of a specification's directive, without `@`; `null` when the specification is not linked. */
export function directiveName(features: ReadonlyMap<string, Feature>, specification: string, directive: string): string | null {
  const feature = features.get(specification);
  if (feature === undefined) return null;
  const imported = feature.imports.get(`@${directive}`);
  if (imported !== undefined) return imported.slice(1);
  return directive === specification ? feature.prefix : `${feature.prefix}__${directive}`;
}

/** Whether a definition's name belongs to a linked specification and not to the API. */
export function isOfFeature(features: ReadonlyMap<string, Feature>, name: string): boolean {
  if (name.startsWith('link__') || name.startsWith('core__') || name === 'link' || name === 'core') return true;
  for (const { prefix, imports } of features.values()) {
    if (name.startsWith(`${prefix}__`)) return true;
    for (const local of imports.values()) if (local === name || local === `@${name}`) return true;
  }
  return false;
}

export function directiveArguments(directive: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries((directive.arguments ?? []).map(({ name, value }: { name: { value: string }; value: ConstValueNode }) => [name.value, valueFromASTUntyped(value)]));
}

/** Interfaces that some subgraph knows as an object (`@interfaceObject`). */
export function interfaceObjects({ definitions }: DocumentNode): ReadonlySet<string> {
  return new Set(definitions.flatMap((definition) => {
    if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
    const somewhere = definition.directives?.some((directive) => directive.name.value === 'join__type' && directiveArguments(directive)['isInterfaceObject'] === true) ?? false;
    return somewhere ? [definition.name.value] : [];
  }));
}
