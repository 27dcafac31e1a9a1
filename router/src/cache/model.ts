/** What a supergraph, and the settings, say about keeping: hints of types and fields, which types are entities and by what key, cache tags. */
import { type ConstDirectiveNode, type GraphQLInterfaceType, type GraphQLObjectType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { directiveArguments, directiveName, type linkedFeatures } from '../supergraph/features.ts';
import { least, type Said } from './policy.ts';
import type { CacheSettings } from './settings.ts';

export interface Hint extends Said {
  readonly inheritMaxAge: boolean;
}

/** `@cacheTag` of an entity: its text with the place of the key. */
export interface EntityTag {
  readonly typename: string;
  readonly pattern: RegExp;
  /** Whether what the pattern finds is the value of the key. */
  readonly byKey: boolean;
}

export interface CacheModel {
  readonly schema: GraphQLSchema;
  /** `Product` or `Query.product`. */
  readonly hints: ReadonlyMap<string, Hint>;
  /** The key field that names an entity, or null where no single field does; by type. */
  readonly keys: ReadonlyMap<string, string | null>;
  /** `@cacheTag` formats of root fields, by `Query.product`. */
  readonly fieldTags: ReadonlyMap<string, readonly string[]>;
  readonly entityTags: readonly EntityTag[];
  readonly settings: CacheSettings;
}

export function cacheModel(full: GraphQLSchema, features: ReturnType<typeof linkedFeatures>, settings: CacheSettings): CacheModel {
  const cacheControl = directiveName(features, 'cacheControl', 'cacheControl') ?? 'cacheControl';
  const hints = new Map<string, Hint>();
  const model = { schema: full, hints, keys: new Map<string, string | null>(), fieldTags: new Map<string, readonly string[]>(), entityTags: [] as EntityTag[], settings };
  for (const type of Object.values(full.getTypeMap())) {
    noteHint(hints, type.name, directivesOf(type), cacheControl);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    noteEntity(model, type);
    for (const field of Object.values(type.getFields())) {
      noteHint(hints, `${type.name}.${field.name}`, directivesOf(field), cacheControl);
      const formats = tagFormats(directivesOf(field));
      if (formats.length > 0) model.fieldTags.set(`${type.name}.${field.name}`, formats);
    }
  }
  for (const [coordinate, { maxAgeSeconds = null, scope = null, inheritMaxAge = false }] of Object.entries(settings.hints)) hints.set(coordinate, { maxAgeSeconds, scope, inheritMaxAge });
  return model;
}

const directivesOf = ({ astNode }: { readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined }): readonly ConstDirectiveNode[] => astNode?.directives ?? [];

function noteEntity({ keys, entityTags }: { keys: Map<string, string | null>; entityTags: EntityTag[] }, type: GraphQLObjectType | GraphQLInterfaceType): void {
  const fields = keyFields(directivesOf(type));
  const key = fields.find((field) => field === 'id') ?? fields.find((field) => /^\w+$/.test(field)) ?? null;
  if (fields.length > 0) keys.set(type.name, key);
  entityTags.push(...tagFormats(directivesOf(type)).map((format) => entityTag(type.name, format, key)));
}

/** Where several subgraphs say it, the least. */
function noteHint(hints: Map<string, Hint>, coordinate: string, directives: readonly ConstDirectiveNode[], name: string): void {
  for (const directive of directives) {
    if (directive.name.value !== name) continue;
    const { maxAge, scope, inheritMaxAge } = directiveArguments(directive);
    const hint: Hint = {
      maxAgeSeconds: typeof maxAge === 'number' ? maxAge : null, scope: scope === 'PRIVATE' || scope === 'PUBLIC' ? scope : null, inheritMaxAge: inheritMaxAge === true,
    };
    const known = hints.get(coordinate);
    hints.set(coordinate, known === undefined ? hint : { ...least(known, hint), inheritMaxAge: hint.inheritMaxAge });
  }
}

const keyFields = (directives: readonly ConstDirectiveNode[]): string[] => directives.flatMap((directive) => {
  if (directive.name.value !== 'join__type') return [];
  const { key } = directiveArguments(directive);
  return typeof key === 'string' ? [key.trim()] : [];
});

const tagFormats = (directives: readonly ConstDirectiveNode[]): string[] => directives.flatMap((directive) => {
  if (directive.name.value !== 'join__directive') return [];
  const { name, args } = directiveArguments(directive);
  const format = (args as { format?: unknown } | undefined)?.format;
  return typeof name === 'string' && name.endsWith('cacheTag') && typeof format === 'string' ? [format] : [];
});

function entityTag(typename: string, format: string, key: string | null): EntityTag {
  const places = [...format.matchAll(/\{\$key\.(\w+)\}/g)].map(([, field]) => field);
  const pattern = format.split(/\{\$key\.\w+\}/).map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)).join('(.+)');
  return { typename, pattern: new RegExp(`^${pattern}$`), byKey: places.length === 1 && places[0] === key };
}
